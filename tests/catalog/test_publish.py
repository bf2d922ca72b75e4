"""What the other subgraphs read is what the catalog holds, before and after each change."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from models.catalog import MarkerKind, MediaAssetStatus, PublicationState
from resolvers.catalog.publish import publish, publish_asset
from runtime.resources import Resources
from tests.catalog.shelf import Shelf
from tests.requests import NOW

DAY = timedelta(days=1)


async def rows(resources: Resources, query: str, subgraph: str = "viewing") -> list[tuple[Any, ...]]:
    """What another subgraph reads."""
    async with resources.database.read(subgraph) as db:
        return [tuple(row) for row in await db.execute(text(query))]


async def test_a_title_with_its_windows_and_genres(resources: Resources, shelf: Shelf) -> None:
    opened = [(["US", "DE", "FR"], NOW, NOW + DAY), (["US"], NOW, None)]
    movie = shelf.movie("m", ages={"US": 12, "DE": 16}, windows=opened)
    second, first = shelf.genre("b"), shelf.genre("a", movie)
    shelf.movie("draft", state=PublicationState.DRAFT)
    await shelf.store(resources)
    titles = await rows(resources, "select title_id, kind, genre_ids, release_year from catalog.published_title")
    assert titles == [(movie.id, "MOVIE", [first.id], 1950)]
    windows = "select country, opens_at, closes_at, minimum_age from catalog.published_window order by country"
    assert await rows(resources, windows) == [("DE", NOW, NOW + DAY, 16), ("US", NOW, None, 12)]
    genres = await rows(resources, "select genre_id from catalog.published_genre")
    assert {genre for (genre,) in genres} == {first.id, second.id}


async def test_what_plays_is_published_once_its_media_is_ready(resources: Resources, shelf: Shelf) -> None:
    asset = shelf.asset(MediaAssetStatus.PROCESSING)
    movie, other = shelf.movie("m", asset=asset), shelf.movie("other", asset=asset)
    hidden = shelf.movie("hidden", asset=asset, state=PublicationState.UNPUBLISHED)
    shelf.marker(movie.id, MarkerKind.CREDITS, 500_000, 600_000)
    shelf.marker(movie.id, MarkerKind.INTRO, 0, 1000)
    await shelf.store(resources)
    query = """select playable_id, prefix, duration_ms, min_height, max_height, credits_start_ms,
        audio_languages, subtitle_languages from catalog.published_playable order by credits_start_ms nulls last"""
    assert [row[1:5] + row[6:] for row in await rows(resources, query)] == [(None, None, None, None, [], [])] * 2
    async with resources.database.write("catalog") as session:
        await session.execute(text("update catalog.media_asset set status = 'READY'"))
        await publish_asset(session, asset.id)
    ready = (f"media/{asset.id}", 600_000, 480, 1080)
    assert await rows(resources, query) == [
        (movie.id, *ready, 500_000, ["de", "en"], ["en"]),
        (other.id, *ready, None, ["de", "en"], ["en"]),
    ]
    assert hidden.id not in [row[0] for row in await rows(resources, query)]


async def test_publish_asset_takes_a_bare_connection(resources: Resources, shelf: Shelf) -> None:
    asset = shelf.asset()
    movie = shelf.movie("m", asset=asset)
    await shelf.store(resources)
    async with resources.database.engines["catalog"].begin() as connection:
        await connection.execute(text("delete from catalog.published_playable"))
        await publish_asset(connection, asset.id)
    assert await rows(resources, "select playable_id from catalog.published_playable") == [(movie.id,)]


async def test_episodes_are_in_the_order_of_their_series(resources: Resources, shelf: Shelf) -> None:
    shelf.series("s", seasons=2, episodes=2)
    await shelf.store(resources)
    query = "select season_number, number from catalog.published_playable order by season_number, number"
    assert await rows(resources, query) == [(1, 1), (1, 2), (2, 1), (2, 2)]


async def test_what_is_withdrawn_is_gone_and_a_gone_genre_too(resources: Resources, shelf: Shelf) -> None:
    movie, stays = shelf.movie("m"), shelf.movie("stays")
    genre = shelf.genre("g", movie)
    await shelf.store(resources)
    async with resources.database.write("catalog") as session:
        await session.execute(text("update catalog.title set state = 'UNPUBLISHED' where slug = 'm'"))
        await session.execute(text("delete from catalog.title_genre"))
        await session.execute(text("delete from catalog.genre where id = :id"), {"id": genre.id})
        await publish(session, [movie.id])
    for table in ("title", "window", "playable"):
        left: set[UUID] = {id_ for (id_,) in await rows(resources, f"select title_id from catalog.published_{table}")}
        assert left == {stays.id}, table
    assert await rows(resources, "select 1 from catalog.published_genre") == []


async def test_an_ingest_that_ends_while_a_title_is_published_is_seen(resources: Resources, shelf: Shelf) -> None:
    asset = shelf.asset(MediaAssetStatus.PROCESSING)
    movie = shelf.movie("m", asset=asset)
    await shelf.store(resources)

    async def publish_title() -> None:
        async with resources.database.write("catalog") as session:
            await publish(session, [movie.id])

    async with resources.database.write("catalog") as session:
        await session.execute(text("update catalog.media_asset set status = 'READY'"))
        await publish_asset(session, asset.id)
        publishing = asyncio.create_task(publish_title())
        await asyncio.sleep(0.3)
    await publishing
    published = await rows(resources, "select playable_id, prefix from catalog.published_playable")
    assert published == [(movie.id, f"media/{asset.id}")]
