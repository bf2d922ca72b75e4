"""Making profiles, and reading them, through the front door."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models.identity import ProfileKind
from tests.identity.operations import refused, sign_up
from tests.identity.profiles import (
    CREATE,
    create,
    entitle,
    first,
    published,
    rows,
)
from tests.served import Front

HOUSEHOLD = """{ viewer { account { profiles { id name kind maximumAge locked avatar { id url }
audioLanguages subtitles { mode languages } skip { intro recap credits } } } } }"""


async def test_a_new_profile_has_what_it_was_given_and_the_households_language_elsewhere(
    front: Front, ada: dict[str, Any]
) -> None:
    avatar = (await front.data("{ avatars { id } }"))["avatars"][1]["id"]
    settings = {"avatarId": avatar, "audioLanguages": ["fr", "en"], "skipIntro": "AUTO", "autoplayNext": False}
    made = await create(front, ada["accessToken"], " Bo ", "TEEN", **settings)
    assert made | {"id": None} == {
        "id": None,
        "name": "Bo",
        "avatar": {"id": avatar},
        "kind": "TEEN",
        "maximumAge": 12,
        "locked": False,
        "language": "de",
        "audioLanguages": ["fr", "en"],
        "subtitles": {"mode": "FOREIGN_AUDIO", "languages": ["de"]},
        "autoplayNext": False,
        "autoplayPreviews": True,
        "skip": {"intro": "AUTO", "recap": "ASK", "credits": "ASK"},
    }
    known = await published(front, made["id"])
    assert known is not None
    assert (known.name, known.kind, known.maximum_age) == ("Bo", ProfileKind.TEEN, 12)
    assert (known.language, known.audio_languages) == ("de", ["fr", "en"])


@pytest.mark.parametrize(("kind", "age"), [("ADULT", 18), ("TEEN", 12), ("KIDS", 6)])
async def test_each_kind_has_an_age_limit_of_its_own(front: Front, ada: dict[str, Any], kind: str, age: int) -> None:
    assert (await create(front, ada["accessToken"], "Bo", kind))["maximumAge"] == age


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"name": "  "}, "INVALID_NAME", ["name"]),
        ({"name": "x" * 51}, "INVALID_NAME", ["name"]),
        ({"name": "ADA"}, "NAME_TAKEN", ["name"]),
        ({"settings": {"name": "Bo"}}, "INVALID_SETTINGS", ["settings", "name"]),
        ({"settings": {"kind": "TEEN"}}, "INVALID_SETTINGS", ["settings", "kind"]),
        ({"settings": {"maximumAge": -1}}, "OUT_OF_RANGE", ["settings", "maximumAge"]),
        ({"kind": "ADULT", "settings": {"maximumAge": 19}}, "OUT_OF_RANGE", ["settings", "maximumAge"]),
        ({"kind": "TEEN", "settings": {"maximumAge": 17}}, "OUT_OF_RANGE", ["settings", "maximumAge"]),
        ({"kind": "KIDS", "settings": {"maximumAge": 13}}, "OUT_OF_RANGE", ["settings", "maximumAge"]),
        ({"settings": {"avatarId": "none"}}, "UNKNOWN_AVATAR", ["settings", "avatarId"]),
        ({"settings": {"language": "klingon!"}}, "UNKNOWN_LANGUAGE", ["settings", "language"]),
        ({"settings": {"audioLanguages": ["de", "xx1"]}}, "UNKNOWN_LANGUAGE", ["settings", "audioLanguages"]),
        ({"settings": {"subtitleLanguages": ["de", "DE"]}}, "DUPLICATE_LANGUAGE", ["settings", "subtitleLanguages"]),
        (
            {
                "settings": {
                    "audioLanguages": [
                        f"de-{land}" for land in ["AT", "BE", "CH", "DE", "IT", "LI", "LU", "FR", "US", "DK", "NL"]
                    ]
                }
            },
            "OUT_OF_RANGE",
            ["settings", "audioLanguages"],
        ),
    ],
)
async def test_bad_input_names_its_field_and_makes_no_profile(
    front: Front, ada: dict[str, Any], given: dict[str, Any], code: str, path: list[str]
) -> None:
    variables = {"name": "Bo", "kind": "ADULT"} | given
    assert await refused(front, CREATE, ada["accessToken"], **variables) == (code, path)
    assert list(await rows(front)) == ["Ada"]


@pytest.mark.parametrize(
    "plans",
    [
        [],
        [{"profiles": 1}],
        [{"profiles": 5, "valid_until": datetime.now(UTC) - timedelta(days=1)}],
        [{"profiles": 5, "rank": 1}, {"profiles": 1, "rank": 2}],
    ],
)
async def test_the_best_plan_that_is_valid_says_how_many_profiles(front: Front, plans: list[dict[str, Any]]) -> None:
    ada = await sign_up(front)
    for plan in plans:
        await entitle(front, ada["viewer"]["account"], **plan)
    refusal = await refused(front, CREATE, ada["accessToken"], name="Bo", kind="KIDS")
    assert refusal == ("TOO_MANY_PROFILES", None)


async def test_profiles_made_at_once_are_never_more_than_the_plan_allows(front: Front) -> None:
    ada = await sign_up(front)
    await entitle(front, ada["viewer"]["account"], 3, valid_until=datetime.now(UTC) + timedelta(days=1))
    wanted = (front.data(CREATE, ada["accessToken"], name=f"Bo {n}", kind="ADULT") for n in range(8))
    answers = [answer["answer"] for answer in await asyncio.gather(*wanted)]
    codes = [error["code"] for answer in answers for error in answer["userErrors"]]
    assert codes == ["TOO_MANY_PROFILES"] * 6
    assert len(await rows(front)) == 3


async def test_a_households_profiles_take_as_many_statements_however_many_there_are(
    front: Front, ada: dict[str, Any]
) -> None:
    few = await front.ask(HOUSEHOLD, ada["accessToken"])
    for name in ("Bo", "Cy", "Di"):
        await create(front, ada["accessToken"], name)
    many = await front.ask(HOUSEHOLD, ada["accessToken"])
    assert [len(answer["data"]["viewer"]["account"]["profiles"]) for answer in (few, many)] == [1, 4]
    assert few["extensions"]["sql"]["count"] == many["extensions"]["sql"]["count"]


async def test_avatars_and_referenced_profiles_take_one_statement_each(front: Front, ada: dict[str, Any]) -> None:
    bo = await create(front, ada["accessToken"], "Bo")
    entities = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { id name avatar { url } } } }"
    counts = []
    for ids in ([bo["id"]], [bo["id"], first(ada)]):
        of = [{"__typename": "Profile", "id": id_} for id_ in ids]
        answer = await front.ask(entities, ada["accessToken"], of=of)
        assert [found["id"] for found in answer["data"]["_entities"]] == ids
        counts.append(answer["extensions"]["sql"]["count"])
    assert counts[0] == counts[1]
