"""What keeps a title from being published: all of it at once, for the instant in question, in the reader's language."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import update

from models.catalog import MediaAssetStatus, UploadPurpose
from resolvers.catalog.editing.refusals import TRANSLATED
from resolvers.catalog.tables import MEDIA_ASSET, PLAYABLE
from tests.editing.operations import (
    CREATE,
    LONG_AGO,
    PUBLISH,
    READ,
    Answer,
    answer_of,
    create,
    done,
    editor,
    give_media,
    published,
    publisher,
    refused,
    release,
    rows_of,
)
from tests.editing.test_playables import playables, save
from tests.served import Front

Problem = tuple[str, str]


def problems(title: Answer) -> list[Problem]:
    return [(error["code"], ".".join(error["path"])) for error in title["problems"]]


async def problems_now(front: Front, title: Answer) -> list[Problem]:
    return problems((await front.data(READ, editor(front), id=title["id"]))["editorialTitle"])


def at(**delta: float) -> str:
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


async def test_all_are_told_at_once_and_publishing_tells_the_same(front: Front) -> None:
    windows = [{"countries": ["US", "SE"], "from": LONG_AGO}, {"countries": ["DE", "SE"], "from": at(days=9)}]
    bare = await done(front, editor(front), CREATE, kind="SERIES", language="de", input={"windows": windows})
    expected = [
        ("NO_TEXT", "texts"),
        ("NO_STATUS", "status"),
        ("NO_RATING", "ratings.DE"),
        ("NO_RATING", "ratings.SE"),
        ("NO_RATING", "ratings.US"),
        ("NO_MEDIA", "playables"),
    ]
    assert problems(bare) == expected
    before = await rows_of(front)
    for when in (None, LONG_AGO, at(days=1)):
        answer = await answer_of(front, publisher(front), PUBLISH, id=bare["id"], revision=1, at=when)
        assert answer["userErrors"] == bare["problems"]
        assert answer["editorialTitle"] is None
    assert await rows_of(front) == before


@pytest.mark.parametrize("language", ["en", "de", "es"])
async def test_they_are_told_in_the_language_of_the_request(front: Front, language: str) -> None:
    film = await create(front, editor(front), "MOVIE", "fr", windows=[])
    headers = {"authorization": f"Bearer {editor(front)}", "accept-language": language}
    body = {"query": READ, "variables": {"id": film["id"]}}
    answer = (await front.client.post("/graphql", json=body, headers=headers)).json()
    english = {
        "NO_TEXT": "It has no name in its original language, fr.",
        "NO_WINDOW": "It has no window that is open or will open.",
        "NO_MEDIA": "The film has no media that is ready to play.",
    }
    words = TRANSLATED.get(language, english)
    told = [(error["code"], error["message"]) for error in answer["data"]["editorialTitle"]["problems"]]
    assert told == [(code, words[code]) for code in english]


@pytest.mark.parametrize(
    ("until", "published_in", "expected"),
    [
        (-60, None, [("NO_WINDOW", "windows")]),
        (60, None, []),
        (60, 50, []),
        (60, 70, [("NO_WINDOW", "windows")]),
    ],
    ids=["over", "open", "open then", "over then"],
)
async def test_a_window_counts_that_is_open_or_to_come_when_the_title_goes_out(
    front: Front, until: int, published_in: int | None, expected: list[Problem]
) -> None:
    window = {"countries": ["US"], "from": LONG_AGO, "until": at(minutes=until)}
    film = await create(front, editor(front), windows=[window])
    await give_media(front, film["id"])
    when = None if published_in is None else at(minutes=published_in)
    answer = await answer_of(front, publisher(front), PUBLISH, id=film["id"], revision=1, at=when)
    assert [(error["code"], ".".join(error["path"])) for error in answer["userErrors"]] == expected


async def test_a_country_whose_windows_are_over_needs_no_rating(front: Front) -> None:
    over = {"countries": ["SE"], "from": LONG_AGO, "until": "2021-01-01T00:00:00Z"}
    film = await create(front, editor(front), windows=[over, {"countries": ["US"], "from": LONG_AGO}])
    assert problems(film) == [("NO_MEDIA", "playables")]


async def change_asset(front: Front, asset_id: UUID, **values: Any) -> None:
    async with front.database.write("catalog") as db:
        await db.execute(update(MEDIA_ASSET).where(MEDIA_ASSET.c.id == asset_id).values(values))


async def test_subtitles_are_not_what_a_film_plays(front: Front) -> None:
    film = await create(front, editor(front))
    await change_asset(front, await give_media(front, film["id"]), purpose=UploadPurpose.SUBTITLES)
    assert await problems_now(front, film) == [("NO_MEDIA", "playables")]


async def test_media_that_a_playable_shares_with_another_count(front: Front) -> None:
    """As those of our own films do: the asset was made for something else."""
    film, other = await create(front, editor(front)), await create(front, editor(front))
    asset_id = await give_media(front, other["id"])
    async with front.database.write("catalog") as db:
        await db.execute(update(PLAYABLE).where(PLAYABLE.c.id == UUID(film["id"])).values(asset_id=asset_id))
    assert await problems_now(front, film) == []
    await change_asset(front, asset_id, status=MediaAssetStatus.FAILED)
    assert await problems_now(front, film) == [("NO_MEDIA", "playables")]
    await give_media(front, film["id"])
    await release(front, publisher(front), film)
    query = "query ($id: ID!) { playable(id: $id) { runtimeMs } }"
    assert (await front.data(query, id=film["id"]))["playable"] == {"runtimeMs": 600_000}


async def test_an_episode_of_the_draft_alone_has_media_before_it_is_published(front: Front) -> None:
    series = await save(front, await create(front, editor(front), "SERIES", status="AIRING"), kind="EPISODE",
                        season=1, number=1)  # fmt: skip
    assert problems(series) == [("NO_MEDIA", "playables")]
    await give_media(front, playables(series)[0]["id"])
    assert await problems_now(front, series) == []
    await release(front, publisher(front), series)


async def test_what_is_live_tells_what_would_keep_it_back_now(front: Front) -> None:
    film = await published(front)
    async with front.database.write("catalog") as db:
        await db.execute(update(MEDIA_ASSET).values(status=MediaAssetStatus.FAILED))
    assert await problems_now(front, film) == [("NO_MEDIA", "playables")]
    assert await release(front, publisher(front), film) == film | {"problems": [
        {"code": "NO_MEDIA", "path": ["playables"], "message": "The film has no media that is ready to play."}
    ]}  # fmt: skip


async def test_only_who_may_publish_does(front: Front) -> None:
    film = await create(front, editor(front))
    (error,) = (await front.ask(PUBLISH, editor(front), id=film["id"], revision=1))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
    assert await refused(front, publisher(front), PUBLISH, id="nothing", revision=1) == [("TITLE_NOT_FOUND", "id")]
