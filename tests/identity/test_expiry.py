"""What identity forgets by itself, and when."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from models.columns import new_id
from models.identity import (
    AuthorizationCode,
    Ceremony,
    Client,
    Device,
    DeviceGrant,
    DeviceKind,
    KnownAddress,
    MailToken,
    MailTokenPurpose,
    RefreshToken,
    Session,
    Throttle,
)
from models.published import PublishedSession
from oauth.expiry import forget_expired
from tests.identity.operations import sign_up
from tests.requests import NOW
from tests.served import Front

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


async def insert(front: Front, *rows: Any) -> None:
    async with front.database.write("identity") as db:
        for row in rows:  # in this order, for some refer to others
            db.add(row)
            await db.flush()


async def forget(front: Front) -> None:
    async with front.database.write("identity") as db:
        await forget_expired(db, NOW)


async def kept(front: Front, table: Any, column: Any) -> set[Any]:
    async with front.database.read("identity") as db:
        return set(await db.scalars(select(column).select_from(table)))


async def account(front: Front) -> UUID:
    return UUID((await sign_up(front))["viewer"]["account"]["id"])


def session(account_id: UUID, device: Device | None, ends_in: timedelta) -> Session:
    times = {"created_at": NOW - DAY, "last_used_at": NOW - DAY, "expires_at": NOW + ends_in}
    return Session(account_id=account_id, device_id=device.id if device else None, **times)


def device(account_id: UUID, name: str) -> Device:
    return Device(account_id=account_id, name=name, kind=DeviceKind.TV, last_seen_at=NOW - DAY)


async def test_a_session_goes_at_its_end_with_all_that_hangs_on_it(front: Front) -> None:
    household = await account(front)
    old, used = device(household, "old"), device(household, "used")
    over, lasting = session(household, old, timedelta()), session(household, used, SECOND)
    also_over = session(household, used, -DAY)
    tokens = [RefreshToken(token_hash=one.id.bytes, session_id=one.id, issued_at=NOW) for one in (over, lasting)]
    told = [PublishedSession(session_id=one.id, account_id=household, device_name="x") for one in (over, lasting)]
    await insert(front, old, used, over, lasting, also_over, *tokens, *told)
    await forget(front)
    gone = {over.id, also_over.id}
    assert await kept(front, Session, Session.id) & {*gone, lasting.id} == {lasting.id}
    assert await kept(front, PublishedSession, PublishedSession.session_id) & {*gone, lasting.id} == {lasting.id}
    assert over.id.bytes not in await kept(front, RefreshToken, RefreshToken.token_hash)
    assert await kept(front, Device, Device.name) == {"A browser", "used"}


async def test_what_is_good_once_is_kept_for_a_day_after_its_time(front: Front) -> None:
    household = await account(front)
    await insert(front, Client(id="tv", name="TV", created_at=NOW))
    approved, forgotten = device(household, "approved"), device(household, "forgotten")
    await insert(front, approved, forgotten)
    for key, ends_in, of in ((b"kept", SECOND - DAY, approved), (b"gone", -DAY, forgotten)):
        code = {"client_id": "tv", "redirect_uri": "", "scope": "", "challenge": "", "auth_time": NOW}
        when = {"expires_at": NOW + ends_in}
        await insert(
            front,
            AuthorizationCode(code_hash=key, account_id=household, **code, **when),
            DeviceGrant(
                device_code_hash=key, user_code_index=key, client_id="tv", device_name="", scope="",
                device_id=of.id, **when,
            ),
            Ceremony(id_hash=key, data=b"", **when),
            MailToken(account_id=household, purpose=MailTokenPurpose.RESET_PASSWORD, email_index=key, **when),
        )  # fmt: skip
    await forget(front)
    assert await kept(front, AuthorizationCode, AuthorizationCode.code_hash) == {b"kept"}
    assert await kept(front, DeviceGrant, DeviceGrant.device_code_hash) == {b"kept"}
    assert await kept(front, Ceremony, Ceremony.id_hash) == {b"kept"}
    assert b"gone" not in (indexes := await kept(front, MailToken, MailToken.email_index))
    assert b"kept" in indexes
    assert await kept(front, Device, Device.name) == {"A browser", "approved"}, "it waits for its tokens"


async def test_throttles_go_after_a_day_and_addresses_after_a_year(front: Front) -> None:
    household = await account(front)
    ages = {b"new": DAY - SECOND, b"old": DAY, b"very old": timedelta(days=365)}
    for key, age in ages.items():
        await insert(
            front,
            Throttle(key=key, level=1, updated_at=NOW - age),
            KnownAddress(account_id=household, address_index=key, seen_at=NOW - age),
        )
    await forget(front)
    assert await kept(front, Throttle, Throttle.key) & ages.keys() == {b"new"}
    assert await kept(front, KnownAddress, KnownAddress.address_index) & ages.keys() == {b"new", b"old"}


async def test_another_time_it_forgets_nothing_more(front: Front) -> None:
    household = await account(front)
    await insert(front, session(household, None, SECOND), device(household, str(new_id())))
    for _ in range(2):
        await forget(front)
    assert len(await kept(front, Session, Session.id)) == 2
