"""Changing profiles: what takes the password, and what a child may."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update
from sqlmodel import col

from models.identity import Profile
from resolvers.identity import profile_commands
from runtime.request import Request
from tests.identity.operations import PASSWORD, VIEWER, refused, sign_up
from tests.identity.profiles import (
    DELETE,
    SET_PIN,
    UPDATE,
    child_of,
    create,
    first,
    jobs,
    published,
    rows,
    select_profile,
    updated,
)
from tests.served import Front


async def test_what_is_given_changes_and_nothing_else(front: Front, ada: dict[str, Any]) -> None:
    before = (await rows(front))["Ada"]
    token = await select_profile(front, ada["accessToken"], first(ada))
    changes = {"name": "Ada L.", "subtitleMode": "ALWAYS", "subtitleLanguages": ["en", "pt-BR"], "skipCredits": "OFF"}
    after = await updated(front, token, first(ada), **changes)
    assert (after["name"], after["skip"]["credits"]) == ("Ada L.", "OFF")
    assert after["subtitles"] == {"mode": "ALWAYS", "languages": ["en", "pt-BR"]}
    stored = (await rows(front))["Ada L."].model_dump()
    changed = {"name", "subtitle_mode", "subtitle_languages", "skip_credits"}
    assert {column for column, value in before.model_dump().items() if stored[column] != value} == changed
    known = await published(front, first(ada))
    assert known is not None
    assert (known.name, known.subtitle_mode, known.subtitle_languages) == ("Ada L.", "ALWAYS", ["en", "pt-BR"])


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"name": "\n"}, "INVALID_NAME", ["input", "name"]),
        ({"name": "bo"}, "NAME_TAKEN", ["input", "name"]),
        ({"language": "klingon!"}, "UNKNOWN_LANGUAGE", ["input", "language"]),
        ({"subtitleLanguages": ["x"] * 11}, "OUT_OF_RANGE", ["input", "subtitleLanguages"]),
        ({"avatarId": "none"}, "UNKNOWN_AVATAR", ["input", "avatarId"]),
        ({"maximumAge": -1}, "OUT_OF_RANGE", ["input", "maximumAge"]),
        ({"maximumAge": 19}, "OUT_OF_RANGE", ["input", "maximumAge"]),
        ({"kind": "KIDS"}, "LAST_ADULT_PROFILE", ["input", "kind"]),
    ],
)
async def test_a_bad_change_names_its_field_and_changes_nothing(
    front: Front, ada: dict[str, Any], changes: dict[str, Any], code: str, path: list[str]
) -> None:
    await create(front, ada["accessToken"], "Bo", "TEEN")
    before = await rows(front)
    variables = {"id": first(ada), "input": {"skipIntro": "OFF"} | changes, "password": PASSWORD}
    assert await refused(front, UPDATE, ada["accessToken"], **variables) == (code, path)
    assert await rows(front) == before


@pytest.mark.parametrize(
    ("own", "changes"),
    [(True, {"maximumAge": 13}), (True, {"kind": "ADULT"}), (True, {"kind": "KIDS"}), (False, {"name": "Cy"})],
)
async def test_what_takes_the_password(front: Front, ada: dict[str, Any], own: bool, changes: dict[str, Any]) -> None:
    teen = (await create(front, ada["accessToken"], "Bo", "TEEN", maximumAge=12))["id"]
    token = await select_profile(front, ada["accessToken"], teen if own else first(ada))
    before = await rows(front)
    for password, code in ((None, "PASSWORD_REQUIRED"), ("a guess", "WRONG_PASSWORD")):
        refusal = await refused(front, UPDATE, token, id=teen, input=changes, password=password)
        assert refusal == (code, ["password"])
    assert await rows(front) == before
    assert await updated(front, token, teen, PASSWORD, **changes)


async def test_the_own_settings_and_a_lower_age_limit_take_no_password(front: Front, ada: dict[str, Any]) -> None:
    token = await select_profile(front, ada["accessToken"], first(ada))
    assert (await updated(front, token, first(ada), name="Ada B."))["maximumAge"] == 18
    assert await jobs(front, "review_streams") == []
    assert (await updated(front, token, first(ada), maximumAge=16))["maximumAge"] == 16
    assert await jobs(front, "review_streams") == [{}], "what plays may be above the limit now"
    assert (await updated(front, token, first(ada), maximumAge=16, kind="ADULT", name="Ada L."))["name"] == "Ada L."


async def test_a_limit_that_was_lowered_while_the_change_was_on_its_way_is_not_raised_without_the_password(
    front: Front, ada: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await select_profile(front, ada["accessToken"], first(ada))
    read = profile_commands.stored

    async def lowered_after(request: Request, id_: Any) -> Any:
        row = await read(request, id_)
        async with front.database.write("identity") as db:
            await db.execute(update(Profile).where(col(Profile.id) == UUID(first(ada))).values(maximum_age=6))
        return row

    monkeypatch.setattr(profile_commands, "stored", lowered_after)
    refusal = await refused(front, UPDATE, token, id=first(ada), input={"maximumAge": 18})
    assert refusal == ("PASSWORD_REQUIRED", ["password"])
    assert (await rows(front))["Ada"].maximum_age == 6


@pytest.mark.parametrize(("age", "kept"), [(16, False), (12, True), (3, True)])
async def test_another_kind_keeps_an_age_limit_that_fits_it(
    front: Front, ada: dict[str, Any], age: int, kept: bool
) -> None:
    teen = (await create(front, ada["accessToken"], "Bo", "TEEN", maximumAge=age))["id"]
    child = await updated(front, ada["accessToken"], teen, PASSWORD, kind="KIDS")
    assert (child["kind"], child["maximumAge"]) == ("KIDS", age if kept else 6)


async def test_a_lower_age_limit_holds_for_tokens_that_were_issued_before(front: Front, ada: dict[str, Any]) -> None:
    teen = (await create(front, ada["accessToken"], "Bo", "TEEN", maximumAge=16))["id"]
    token = await select_profile(front, ada["accessToken"], teen)
    assert (await front.data(VIEWER, token))["viewer"]["profile"]["name"] == "Bo"  # its standing is known from now on
    await updated(front, ada["accessToken"], teen, PASSWORD, kind="KIDS", maximumAge=6)
    seen = []
    async with asyncio.timeout(0.9):  # sooner than the second for which a standing is believed
        while "KIDS_PROFILE" not in seen:
            seen.append((await refused(front, DELETE, token, id=teen, password=""))[0])


async def test_others_profiles_do_not_exist(front: Front, ada: dict[str, Any]) -> None:
    eve = await sign_up(front, email="eve@example.org", profileName="Eve")
    before = await rows(front)
    for wanted in (first(ada), "not an id", ada["viewer"]["account"]["id"]):
        for query, variables in ((UPDATE, {"input": {"name": "Mallory"}}), (DELETE, {}), (SET_PIN, {"pin": "2580"})):
            given = {"id": wanted, "password": PASSWORD} | variables
            assert await refused(front, query, eve["accessToken"], **given) == ("PROFILE_NOT_FOUND", ["id"])
    assert await rows(front) == before


async def test_a_childs_profile_changes_its_own_harmless_settings_alone(front: Front, ada: dict[str, Any]) -> None:
    child, token = await child_of(front, ada)
    avatar = (await front.data("{ avatars { id } }"))["avatars"][2]["id"]
    settings = {"name": "Kimmy", "avatarId": avatar, "language": "en", "autoplayNext": False, "skipIntro": "AUTO"}
    assert (await updated(front, token, child, **settings))["name"] == "Kimmy"
    before = await rows(front)
    for id_, changes in (
        (child, {"maximumAge": 5}),
        (child, {"maximumAge": 12}),
        (child, {"kind": "KIDS"}),
        (first(ada), {"name": "Mum"}),
    ):
        refusal = await refused(front, UPDATE, token, id=id_, input=changes, password=PASSWORD)
        assert refusal == ("KIDS_PROFILE", None)
    assert await rows(front) == before
