"""Who may see which account and profile, in the subgraph's own fields and by `_entities`."""

from typing import Any

import pytest
from sqlalchemy import update

from models.identity import Account, Profile, ProfileKind
from tests.identity.operations import DEVICE, PASSWORD, SELECT, SIGN_IN, sign_up
from tests.served import Front

ENTITIES = """query ($of: [_Any!]!) { _entities(representations: $of) {
  ... on Account { id email } ... on Profile { id name } } }"""
ACCOUNT = "query ($id: ID, $email: String) { account(id: $id, email: $email) { id email profiles { name } } }"


async def signed_in(front: Front, role: str) -> str:
    """The access token of somebody with the role."""
    await sign_up(front, email=f"{role}@example.org")
    index = front.resources.encryption.blind_index(f"{role}@example.org")
    async with front.database.write("identity") as db:
        await db.execute(update(Account).where(Account.email_index == index).values(roles=[role]))  # type: ignore[arg-type]
    given = {"email": f"{role}@example.org", "password": PASSWORD, "device": DEVICE}
    token: str = (await front.data(SIGN_IN, input=given))["answer"]["accessToken"]
    return token


def representations(ada: dict[str, Any]) -> list[dict[str, str]]:
    account = ada["viewer"]["account"]
    return [
        {"__typename": "Account", "id": account["id"]},
        {"__typename": "Profile", "id": account["profiles"][0]["id"]},
        {"__typename": "Account", "id": "not an id"},
    ]


async def test_a_household_is_seen_by_itself_and_by_support_alone(front: Front) -> None:
    ada = await sign_up(front)
    of = representations(ada)
    account, profile = {"id": of[0]["id"], "email": "ada@example.org"}, {"id": of[1]["id"], "name": "Ada"}
    seen: dict[str | None, Any] = {ada["accessToken"]: [account, profile, None]}
    seen[None] = seen[await signed_in(front, "editor")] = [None, None, None]
    seen[await signed_in(front, "support")] = [account, profile, None]
    for token, expected in seen.items():
        assert (await front.data(ENTITIES, token, of=of))["_entities"] == expected


@pytest.mark.parametrize(
    ("role", "code"), [("viewer", "FORBIDDEN"), ("editor", "FORBIDDEN"), (None, "UNAUTHENTICATED")]
)
async def test_looking_accounts_up_takes_the_scope_to_support(front: Front, role: str | None, code: str) -> None:
    token = await signed_in(front, role) if role else None
    response = await front.ask(ACCOUNT, token, email="ada@example.org")
    assert response["data"] == {"account": None}
    assert response["errors"][0]["extensions"]["code"] == code


async def test_support_finds_a_household_by_id_or_address(front: Front) -> None:
    ada = await sign_up(front)
    token = await signed_in(front, "support")
    expected = {"id": ada["viewer"]["account"]["id"], "email": "ada@example.org", "profiles": [{"name": "Ada"}]}
    assert (await front.data(ACCOUNT, token, email=" ADA@example.org"))["account"] == expected
    assert (await front.data(ACCOUNT, token, id=expected["id"]))["account"] == expected
    assert (await front.data(ACCOUNT, token, email="eve@example.org"))["account"] is None
    response = await front.ask(ACCOUNT, token)
    assert response["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_childs_profile_carries_no_staff_scopes(front: Front) -> None:
    token = await signed_in(front, "administrator")
    async with front.database.write("identity") as db:
        await db.execute(update(Profile).values(kind=ProfileKind.KIDS, maximum_age=6))
    account = (await front.data("{ viewer { account { profiles { id } } } }", token))["viewer"]["account"]
    child = (await front.data(SELECT, token, id=account["profiles"][0]["id"]))["answer"]
    assert child["viewer"]["scopes"] == []
    response = await front.ask(ACCOUNT, child["accessToken"], email="administrator@example.org")
    assert response["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_a_token_that_is_no_good_is_said_to_be_so(front: Front) -> None:
    ada = await sign_up(front)
    head, payload, signature = ada["accessToken"].split(".")
    for token in ("nonsense", f"{head}.{payload}.{signature[::-1]}", f"{head}.{payload}."):
        response = await front.ask("{ avatars { id } }", token)
        assert response["data"] is None
        assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
        assert response["errors"][0]["extensions"]["traceId"]
