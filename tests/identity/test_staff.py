"""What staff does: roles, suspensions, looking households up; and the log that tells of it."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import col

from models.columns import new_id
from models.identity import Account, AuditEntry, DataRequest, DataRequestKind, JobStatus
from runtime.settings import Settings
from schema.identity import schema
from server.commands import Stop
from server.commands.roles import roles_of
from tests.identity.operations import DEVICE, PASSWORD, REFRESH, SIGN_IN, VIEWER, refused, sign_up
from tests.identity.test_access import ACCOUNT, signed_in
from tests.identity.test_sign_ins import refused_at_once, remembered_for_an_hour
from tests.queries import check_statements
from tests.requests import make_request, make_viewer
from tests.served import Front

ROLES = """mutation ($id: ID!, $roles: [String!]!, $why: String!) {
  answer: setRoles(accountId: $id, roles: $roles, reason: $why) {
    account { id roles { name scopes } } userErrors { code path } } }"""
SUSPEND = """mutation ($id: ID!, $on: Boolean!, $why: String!) {
  answer: setSuspended(accountId: $id, suspended: $on, reason: $why) {
    account { id status } userErrors { code path } } }"""
LOG = """query ($first: Int, $after: String, $target: ID) { auditLog(first: $first, after: $after, target: $target) {
  edges { node { id at actor action target reason } } pageInfo { hasNextPage endCursor } } }"""
WHY = "as the ticket says"

__all__ = ["remembered_for_an_hour"]


async def log(front: Front, token: str, **page: Any) -> list[tuple[str, str, str | None]]:
    """Actor, action and reason of each entry."""
    edges = (await front.data(LOG, token, **page))["auditLog"]["edges"]
    return [(edge["node"]["actor"], edge["node"]["action"], edge["node"]["reason"]) for edge in edges]


async def account_id(front: Front, token: str) -> str:
    return str((await front.data(VIEWER, token))["viewer"]["account"]["id"])


def code_of(response: dict[str, Any]) -> str:
    return str(response["errors"][0]["extensions"]["code"])


@pytest.mark.usefixtures("remembered_for_an_hour")
async def test_new_roles_take_a_new_token(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    ada = await sign_up(front)
    ada_id = ada["viewer"]["account"]["id"]
    await front.data(VIEWER, ada["accessToken"])
    given = {"id": ada_id, "roles": ["support", "editor", "support"], "why": f"  {WHY} "}
    answer = (await front.data(ROLES, boss, **given))["answer"]
    assert [role["name"] for role in answer["account"]["roles"]] == ["viewer", "editor", "support"]
    await refused_at_once(front, ada["accessToken"])
    refreshed = (await front.data(REFRESH, refresh=ada["refreshToken"]))["answer"]
    assert refreshed["viewer"]["scopes"] == ["catalog:edit", "support:read", "support:write"]
    assert await front.data(ACCOUNT, refreshed["accessToken"], email="administrator@example.org")
    assert await log(front, boss, target=ada_id) == [
        ("administrator@example.org", "SET_ROLES: viewer → viewer, editor, support", WHY)
    ]


async def test_the_same_roles_again_change_nothing(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    ada = await sign_up(front)
    given = {"id": ada["viewer"]["account"]["id"], "roles": [], "why": WHY}
    assert (await front.data(ROLES, boss, **given))["answer"]["userErrors"] == []
    assert await front.data(VIEWER, ada["accessToken"]), "its token is still good"
    assert await log(front, boss) == []


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"roles": ["editor", "king"]}, "UNKNOWN_ROLE", ["roles"]),
        ({"why": " \n "}, "REASON_REQUIRED", ["reason"]),
        ({"why": "x" * 1001}, "REASON_REQUIRED", ["reason"]),
        ({"id": "nonsense"}, "ACCOUNT_NOT_FOUND", ["accountId"]),
        ({"id": str(new_id())}, "ACCOUNT_NOT_FOUND", ["accountId"]),
    ],
)
async def test_bad_input_names_its_field(front: Front, changed: dict[str, Any], code: str, path: Sequence[str]) -> None:
    boss = await signed_in(front, "administrator")
    ada = await sign_up(front)
    given = {"id": ada["viewer"]["account"]["id"], "roles": ["editor"], "why": WHY} | changed
    assert await refused(front, ROLES, boss, **given) == (code, path)
    if "roles" not in changed:
        suspension = {"id": given["id"], "why": given["why"], "on": True}
        assert await refused(front, SUSPEND, boss, **suspension) == (code, path)
    assert await log(front, boss) == []
    account = (await front.data("{ viewer { account { status roles { name } } } }", ada["accessToken"]))["viewer"]
    assert account == {"account": {"status": "ACTIVE", "roles": [{"name": "viewer"}]}}


@pytest.mark.parametrize("role", ["viewer", "editor", "support", "billing"])
async def test_only_administrators_give_roles_and_read_the_log(front: Front, role: str) -> None:
    token = await signed_in(front, role)
    given = {"id": await account_id(front, token), "roles": ["administrator"], "why": WHY}
    assert code_of(await front.ask(ROLES, token, **given)) == "FORBIDDEN"
    assert code_of(await front.ask(LOG, token)) == "FORBIDDEN"


async def test_nobody_gives_up_being_administrator(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    own = {"id": await account_id(front, boss), "why": WHY}
    assert await refused(front, ROLES, boss, **own, roles=["editor"]) == ("OWN_ACCOUNT", ["accountId"])
    assert await refused(front, SUSPEND, boss, **own, on=True) == ("OWN_ACCOUNT", ["accountId"])
    kept = (await front.data(ROLES, boss, **own, roles=["administrator", "editor"]))["answer"]
    assert [role["name"] for role in kept["account"]["roles"]] == ["viewer", "editor", "administrator"]


async def test_an_administrator_remains_whoever_acts(front: Front) -> None:
    """A client of OAuth with an administrator's scopes is no administrator itself."""
    boss = await signed_in(front, "administrator")
    boss_id = await account_id(front, boss)
    scopes = "admin:roles support:read support:write audit:read"
    client = front.resources.tokens.sign({"sub": "robot", "client_id": "robot", "country": "DE", "scope": scopes})
    await suspended_administrator(front)
    assert await refused(front, ROLES, client, id=boss_id, roles=[], why=WHY) == ("LAST_ADMINISTRATOR", ["roles"])
    given = {"id": boss_id, "on": True, "why": WHY}
    assert await refused(front, SUSPEND, client, **given) == ("LAST_ADMINISTRATOR", ["accountId"])
    await sign_up(front, email="second@example.org")
    await make_administrator(front, "second@example.org")
    assert (await front.data(SUSPEND, client, **given))["answer"]["account"]["status"] == "SUSPENDED"
    assert (await log(front, client))[0] == ("client robot", "SUSPENDED", WHY)


async def make_administrator(front: Front, email: str, **changed: Any) -> None:
    index = front.resources.encryption.blind_index(email)
    values = {"roles": ["viewer", "administrator"]} | changed
    async with front.database.write("identity") as db:
        await db.execute(update(Account).where(col(Account.email_index) == index).values(**values))


async def suspended_administrator(front: Front) -> None:
    await sign_up(front, email="old@example.org")
    await make_administrator(front, "old@example.org", status="SUSPENDED")


async def test_two_administrators_who_dismiss_each_other_at_once_leave_one(front: Front) -> None:
    first = await signed_in(front, "administrator")
    second = (await sign_up(front, email="second@example.org"))["viewer"]["account"]["id"]
    await make_administrator(front, "second@example.org")
    given = {"email": "second@example.org", "password": PASSWORD, "device": DEVICE}
    other = (await front.data(SIGN_IN, input=given))["answer"]["accessToken"]
    acts = [(first, second), (other, await account_id(front, first))]
    await asyncio.gather(*(front.ask(ROLES, token, id=id_, roles=[], why=WHY) for token, id_ in acts))
    query = text("select count(*) from identity.account where 'administrator' = any(roles)")
    async with front.database.read("identity") as db:
        assert await db.scalar(query) == 1


@pytest.mark.usefixtures("remembered_for_an_hour")
async def test_a_suspension_counts_at_once_and_ends_no_session(front: Front) -> None:
    token = await signed_in(front, "support")
    ada = await sign_up(front)
    given = {"id": ada["viewer"]["account"]["id"], "why": WHY}
    await front.data(VIEWER, ada["accessToken"])
    answer = (await front.data(SUSPEND, token, **given, on=True))["answer"]
    assert answer == {"account": {"id": given["id"], "status": "SUSPENDED"}, "userErrors": []}
    await refused_at_once(front, ada["accessToken"])
    sign_in = {"email": "ada@example.org", "password": PASSWORD, "device": DEVICE}
    assert await refused(front, SIGN_IN, input=sign_in) == ("ACCOUNT_SUSPENDED", None)
    answer = (await front.data(SUSPEND, token, **given, on=False))["answer"]
    assert answer["account"]["status"] == "ACTIVE"
    async with asyncio.timeout(5):
        while "errors" in await front.ask(VIEWER, ada["accessToken"]):
            pass
    boss = await signed_in(front, "administrator")
    acts = await log(front, boss, target=given["id"])
    assert acts == [("support@example.org", "RESTORED", WHY), ("support@example.org", "SUSPENDED", WHY)]


async def test_a_suspension_queues_the_end_of_the_streams_and_a_letter_once(front: Front) -> None:
    token = await signed_in(front, "support")
    ada_id = (await sign_up(front))["viewer"]["account"]["id"]
    for _ in range(2):
        await front.data(SUSPEND, token, id=ada_id, on=True, why=WHY)
    query = text("select convert_from(payload, 'utf8')::json from jobs.pgqueuer where entrypoint = 'end_streams'")
    async with front.database.read("identity") as db:
        assert (await db.scalars(query)).all() == [{"account": ada_id, "reason": "ACCOUNT_SUSPENDED"}]
        query = text("select count(*) from jobs.pgqueuer where convert_from(payload, 'utf8') ~ :letter")
        assert await db.scalar(query, {"letter": f'"letter":"ACCOUNT_SUSPENDED","account_id":"{ada_id}"'}) == 1


async def test_support_suspends_no_administrator(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    boss_id, token = await account_id(front, boss), await signed_in(front, "support")
    for on in (True, False):
        given = {"id": boss_id, "on": on, "why": WHY}
        assert await refused(front, SUSPEND, token, **given) == ("ADMINISTRATOR_REQUIRED", ["accountId"])


@pytest.mark.parametrize(("status", "restored"), [("QUEUED", "CLOSING"), ("CANCELLED", "ACTIVE")])
async def test_a_suspension_stops_no_erasure(front: Front, status: str, restored: str) -> None:
    token = await signed_in(front, "support")
    ada_id = (await sign_up(front))["viewer"]["account"]["id"]
    now = datetime.now(UTC)
    erasure = DataRequest(account_id=UUID(ada_id), kind=DataRequestKind.ERASURE, status=JobStatus[status])
    erasure.created_at, erasure.due_at = now, now + timedelta(days=30)
    async with front.database.write("identity") as db:
        db.add(erasure)
        await db.execute(update(Account).where(col(Account.id) == UUID(ada_id)).values(status="CLOSING"))
    for on, expected in ((True, "SUSPENDED"), (False, restored)):
        answer = (await front.data(SUSPEND, token, id=ada_id, on=on, why=WHY))["answer"]
        assert answer["account"]["status"] == expected


async def test_looking_a_household_up_is_logged_and_at_the_own_one_is_not(front: Front) -> None:
    ada = await sign_up(front)
    token = await signed_in(front, "support")
    ada_id, own = ada["viewer"]["account"]["id"], await account_id(front, token)
    for given in ({"id": ada_id}, {"email": "ada@example.org"}, {"id": own}, {"email": "nobody@example.org"}):
        await front.data(ACCOUNT, token, **given)
    boss = await signed_in(front, "administrator")
    assert await log(front, boss) == [("support@example.org", "LOOKED_UP", None)] * 2
    assert await log(front, boss, target=ada_id) == await log(front, boss)


async def test_the_log_comes_in_pages_the_newest_first(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    ids = [(await sign_up(front, email=f"{n}@example.org"))["viewer"]["account"]["id"] for n in range(4)]
    for id_ in ids:
        await front.data(ROLES, boss, id=id_, roles=["editor"], why=f"reason {id_}")
    page = (await front.data(LOG, boss, first=3))["auditLog"]
    assert [edge["node"]["target"] for edge in page["edges"]] == ids[:0:-1]
    assert page["pageInfo"]["hasNextPage"]
    rest = (await front.data(LOG, boss, after=page["pageInfo"]["endCursor"]))["auditLog"]
    assert [edge["node"]["reason"] for edge in rest["edges"]] == [f"reason {ids[0]}"]
    async with front.database.write("identity") as db:
        db.add(AuditEntry(at=datetime.now(UTC), actor="system", action="DID"))  # to nobody
    for unknown in ("nonsense", str(new_id())):
        assert await log(front, boss, target=unknown) == []
    for bad in ({"first": 0}, {"after": "forged"}):
        assert code_of(await front.ask(LOG, boss, **bad)) == "BAD_USER_INPUT"


async def test_the_log_says_who_it_was(front: Front) -> None:
    boss = await signed_in(front, "administrator")
    ada_id = UUID((await sign_up(front))["viewer"]["account"]["id"])
    now = datetime.now(UTC)
    actors: list[tuple[UUID | None, str]] = [
        *[(None, "system"), (None, "client robot"), (ada_id, ""), (ada_id, "client robot"), (new_id(), "")],
    ]
    async with front.database.write("identity") as db:
        for actor_id, actor in actors:
            db.add(AuditEntry(at=now, actor_id=actor_id, actor=actor, action="DID"))
            await db.flush()
            await asyncio.sleep(0.002)  # ids sort by the millisecond
    expected = ["system", "client robot", "ada@example.org", "ada@example.org by client robot", "an erased account"]
    assert [actor for actor, _, _ in reversed(await log(front, boss))] == expected
    async with front.database.write("identity") as db:
        await db.execute(delete(Account).where(col(Account.id) == ada_id))
    seen = [actor for actor, _, _ in reversed(await log(front, boss))]
    assert seen[2:4] == ["an erased account", "an erased account by client robot"]


async def test_a_longer_log_takes_as_many_statements(front: Front) -> None:
    accounts = [UUID((await sign_up(front, email=f"{n}@example.org"))["viewer"]["account"]["id"]) for n in range(4)]
    reader = make_viewer(account_id=accounts[0], scopes=frozenset({"audit:read"}))

    async def double() -> None:
        async with front.database.write("identity") as db:
            for actor_id in accounts:
                db.add(AuditEntry(at=datetime.now(UTC), actor_id=actor_id, actor="", action="DID", target=actor_id))

    await double()
    statements = await check_statements(schema, lambda: make_request(front.resources, reader), LOG, double)
    assert len(statements) == 1


async def test_the_shell_makes_the_first_administrator(front: Front, settings: Settings) -> None:
    ada = await sign_up(front)
    assert await roles_of(settings, "Ada@example.org", []) == ["viewer"]
    assert await roles_of(settings, "ada@example.org", ["administrator"]) == ["viewer", "administrator"]
    assert await roles_of(settings, "ada@example.org", []) == ["viewer", "administrator"]
    token = (await front.data(REFRESH, refresh=ada["refreshToken"]))["answer"]["accessToken"]
    assert await log(front, token) == [("command line", "SET_ROLES: viewer → viewer, administrator", None)]


async def test_the_shell_names_what_is_wrong(front: Front, settings: Settings) -> None:
    await sign_up(front)
    with pytest.raises(Stop, match=r"no account of eve@example\.org"):
        await roles_of(settings, "eve@example.org", ["administrator"])
    with pytest.raises(Stop, match="--set: There is no role 'king'"):
        await roles_of(settings, "ada@example.org", ["king"])
    assert await roles_of(settings, "ada@example.org", []) == ["viewer"]
