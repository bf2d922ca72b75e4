"""Passkeys are made, used and removed; nothing else opens an account."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from models.identity import Account, AccountStatus, Passkey, Session
from oauth.hosted.ceremonies import BEGUN
from oauth.hosted.passkeys import MOST
from runtime.settings import Settings
from tests.hosted.authenticator import PRESENT, Authenticator
from tests.hosted.visitor import Visitor, shown, visiting
from tests.identity.operations import sign_up
from tests.served import Front, served

ORIGIN = "http://marquee.test"
PAGE = "/oauth/passkeys"


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    """Identity, at a host name."""
    async with served(settings.model_copy(update={"public_url": ORIGIN}), "identity") as front:
        async with front.database.write("identity") as db:
            await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
        await sign_up(front)
        yield front


@pytest.fixture
async def visitor(front: Front) -> AsyncIterator[Visitor]:
    """A browser at which Ada is signed in."""
    async with visiting(front) as visitor:
        await visitor.sign_in()
        yield visitor


@pytest.fixture
def device() -> Authenticator:
    return Authenticator("marquee.test", ORIGIN)


async def options(visitor: Visitor, what: str) -> dict[str, Any]:
    found: dict[str, Any] = (await visitor.post(f"{PAGE}/{what}-options")).json()
    return found


async def add(visitor: Visitor, device: Authenticator, name: str = "My phone") -> Any:
    made = device.create(await options(visitor, "registration"))
    return await visitor.post(f"{PAGE}/add", credential=made, name=name)


async def use(visitor: Visitor, device: Authenticator) -> Any:
    answer = device.get(await options(visitor, "sign-in"))
    return await visitor.post(f"{PAGE}/sign-in", **{"credential": answer, "continue": "/oauth/device"})


async def test_a_passkey_is_added_and_signs_in(front: Front, visitor: Visitor, device: Authenticator) -> None:
    asked = await options(visitor, "registration")
    assert asked["rp"] == {"id": "marquee.test", "name": "Marquee"}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert (await add(visitor, device)).status_code == 303
    page = shown(await visitor.get(PAGE))
    assert "My phone added on" in page
    assert "never used" in page
    async with visiting(front) as elsewhere:
        assert (await options(elsewhere, "sign-in"))["userVerification"] == "required"
        answer = await use(elsewhere, device)
        assert (answer.status_code, answer.headers["location"]) == (303, "/oauth/device")
        assert "last used on" in shown(await elsewhere.get(PAGE))
        assert (await use(elsewhere, device)).status_code == 303


async def test_a_device_that_has_one_is_told_not_to_make_another(visitor: Visitor, device: Authenticator) -> None:
    await add(visitor, device)
    excluded = (await options(visitor, "registration"))["excludeCredentials"]
    assert len(excluded) == 1
    answer = await add(visitor, device)
    assert answer.status_code == 422
    assert "This passkey does not sign anybody in here." in shown(answer)


WRONG = {
    "another host": {"host": "evil.example"},
    "another origin": {"origin": "https://evil.example"},
    "nobody verified": {"flags": PRESENT},
    "a cloned one": {"count": 0},
    "another account's": {"user": bytes(16)},
    "no account's": {"user": b""},
    "an unknown one": {"id": b"another"},
}


async def test_a_passkey_that_is_not_right_signs_nobody_in(
    front: Front, visitor: Visitor, device: Authenticator
) -> None:
    device.count = 5
    await add(visitor, device)
    assert (await use(visitor, device)).status_code == 303
    for wrong, changed in WRONG.items():
        async with visiting(front) as stranger:
            answer = await use(stranger, replace(device, **changed))  # type: ignore[arg-type]
            assert answer.status_code == 422, wrong
            assert "This passkey does not sign anybody in here." in shown(answer)
            assert stranger.cookie is None
    assert (await use(visitor, device)).status_code == 303


async def test_a_challenge_is_good_once_and_in_its_own_browser(
    front: Front, visitor: Visitor, device: Authenticator
) -> None:
    await add(visitor, device)
    asked = await options(visitor, "sign-in")
    answer = device.get(asked)
    async with visiting(front) as thief:
        assert (await thief.post(f"{PAGE}/sign-in", credential=answer)).status_code == 422
    ceremony = visitor.client.cookies["marquee-passkey-get"]
    assert (await visitor.post(f"{PAGE}/sign-in", credential=answer)).status_code == 303
    async with visiting(front) as replayer:
        replayer.client.cookies.set("marquee-passkey-get", ceremony, path="/oauth")
        assert (await replayer.post(f"{PAGE}/sign-in", credential=device.get(asked))).status_code == 422
    answer = device.get(await options(visitor, "sign-in"))
    async with front.database.write("identity") as db:
        await db.execute(text("update identity.ceremony set expires_at = now() - interval '1 second'"))
    assert (await visitor.post(f"{PAGE}/sign-in", credential=answer)).status_code == 422


async def test_a_challenge_to_sign_in_makes_no_passkey(visitor: Visitor, device: Authenticator) -> None:
    asked = await options(visitor, "registration") | {"challenge": (await options(visitor, "sign-in"))["challenge"]}
    ceremony = visitor.client.cookies["marquee-passkey-get"]
    headers = {"sec-fetch-site": "same-origin", "cookie": f"marquee={visitor.cookie}; marquee-passkey-add={ceremony}"}
    form = {"credential": device.create(asked), "name": "x"}
    visitor.client.cookies.clear()
    assert (await visitor.client.post(f"{PAGE}/add", data=form, headers=headers)).status_code == 422


async def test_nonsense_is_refused(visitor: Visitor) -> None:
    for credential in ("", "x", "{}", "[]", "null", '{"id": 1}', '{"id":"a","rawId":"b","type":"c","response":{}}'):
        for what in ("registration", "sign-in"):
            await options(visitor, what)
        for path in ("add", "sign-in"):
            answer = await visitor.post(f"{PAGE}/{path}", credential=credential, name="x")
            assert answer.status_code == 422, (path, credential)


async def test_a_passkey_has_a_name_that_can_be_read(visitor: Visitor, device: Authenticator) -> None:
    for name in ("", " ", "x" * 51, "\u0000a", "\u202e"):
        answer = await add(visitor, device, name)
        assert answer.status_code == 422
        assert 'id="name-refusal"' in answer.text
    assert "You have no passkeys yet." in shown(await visitor.get(PAGE))


async def test_who_signed_in_a_while_ago_does_so_again_before_passkeys_change(
    front: Front, visitor: Visitor, device: Authenticator
) -> None:
    await add(visitor, device)
    made = replace(device, id=b"another").create(await options(visitor, "registration"))
    async with front.database.write("identity") as db:
        earlier = col(Session.created_at) - timedelta(minutes=11)
        await db.execute(update(Session).values(created_at=earlier))
    page = await visitor.get(PAGE)
    assert "sign in again" in shown(page)
    assert "<form" not in page.text
    assert "location" in await options(visitor, "registration")
    for path, fields in (("add", {"credential": made, "name": "x"}), ("remove", {"id": await only_id(front)})):
        answer = await visitor.post(f"{PAGE}/{path}", **fields)
        assert answer.headers["location"] == f"/oauth/sign-in?continue={PAGE}"
    assert await only_id(front)


async def only_id(front: Front) -> str:
    async with front.database.read("identity") as db:
        return str((await db.execute(text("select id from identity.passkey"))).scalar_one())


async def test_a_passkey_is_removed_by_its_account_alone(front: Front, visitor: Visitor, device: Authenticator) -> None:
    await add(visitor, device)
    passkey = await only_id(front)
    await sign_up(front, email="eve@example.org")
    async with visiting(front) as eve:
        await eve.sign_in(email="eve@example.org")
        await eve.post(f"{PAGE}/remove", id=passkey)
    assert await only_id(front) == passkey
    assert (await visitor.post(f"{PAGE}/remove", id="nonsense")).status_code == 422
    page = await visitor.get(PAGE)
    (offered,) = re.findall(r'name="id" value="([^"]+)"', page.text)
    await visitor.post(f"{PAGE}/remove", id=offered)
    assert "You have no passkeys yet." in shown(await visitor.get(PAGE))
    assert (await use(visitor, device)).status_code == 422


async def test_an_account_has_so_many_passkeys_at_most(front: Front, visitor: Visitor, device: Authenticator) -> None:
    async with front.database.write("identity") as db:
        account = (await db.execute(text("select id from identity.account"))).scalar_one()
        for n in range(MOST):
            known = {"credential_id": bytes([n]), "public_key": b"", "sign_count": 0, "name": "x"}
            db.add(Passkey(account_id=account, created_at=text("now()"), **known))
    answer = await add(visitor, device)
    assert "An account has at most 20 passkeys." in shown(answer)


async def test_a_suspended_account_has_no_way_in(front: Front, visitor: Visitor, device: Authenticator) -> None:
    await add(visitor, device)
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    async with visiting(front) as elsewhere:
        answer = await use(elsewhere, device)
        assert "This account is suspended: ask our support." in shown(answer)
        assert elsewhere.cookie is None


async def test_a_flood_of_challenges_is_stopped(visitor: Visitor) -> None:
    answers = [await visitor.post(f"{PAGE}/sign-in-options") for _ in range(BEGUN.burst + 5)]
    assert answers[-1].status_code == 429
    assert answers[-1].json() == {"message": "Too many attempts: try again in 2 seconds."}


async def test_challenges_and_credentials_are_sealed_or_public(
    front: Front, visitor: Visitor, device: Authenticator
) -> None:
    asked = await options(visitor, "sign-in")
    async with front.database.read("identity") as db:
        rows = [str(row) for row in await db.execute(text("select c::text from identity.ceremony c"))]
    assert rows
    for secret in (asked["challenge"], visitor.client.cookies["marquee-passkey-get"]):
        assert all(secret not in row and secret.encode().hex() not in row for row in rows)


async def test_a_bare_ip_address_has_no_passkeys_and_says_so(settings: Settings) -> None:
    async with served(settings, "identity") as front:
        async with front.database.write("identity") as db:
            await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
        await sign_up(front)
        async with visiting(front) as visitor:
            assert "data-passkey" not in (await visitor.get("/oauth/sign-in")).text
            await visitor.sign_in()
            assert "Passkeys need a host name." in shown(await visitor.get(PAGE))
            assert (await visitor.post(f"{PAGE}/sign-in-options")).status_code == 422
