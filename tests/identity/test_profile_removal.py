"""Removing and locking profiles."""

import asyncio
from typing import Any

import pytest

from tests.identity.operations import PASSWORD, REFRESH, VIEWER, refused
from tests.identity.profiles import (
    DELETE,
    SELECT,
    SET_PIN,
    create,
    first,
    jobs,
    published,
    rows,
    select_profile,
    sign_in,
)
from tests.served import Front


async def test_a_deleted_profile_is_gone_with_its_tokens_and_what_it_watched(front: Front, ada: dict[str, Any]) -> None:
    bo = (await create(front, ada["accessToken"], "Bo"))["id"]
    selected = (await front.data(SELECT, ada["accessToken"], id=bo))["answer"]
    given = {"id": bo, "password": PASSWORD}
    assert await refused(front, DELETE, selected["accessToken"], **(given | {"password": "a guess"})) == (
        "WRONG_PASSWORD",
        ["password"],
    )
    assert (await front.data(DELETE, selected["accessToken"], **given))["answer"]["deletedId"] == bo
    assert list(await rows(front)) == ["Ada"]
    assert await published(front, bo) is None
    assert await jobs(front, "forget_profile") == [{"profile": bo}]
    async with asyncio.timeout(0.9):
        while "errors" not in (response := await front.ask(VIEWER, selected["accessToken"])):
            pass
    assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    refreshed = (await front.data(REFRESH, refresh=selected["refreshToken"]))["answer"]
    assert refreshed["viewer"]["profile"] is None


@pytest.mark.parametrize("kind", ["TEEN", "KIDS"])
async def test_a_deleted_childs_device_is_signed_out_rather_than_let_loose(
    front: Front, ada: dict[str, Any], kind: str
) -> None:
    child = (await create(front, ada["accessToken"], "Kim", kind))["id"]
    selected = (await front.data(SELECT, ada["accessToken"], id=child))["answer"]
    parent = await sign_in(front)
    assert (await front.data(DELETE, parent, id=child, password=PASSWORD))["answer"]["deletedId"] == child
    refusal = await refused(front, REFRESH, refresh=selected["refreshToken"])
    assert refusal == ("INVALID_REFRESH_TOKEN", ["refreshToken"])
    (job,) = await jobs(front, "end_streams")
    assert (job["accounts"], job["reason"]) == ([ada["viewer"]["account"]["id"]], "SIGNED_OUT")


async def test_the_last_profile_and_the_last_adults_stay(front: Front, ada: dict[str, Any]) -> None:
    given = {"id": first(ada), "password": PASSWORD}
    assert await refused(front, DELETE, ada["accessToken"], **given) == ("LAST_PROFILE", ["id"])
    await create(front, ada["accessToken"], "Kim", "KIDS")
    assert await refused(front, DELETE, ada["accessToken"], **given) == ("LAST_ADULT_PROFILE", ["id"])
    assert sorted(await rows(front)) == ["Ada", "Kim"]


async def test_of_two_adults_deleted_at_once_one_stays(front: Front, ada: dict[str, Any]) -> None:
    both = [first(ada), (await create(front, ada["accessToken"], "Bo"))["id"]]
    deletions = (front.data(DELETE, ada["accessToken"], id=id_, password=PASSWORD) for id_ in both)
    answers = [answer["answer"]["userErrors"] for answer in await asyncio.gather(*deletions)]
    assert sorted(error["code"] for errors in answers for error in errors) == ["LAST_PROFILE"]
    assert len(await rows(front)) == 1


async def test_a_pin_locks_a_profile_and_null_unlocks_it(front: Front, ada: dict[str, Any]) -> None:
    given = {"id": first(ada), "password": PASSWORD}
    answer = (await front.data(SET_PIN, ada["accessToken"], pin="2580", **given))["answer"]
    assert answer["profile"]["locked"]
    assert ((await rows(front))["Ada"].pin_hash or "").startswith("$argon2id$")
    assert await refused(front, SELECT, ada["accessToken"], id=first(ada), pin="2581") == ("WRONG_PIN", ["pin"])
    assert await select_profile(front, ada["accessToken"], first(ada), pin="2580")
    assert not (await front.data(SET_PIN, ada["accessToken"], **given))["answer"]["profile"]["locked"]
    assert await select_profile(front, ada["accessToken"], first(ada))


@pytest.mark.parametrize("pin", ["", "258", "25800", "25 0", "abcd", "２５８０", "2580\n", "0000", "1234", "9876"])
async def test_a_pin_of_the_wrong_form_is_refused(front: Front, ada: dict[str, Any], pin: str) -> None:
    given = {"id": first(ada), "pin": pin, "password": PASSWORD}
    assert await refused(front, SET_PIN, ada["accessToken"], **given) == ("INVALID_PIN", ["pin"])
    assert (await rows(front))["Ada"].pin_hash is None


async def test_a_pin_takes_the_password(front: Front, ada: dict[str, Any]) -> None:
    for password, code in (("", "PASSWORD_REQUIRED"), ("a guess", "WRONG_PASSWORD")):
        given = {"id": first(ada), "pin": "2580", "password": password}
        assert await refused(front, SET_PIN, ada["accessToken"], **given) == (code, ["password"])
    assert (await rows(front))["Ada"].pin_hash is None
