"""Choosing a profile: PINs, and what it takes to leave a child's."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from models.identity import Profile
from oauth.passwords import hash_password
from resolvers.identity import selecting
from runtime.request import Request
from tests.identity.operations import PASSWORD, REFRESH, VIEWER, refused, sign_up
from tests.identity.profiles import PROFILES, SELECT, child_of, create, first, select_profile
from tests.served import Front

PIN = "2580"


async def lock(front: Front, profile_id: str, pin: str = PIN) -> None:
    async with front.database.write("identity") as db:
        locked = update(Profile).where(col(Profile.id) == UUID(profile_id))
        await db.execute(locked.values(pin_hash=await hash_password(pin)))


async def test_a_locked_profile_asks_for_its_pin_and_not_for_ever(front: Front, ada: dict[str, Any]) -> None:
    token, id_ = ada["accessToken"], first(ada)
    await lock(front, id_)
    assert await refused(front, SELECT, token, id=id_) == ("PIN_REQUIRED", ["pin"])
    for _ in range(5):
        assert await refused(front, SELECT, token, id=id_, pin="4321") == ("WRONG_PIN", ["pin"])
    assert await refused(front, SELECT, token, id=id_, pin=PIN) == ("TOO_MANY_ATTEMPTS", None)


async def test_another_households_profile_does_not_exist(front: Front, ada: dict[str, Any]) -> None:
    eve = await sign_up(front, email="eve@example.org")
    for wanted in (first(ada), "not an id", ada["viewer"]["account"]["id"]):
        assert await refused(front, SELECT, eve["accessToken"], id=wanted) == ("PROFILE_NOT_FOUND", ["profileId"])


async def test_a_profile_that_is_deleted_meanwhile_is_not_selected(
    front: Front, ada: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = UUID((await create(front, ada["accessToken"], "Bo"))["id"])
    read = selecting.stored

    async def deleted_after(request: Request, id_: Any) -> Any:
        row = await read(request, id_)
        async with front.database.write("identity") as db:
            await db.execute(delete(Profile).where(col(Profile.id) == theirs))
        return row

    monkeypatch.setattr(selecting, "stored", deleted_after)
    refusal = await refused(front, SELECT, ada["accessToken"], id=str(theirs))
    assert refusal == ("PROFILE_NOT_FOUND", ["profileId"])


async def test_a_child_leaves_its_profile_with_the_password(front: Front, ada: dict[str, Any]) -> None:
    _, token = await child_of(front, ada)
    id_ = first(ada)
    assert await refused(front, SELECT, token, id=id_) == ("PASSWORD_REQUIRED", ["password"])
    assert await refused(front, SELECT, token, id=id_, password="a guess") == ("WRONG_PASSWORD", ["password"])
    grown_up = await select_profile(front, token, id_, password=PASSWORD)
    assert (await front.data(VIEWER, grown_up))["viewer"]["profile"]["name"] == "Ada"


async def test_a_child_guesses_passwords_no_more_than_five_times(front: Front, ada: dict[str, Any]) -> None:
    _, token = await child_of(front, ada)
    wrong = [await refused(front, SELECT, token, id=first(ada), password="a guess") for _ in range(6)]
    assert wrong == [("WRONG_PASSWORD", ["password"])] * 5 + [("TOO_MANY_ATTEMPTS", None)]


async def test_a_childs_way_to_a_locked_profile_is_its_pin_alone(front: Front, ada: dict[str, Any]) -> None:
    _, token = await child_of(front, ada)
    await lock(front, first(ada))
    assert await refused(front, SELECT, token, id=first(ada), password=PASSWORD) == ("PIN_REQUIRED", ["pin"])
    assert await select_profile(front, token, first(ada), pin=PIN)


@pytest.mark.parametrize(
    ("kind", "age", "wider"), [("KIDS", 6, False), ("KIDS", 0, False), ("KIDS", 7, True), ("TEEN", 6, True)]
)
async def test_what_is_wider_than_a_childs_profile(
    front: Front, ada: dict[str, Any], kind: str, age: int, wider: bool
) -> None:
    other = await create(front, ada["accessToken"], "Bo", kind, maximumAge=age)
    _, token = await child_of(front, ada, age=6)
    payload = (await front.data(SELECT, token, id=other["id"]))["answer"]
    assert [error["code"] for error in payload["userErrors"]] == ["PASSWORD_REQUIRED"] * wider


async def test_grown_ups_and_teenagers_change_profiles_freely(front: Front, ada: dict[str, Any]) -> None:
    teen = await create(front, ada["accessToken"], "Bo", "TEEN")
    token = await select_profile(front, ada["accessToken"], teen["id"])
    assert await select_profile(front, token, first(ada))


async def test_refreshing_a_childs_session_gives_a_childs_token(front: Front, ada: dict[str, Any]) -> None:
    id_, token = await child_of(front, ada)
    selected = (await front.data(SELECT, token, id=id_))["answer"]
    for refresh in (selected["refreshToken"], ada["refreshToken"]):
        refreshed = (await front.data(REFRESH, refresh=refresh))["answer"]
        assert refreshed["viewer"]["profile"]["id"] == id_


async def test_a_pin_guessed_at_once_by_many_requests_is_throttled_all_the_same(
    front: Front, ada: dict[str, Any]
) -> None:
    await lock(front, first(ada))
    guesses = [front.data(SELECT, ada["accessToken"], id=first(ada), pin=f"11{n}2") for n in range(9)]
    answers = [answer["answer"]["userErrors"][0]["code"] for answer in await asyncio.gather(*guesses)]
    assert sorted(answers) == ["TOO_MANY_ATTEMPTS"] * 4 + ["WRONG_PIN"] * 5


async def test_the_viewer_of_a_profiles_token_is_that_profile(front: Front, ada: dict[str, Any]) -> None:
    id_, token = await child_of(front, ada)
    profile = (await front.data(PROFILES, token))["viewer"]["profile"]
    assert profile == {"id": id_, "name": "Kim", "kind": "KIDS", "maximumAge": 6}
