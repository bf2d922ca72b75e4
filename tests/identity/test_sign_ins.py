"""Devices, sessions and passkeys: seen by their household, ended by it, and void from that moment on."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from models.columns import new_id
from models.identity import Device, Passkey, ProfileKind, Session
from models.identity import Profile as StoredProfile
from models.published import PublishedProfile
from oauth import authenticate
from schema.identity import schema
from tests.identity.operations import DEVICE, PASSWORD, REFRESH, SELECT, SIGN_IN, VIEWER, refused, sign_up
from tests.identity.test_access import signed_in
from tests.queries import check_statements
from tests.requests import make_request, make_viewer
from tests.served import Front

SIGN_INS = """query ($first: Int, $after: String) { viewer { account {
  devices(first: $first, after: $after) { edges { cursor node { id name kind lastSeenAt current } }
                                          pageInfo { hasNextPage hasPreviousPage endCursor } }
  sessions { id createdAt lastUsedAt current device { id name kind current } }
  passkeys { id name createdAt lastUsedAt } } } }"""
OF_ACCOUNT = """query ($id: ID) { account(id: $id) {
  devices { edges { node { name current } } } sessions { current device { current } } } }"""
REVOKE_DEVICE = "mutation ($id: ID!) { answer: revokeDevice(id: $id) { deletedId userErrors { code path } } }"
REVOKE_SESSION = "mutation ($id: ID!) { answer: revokeSession(id: $id) { deletedId userErrors { code path } } }"
DELETE_PASSKEY = """mutation ($id: ID!, $password: String!) {
  answer: deletePasskey(id: $id, password: $password) { deletedId userErrors { code path } } }"""


async def sign_in(front: Front, name: str, kind: str = "TV") -> dict[str, Any]:
    """Ada's payload of a sign-in on a further device."""
    given = {"email": "ada@example.org", "password": PASSWORD, "device": {"name": name, "kind": kind}}
    payload: dict[str, Any] = (await front.data(SIGN_IN, input=given))["answer"]
    return payload


async def sign_ins(front: Front, token: str, **page: Any) -> dict[str, Any]:
    account: dict[str, Any] = (await front.data(SIGN_INS, token, **page))["viewer"]["account"]
    return account


def names(account: dict[str, Any]) -> list[str]:
    return [edge["node"]["name"] for edge in account["devices"]["edges"]]


async def device_id(front: Front, token: str) -> str:
    """The id of the device that the token is used on."""
    edges = (await sign_ins(front, token))["devices"]["edges"]
    (own,) = [edge["node"]["id"] for edge in edges if edge["node"]["current"]]
    return str(own)


async def session_id(front: Front, token: str) -> str:
    (own,) = [session["id"] for session in (await sign_ins(front, token))["sessions"] if session["current"]]
    return str(own)


async def count(front: Front, table: str) -> int:
    async with front.database.read("identity") as db:
        return int(await db.scalar(text(f"select count(*) from identity.{table}")) or 0)


async def refused_at_once(front: Front, token: str) -> None:
    """The token is refused as soon as the event comes; what was known without it would last for an hour."""
    async with asyncio.timeout(5):
        while "errors" not in (response := await front.ask(VIEWER, token)):
            pass
    assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.fixture
def remembered_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a process knows of a token's standing does not grow old: only an event makes it look again."""
    monkeypatch.setattr(authenticate, "STANDING_SECONDS", 3600.0)


async def test_a_household_sees_where_it_is_signed_in_the_newest_first(front: Front) -> None:
    ada = await sign_up(front)
    tv = await sign_in(front, "The TV")
    seen = await sign_ins(front, tv["accessToken"])
    assert names(seen) == ["The TV", DEVICE["name"]]
    assert [edge["node"]["current"] for edge in seen["devices"]["edges"]] == [True, False]
    assert [edge["node"]["kind"] for edge in seen["devices"]["edges"]] == ["TV", "WEB"]
    assert [(s["current"], s["device"]["name"]) for s in seen["sessions"]] == [(True, "The TV"), (False, "A browser")]
    assert [s["device"]["current"] for s in seen["sessions"]] == [True, False]
    assert seen["passkeys"] == []
    other = await sign_ins(front, ada["accessToken"])
    assert [edge["node"]["current"] for edge in other["devices"]["edges"]] == [False, True]


async def test_support_sees_them_too_and_none_of_them_is_its_own(front: Front) -> None:
    ada = await sign_up(front)
    token = await signed_in(front, "support")
    account = (await front.data(OF_ACCOUNT, token, id=ada["viewer"]["account"]["id"]))["account"]
    assert account["devices"]["edges"] == [{"node": {"name": DEVICE["name"], "current": False}}]
    assert account["sessions"] == [{"current": False, "device": {"current": False}}]


async def test_devices_come_in_pages_that_a_new_sign_in_does_not_disturb(front: Front) -> None:
    token = (await sign_up(front))["accessToken"]
    for number in range(4):
        await sign_in(front, f"TV {number}")
    first = await sign_ins(front, token, first=2)
    assert names(first) == ["TV 3", "TV 2"]
    assert first["devices"]["pageInfo"]["hasNextPage"]
    await sign_in(front, "A later one")
    rest = await sign_ins(front, token, first=3, after=first["devices"]["pageInfo"]["endCursor"])
    assert names(rest) == ["TV 1", "TV 0", "A browser"]
    assert not rest["devices"]["pageInfo"]["hasNextPage"]
    for page in ({"first": 0}, {"first": 101}, {"after": "forged"}):
        response = await front.ask(SIGN_INS, token, **page)
        assert response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_refresh_is_a_sign_of_life_of_session_and_device(front: Front) -> None:
    ada = await sign_up(front)
    await sign_in(front, "The TV")
    refreshed = (await front.data(REFRESH, refresh=ada["refreshToken"]))["answer"]
    seen = await sign_ins(front, refreshed["accessToken"])
    assert names(seen) == ["A browser", "The TV"], "it was seen last"
    (own,) = [session for session in seen["sessions"] if session["current"]]
    assert own["lastUsedAt"] == seen["devices"]["edges"][0]["node"]["lastSeenAt"] > own["createdAt"]


async def test_what_has_expired_is_not_shown(front: Front) -> None:
    token = (await sign_up(front))["accessToken"]
    tv = await sign_in(front, "The TV")
    over = {"expires_at": datetime.now(UTC) - timedelta(seconds=1)}
    async with front.database.write("identity") as db:
        wanted = col(Session.id) == UUID(await session_id(front, tv["accessToken"]))
        await db.execute(update(Session).where(wanted).values(**over))
    seen = await sign_ins(front, token)
    assert names(seen) == ["A browser"]
    assert len(seen["sessions"]) == 1


async def test_sessions_are_never_more_than_a_hundred(front: Front) -> None:
    ada = await sign_up(front)
    now = datetime.now(UTC)
    account_id = UUID(ada["viewer"]["account"]["id"])
    times = {"created_at": now - timedelta(days=1), "last_used_at": now, "expires_at": now + timedelta(days=1)}
    async with front.database.write("identity") as db:
        db.add_all([Session(account_id=account_id, **times) for _ in range(100)])
    sessions = (await sign_ins(front, ada["accessToken"]))["sessions"]
    assert len(sessions) == 100
    assert sessions[0]["current"], "the oldest is left out"
    assert sessions[1]["device"] is None


@pytest.mark.usefixtures("remembered_for_an_hour")
async def test_a_revoked_device_is_out_at_once_and_gone(front: Front) -> None:
    token = (await sign_up(front))["accessToken"]
    tv = await sign_in(front, "The TV")
    tv_id = await device_id(front, tv["accessToken"])
    answer = (await front.data(REVOKE_DEVICE, token, id=tv_id))["answer"]
    assert answer == {"deletedId": tv_id, "userErrors": []}
    await refused_at_once(front, tv["accessToken"])
    assert await refused(front, REFRESH, refresh=tv["refreshToken"]) == ("INVALID_REFRESH_TOKEN", ["refreshToken"])
    assert names(await sign_ins(front, token)) == ["A browser"]
    assert await refused(front, REVOKE_DEVICE, token, id=tv_id) == ("NOT_FOUND", ["id"])
    assert await count(front, "published_session") == 1


@pytest.mark.usefixtures("remembered_for_an_hour")
async def test_a_revoked_session_is_out_at_once_even_ones_own(front: Front) -> None:
    token = (await sign_up(front))["accessToken"]
    tv = await sign_in(front, "The TV")
    for one in (tv["accessToken"], token):
        own = await session_id(front, one)
        assert (await front.data(REVOKE_SESSION, token, id=own))["answer"] == {"deletedId": own, "userErrors": []}
        await refused_at_once(front, one)
    assert await count(front, "session") == 0


async def test_ending_sessions_queues_the_end_of_their_streams(front: Front) -> None:
    ada = await sign_up(front)
    tv, radio = await sign_in(front, "The TV"), await sign_in(front, "The radio")
    sessions = [await session_id(front, one["accessToken"]) for one in (tv, radio)]
    await front.data(REVOKE_DEVICE, ada["accessToken"], id=await device_id(front, tv["accessToken"]))
    await front.data(REVOKE_SESSION, ada["accessToken"], id=sessions[1])
    query = text("select convert_from(payload, 'utf8')::json from jobs.pgqueuer where entrypoint = 'end_streams'")
    async with front.database.read("identity") as db:
        jobs = (await db.scalars(query)).all()
    account = ada["viewer"]["account"]["id"]
    assert sorted(jobs, key=lambda job: job["reason"]) == [
        {"sessions": [sessions[0]], "accounts": [account], "reason": "DEVICE_REVOKED"},
        {"sessions": [sessions[1]], "accounts": [account], "reason": "SIGNED_OUT"},
    ]


@pytest.mark.parametrize("mutation", [REVOKE_DEVICE, REVOKE_SESSION])
async def test_what_is_another_households_is_as_what_does_not_exist(front: Front, mutation: str) -> None:
    ada = await sign_up(front)
    eve = await sign_up(front, email="eve@example.org")
    theirs = [await of(front, ada["accessToken"]) for of in (device_id, session_id)]
    answers = []
    for id_ in (*theirs, str(new_id()), "nonsense", ""):
        answers.append((await front.data(mutation, eve["accessToken"], id=id_))["answer"])
    refusal = {"code": "NOT_FOUND", "path": ["id"]}
    assert answers == [{"deletedId": None, "userErrors": [refusal]}] * 5
    assert await front.data(VIEWER, ada["accessToken"])


async def test_a_childs_profile_ends_nothing(front: Front) -> None:
    ada = await sign_up(front)
    tv_id = await device_id(front, (await sign_in(front, "The TV"))["accessToken"])
    async with front.database.write("identity") as db:
        for table in (StoredProfile, PublishedProfile):
            await db.execute(update(table).values(kind=ProfileKind.KIDS))
    profile = ada["viewer"]["account"]["profiles"][0]["id"]
    child = (await front.data(SELECT, ada["accessToken"], id=profile))["answer"]["accessToken"]
    for mutation in (REVOKE_DEVICE, REVOKE_SESSION):
        assert await refused(front, mutation, child, id=tv_id) == ("KIDS_PROFILE", None)
    assert await refused(front, DELETE_PASSKEY, child, id=tv_id, password=PASSWORD) == ("KIDS_PROFILE", None)
    assert await count(front, "device") == 2


async def passkey(front: Front, account_id: str, name: str) -> str:
    key = Passkey(account_id=UUID(account_id), name=name, credential_id=new_id().bytes, public_key=b"", sign_count=0)
    key.created_at = datetime.now(UTC)
    async with front.database.write("identity") as db:
        db.add(key)
    return str(key.id)


async def test_a_passkey_is_deleted_with_the_password_alone(front: Front) -> None:
    ada, eve = await sign_up(front), await sign_up(front, email="eve@example.org")
    phone, laptop = [await passkey(front, ada["viewer"]["account"]["id"], name) for name in ("Phone", "Laptop")]
    token = ada["accessToken"]
    assert [key["name"] for key in (await sign_ins(front, token))["passkeys"]] == ["Phone", "Laptop"]
    assert await refused(front, DELETE_PASSKEY, token, id=phone, password="wrong") == ("WRONG_PASSWORD", ["password"])
    assert await refused(front, DELETE_PASSKEY, token, id=phone, password="") == ("PASSWORD_REQUIRED", ["password"])
    for foreign in (phone, "nonsense"):
        given = {"id": foreign, "password": PASSWORD}
        assert await refused(front, DELETE_PASSKEY, eve["accessToken"], **given) == ("NOT_FOUND", ["id"])
    answer = (await front.data(DELETE_PASSKEY, token, id=phone, password=PASSWORD))["answer"]
    assert answer == {"deletedId": phone, "userErrors": []}
    assert [key["id"] for key in (await sign_ins(front, token))["passkeys"]] == [laptop]


async def test_revoking_what_is_being_refreshed_never_deadlocks(front: Front) -> None:
    token = (await sign_up(front))["accessToken"]
    for _ in range(5):
        tvs = [await sign_in(front, "The TV") for _ in range(3)]
        ids = [await device_id(front, tv["accessToken"]) for tv in tvs]
        refreshes = [front.ask(REFRESH, refresh=tv["refreshToken"]) for tv in tvs for _ in range(3)]
        revocations = [front.ask(REVOKE_DEVICE, token, id=id_) for id_ in ids]
        answers = await asyncio.gather(*refreshes, *revocations)
        assert [answer["errors"] for answer in answers if "errors" in answer] == []
        assert names(await sign_ins(front, token)) == ["A browser"]


OF_HOUSEHOLDS = """query ($of: [_Any!]!) { _entities(representations: $of) { ... on Account {
  devices { edges { node { id name } } } sessions { id device { name } } passkeys { id name } } } }"""


async def test_twice_as_many_take_as_many_statements(front: Front) -> None:
    ada, eve = await sign_up(front), await sign_up(front, email="eve@example.org")
    accounts = [payload["viewer"]["account"]["id"] for payload in (ada, eve)]
    support = make_viewer(account_id=UUID(accounts[0]), scopes=frozenset({"support:read"}))
    of = [{"__typename": "Account", "id": id_} for id_ in accounts]

    async def double() -> None:
        now = datetime.now(UTC)
        for account_id in map(UUID, accounts):
            device = Device(account_id=account_id, name="Another", kind="TV", last_seen_at=now)
            times = {"created_at": now, "last_used_at": now, "expires_at": now + timedelta(days=1)}
            async with front.database.write("identity") as db:
                db.add(device)
                await db.flush()
                db.add(Session(account_id=account_id, device_id=device.id, **times))
            await passkey(front, str(account_id), "Another")

    await double()
    statements = await check_statements(
        schema, lambda: make_request(front.resources, support, now=datetime.now(UTC)), OF_HOUSEHOLDS, double, of=of
    )
    assert len(statements) == 4, "the accounts, and one for each of the three lists"
