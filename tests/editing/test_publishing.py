"""Publishing: what keeps a title back, who sees it when, that edits wait, and that withdrawing is at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.catalog import MediaAsset, MediaAssetStatus, Playable
from resolvers.catalog.editing.releasing import release_due
from resolvers.catalog.publish import publish_asset
from tests.editing.operations import (
    LONG_AGO,
    PUBLISH,
    READ,
    SEEN,
    UNPUBLISH,
    Answer,
    answer_of,
    change,
    complete,
    create,
    done,
    editor,
    give_media,
    later,
    published,
    publisher,
    refused,
    release,
    rows_of,
)
from tests.editing.test_playables import save
from tests.editing.test_revisions import actions
from tests.served import Front

PATHS = """query ($id: ID!, $slug: String!, $name: String!) {
  title(id: $id) { name } bySlug: title(slug: $slug) { name } titles { edges { node { name } } }
  search(query: $name) { edges { node { ... on Movie { name } } } totalCount }
  people: search(query: "Brigitte Helm") { totalCount }
  suggest(prefix: $name) { text } }"""


async def names_seen(front: Front, title: Answer, name: str = "Metropolis") -> set[str]:
    """What of the title viewers see, on any path."""
    found = await front.data(PATHS, id=title["id"], slug=title["slug"], name=name)
    nodes = [found["title"], found["bySlug"], *(edge["node"] for edge in found["titles"]["edges"])]
    nodes += [edge["node"] for edge in found["search"]["edges"]]
    return {node["name"] for node in nodes if node} | {one["text"] for one in found["suggest"]}


async def test_a_published_title_is_seen_and_a_withdrawn_one_is_not(front: Front) -> None:
    film = await create(front, editor(front), credits=[{"personName": "Brigitte Helm", "role": "ACTOR"}])
    await give_media(front, film["id"])
    assert await names_seen(front, film) == set()
    shown = await release(front, publisher(front), film)
    assert (shown["state"], shown["publishedRevision"], shown["problems"]) == ("PUBLISHED", 1, [])
    assert await names_seen(front, film) == {"Metropolis"}
    gone = await done(front, publisher(front), UNPUBLISH, id=film["id"])
    assert (gone["state"], gone["publishedRevision"], gone["revision"]) == ("UNPUBLISHED", None, 1)
    assert await names_seen(front, film) == set()
    assert await release(front, publisher(front), gone) == shown


async def test_an_edit_reaches_nobody_before_it_is_published(front: Front) -> None:
    film = await published(front)
    renamed = await change(
        front,
        editor(front),
        film,
        texts=[{"language": "en", "name": "Renamed", "synopsis": "New."}],
        slug="renamed",
        windows=[{"countries": ["US"], "from": "2150-01-01T00:00:00Z"}],
        credits=[{"personName": "Brigitte Helm", "role": "ACTOR"}],
    )
    assert (renamed["state"], renamed["revision"], renamed["publishedRevision"]) == ("PUBLISHED", 2, 1)
    assert await names_seen(front, film) == {"Metropolis"}
    assert (await front.data(PATHS, id=film["id"], slug="renamed", name="Renamed"))["bySlug"] is None
    assert (await front.data(PATHS, id=film["id"], slug="x", name="Renamed"))["people"]["totalCount"] == 0
    shown = await release(front, publisher(front), renamed)
    assert shown["publishedRevision"] == 2
    assert await names_seen(front, shown, "Renamed") == {"Renamed"}
    seen = (await front.data(SEEN, id=film["id"]))["title"]
    assert (seen["slug"], seen["synopsis"], seen["availability"]["state"]) == ("renamed", "New.", "COMING_SOON")


async def test_publishing_again_what_is_seen_changes_nothing(front: Front) -> None:
    film = await published(front)
    before = await rows_of(front)
    assert await release(front, publisher(front), film) == film
    assert await rows_of(front) == before


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"texts": []}, ("NO_TEXT", "texts")),
        ({"texts": [{"language": "de", "name": "Nur deutsch"}]}, ("NO_TEXT", "texts")),
        ({"windows": []}, ("NO_WINDOW", "windows")),
        (
            {"windows": [{"countries": ["US"], "from": LONG_AGO, "until": "2021-01-01T00:00:00Z"}]},
            ("NO_WINDOW", "windows"),
        ),
        ({"windows": [{"countries": ["FR", "US"], "from": LONG_AGO}]}, ("NO_RATING", "ratings.FR")),
    ],
)
async def test_problems_keep_a_title_back(front: Front, given: dict[str, Any], problem: tuple[str, str]) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    lacking = await change(front, editor(front), film, **given)
    assert [(error["code"], ".".join(error["path"])) for error in lacking["problems"]] == [problem]
    before = await rows_of(front)
    wanted = {"id": film["id"], "revision": lacking["revision"]}
    assert await refused(front, publisher(front), PUBLISH, **wanted) == [problem]
    assert await refused(front, publisher(front), PUBLISH, **wanted, at=later(hours=1)) == [problem]
    assert await rows_of(front) == before


@pytest.mark.parametrize("status", [None, *(status for status in MediaAssetStatus if status.name != "READY")])
async def test_a_film_without_media_is_kept_back(front: Front, status: MediaAssetStatus | None) -> None:
    film = await create(front, editor(front))
    if status is not None:
        await give_media(front, film["id"], status)
    wanted = {"id": film["id"], "revision": 1}
    assert await refused(front, publisher(front), PUBLISH, **wanted) == [("NO_MEDIA", "playables")]


async def test_a_series_goes_out_with_its_first_episode_that_has_media(front: Front) -> None:
    series = await create(front, editor(front), "SERIES", status=None)
    assert {problem["code"] for problem in series["problems"]} == {"NO_STATUS", "NO_MEDIA"}
    series = await change(front, editor(front), series, status="AIRING")
    for number in (1, 2):
        series = await save(front, series, kind="EPISODE", season=1, number=number)
    trailer = await save(front, series, kind="TRAILER")
    await give_media(front, trailer["playables"]["edges"][-1]["node"]["id"])
    wanted = {"id": series["id"], "revision": trailer["revision"]}
    assert await refused(front, publisher(front), PUBLISH, **wanted) == [("NO_MEDIA", "playables")]
    await give_media(front, trailer["playables"]["edges"][1]["node"]["id"])
    await release(front, publisher(front), trailer)
    query = """query ($id: ID!) { title(id: $id) { ... on Series { seasons { episodes { edges { node {
      number runtimeMs } } } } } } }"""
    (season,) = (await front.data(query, id=series["id"]))["title"]["seasons"]
    lengths = [(edge["node"]["number"], edge["node"]["runtimeMs"]) for edge in season["episodes"]["edges"]]
    assert lengths == [(1, None), (2, 600_000)]


async def asset_of(front: Front, playable_id: str) -> UUID | None:
    async with front.database.read("catalog") as db:
        found = select(col(Playable.asset_id)).where(col(Playable.id) == UUID(playable_id))
        asset_id: UUID | None = (await db.execute(found)).scalar_one()
    return asset_id


async def test_media_that_come_after_the_publication_are_played_at_once(front: Front) -> None:
    series = await create(front, editor(front), "SERIES", status="AIRING")
    for number in (1, 2):
        series = await save(front, series, kind="EPISODE", season=1, number=number)
    first, second = (edge["node"]["id"] for edge in series["playables"]["edges"])
    await give_media(front, first)
    await release(front, publisher(front), series)
    query = "query ($id: ID!) { playable(id: $id) { runtimeMs } }"
    assert (await front.data(query, id=second))["playable"] == {"runtimeMs": None}
    asset_id = await give_media(front, second)
    async with front.database.write("catalog") as db:
        await publish_asset(db, asset_id)
    assert (await front.data(query, id=second))["playable"] == {"runtimeMs": 600_000}
    async with front.database.read("viewing") as db:
        ready = "select count(*) from catalog.published_playable where prefix is not null"
        assert (await db.exec_driver_sql(ready)).scalar_one() == 2
    better = await give_media(front, second)
    async with front.database.write("catalog") as db:
        await publish_asset(db, better)
    assert await asset_of(front, second) == asset_id
    async with front.database.write("catalog") as db:
        await db.execute(
            update(MediaAsset).values(status=MediaAssetStatus.FAILED).where(col(MediaAsset.id) == asset_id)
        )
        await publish_asset(db, better)
    assert await asset_of(front, second) == better


async def test_published_by_several_at_once_it_is_published_once(front: Front) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    given = {"id": film["id"], "revision": 1}
    answers = await asyncio.gather(*[answer_of(front, publisher(front), PUBLISH, **given) for _ in range(5)])
    assert [answer["editorialTitle"]["state"] for answer in answers] == ["PUBLISHED"] * 5
    assert await actions(front) == ["CREATED_TITLE", "PUBLISHED_TITLE"]


async def test_an_old_revision_is_not_published(front: Front) -> None:
    film = await published(front)
    newer = await change(front, editor(front), film, releaseYear=1928)
    answer = await answer_of(front, publisher(front), PUBLISH, id=film["id"], revision=1)
    assert ([error["code"] for error in answer["userErrors"]], answer["editorialTitle"]) == (["STALE_REVISION"], newer)


async def test_a_slug_that_was_taken_meanwhile(front: Front) -> None:
    film = await published(front)
    draft = await change(front, editor(front), film, slug="wanted")
    async with front.database.write("catalog") as db:
        await db.connection(execution_options={})
        await (await db.connection()).exec_driver_sql(
            "insert into catalog.title (id, kind, slug, original_language, state, revision, added_at)"
            " values (gen_random_uuid(), 'MOVIE', 'wanted', 'en', 'DRAFT', 1, now())"
        )
    before = await rows_of(front)
    wanted = {"id": film["id"], "revision": draft["revision"]}
    assert await refused(front, publisher(front), PUBLISH, **wanted) == [("SLUG_TAKEN", "input.slug")]
    assert await rows_of(front) == before


async def test_withdrawing_what_is_not_seen_changes_nothing(front: Front) -> None:
    draft = await create(front, editor(front))
    before = await rows_of(front)
    assert await done(front, publisher(front), UNPUBLISH, id=draft["id"]) == draft
    assert await rows_of(front) == before
    assert await refused(front, publisher(front), UNPUBLISH, id="nothing") == [("TITLE_NOT_FOUND", "id")]


async def test_what_is_scheduled_goes_out_as_it_was_approved(front: Front) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    at = datetime.now(UTC) + timedelta(hours=1)
    waiting = await release(front, publisher(front), film, at.isoformat())
    assert (waiting["state"], waiting["publishedRevision"]) == ("SCHEDULED", None)
    assert datetime.fromisoformat(waiting["publishAt"]) == at
    renamed = await change(front, editor(front), waiting, texts=[{"language": "en", "name": "Too late"}])
    assert (renamed["state"], renamed["publishAt"]) == ("SCHEDULED", waiting["publishAt"])
    await release_due(front.resources, at - timedelta(seconds=1))
    assert await names_seen(front, film) == set()
    for _ in range(2):
        await release_due(front.resources, at)
    assert await names_seen(front, film) == {"Metropolis"}
    stands = (await front.data(READ, editor(front), id=film["id"]))["editorialTitle"]
    assert (stands["state"], stands["revision"], stands["publishedRevision"]) == ("PUBLISHED", 2, 1)
    assert stands["texts"][0]["name"] == "Too late"


async def test_a_live_title_stays_live_while_its_next_revision_waits(front: Front) -> None:
    film = await published(front)
    renamed = await change(front, editor(front), film, texts=[{"language": "en", "name": "Renamed"}])
    waiting = await release(front, publisher(front), renamed, later(hours=1))
    assert (waiting["state"], waiting["publishedRevision"]) == ("SCHEDULED", 1)
    assert await names_seen(front, film) == {"Metropolis"}
    gone = await done(front, publisher(front), UNPUBLISH, id=film["id"])
    assert (gone["state"], gone["publishAt"]) == ("UNPUBLISHED", None)
    await release_due(front.resources, datetime.now(UTC) + timedelta(hours=2))
    assert await names_seen(front, film) == set()


async def test_a_withdrawn_title_that_waits_is_not_live(front: Front) -> None:
    film = await published(front)
    gone = await done(front, publisher(front), UNPUBLISH, id=film["id"])
    await release(front, publisher(front), gone, later(hours=1))
    assert await names_seen(front, film) == set()


async def test_publishing_at_once_cancels_a_schedule_and_a_new_one_replaces_it(front: Front) -> None:
    film = await create(front, editor(front))
    await give_media(front, film["id"])
    waiting = await release(front, publisher(front), film, later(hours=1))
    again = await release(front, publisher(front), waiting, later(hours=3))
    assert again["publishAt"] > waiting["publishAt"]
    await release_due(front.resources, datetime.now(UTC) + timedelta(hours=2))
    assert await names_seen(front, film) == set()
    shown = await release(front, publisher(front), again)
    assert (shown["state"], shown["publishAt"]) == ("PUBLISHED", None)
    too_far = {"id": film["id"], "revision": 1, "at": later(days=800)}
    assert await refused(front, publisher(front), PUBLISH, **too_far) == [("OUT_OF_RANGE", "at")]


async def test_what_has_problems_when_its_time_comes_stays_back(front: Front) -> None:
    film = await create(front, editor(front), windows=complete()["windows"])
    asset = await give_media(front, film["id"])
    await release(front, publisher(front), film, later(hours=1))
    async with front.database.write("catalog") as db:
        await (await db.connection()).exec_driver_sql(
            "update catalog.media_asset set status = 'FAILED' where id = $1", (asset,)
        )
    await release_due(front.resources, datetime.now(UTC) + timedelta(hours=2))
    assert await names_seen(front, film) == set()
    stands = (await front.data(READ, editor(front), id=film["id"]))["editorialTitle"]
    assert (stands["state"], stands["publishAt"]) == ("DRAFT", None)
    async with front.database.read("catalog") as db:
        said = await db.exec_driver_sql("select convert_from(payload, 'UTF8') from jobs.pgqueuer order by id desc")
        assert "no media" in said.scalars().first()
