"""What the catalogue publishes reaches those who watch: by the worker, from the editor's transaction on."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import pytest
from sqlalchemy import select, text, update
from sqlmodel import col

from models.catalog import MediaAsset, MediaAssetStatus, Playable, PublicationState, Title
from models.viewing import PlaybackSession
from resolvers.catalog.publish import publish, publish_asset
from runtime.resources import Resources
from tests.catalog.shelf import Shelf
from tests.viewing.test_updates import now
from tests.viewing.world import World
from tests.worker import working

PATIENCE = 20
JOBS = text("select count(*) from jobs.pgqueuer where entrypoint = 'episodes_changed'")
Entries = list[tuple[str, str, str]]


@pytest.fixture
async def world(resources: Resources) -> AsyncIterator[World]:
    made = World(resources)
    await made.begin()
    yield made
    await resources.hub.close()


async def finished(world: World, shelf: Shelf) -> tuple[Title, Playable, MediaAsset]:
    """A series of one episode, which the profile has watched."""
    asset, series = shelf.asset(), shelf.series("s", seasons=0)
    episode = shelf.episode(shelf.season(series, 1), 1)
    episode.asset_id = asset.id
    await shelf.store(world.resources)
    started = await world.start(episode.id, now(world))
    await world.stop(started["id"], 600_000, now(world))
    assert await world.continuing(now(world)) == []
    async with world.resources.database.write("catalog") as db:
        await db.execute(text("delete from jobs.pgqueuer"))  # what the first episode's publishing queued
    return series, episode, asset


async def add(world: World, series: Title, after: Playable, asset_id: UUID) -> UUID:
    """Publishes a second episode."""
    row = Playable(kind=after.kind, title_id=series.id, season_id=after.season_id, number=2, asset_id=asset_id)
    async with world.resources.database.write("catalog") as db:
        db.add(row)
        await db.flush()
        await publish(db, [series.id])
    return row.id


async def until_continued(world: World) -> Entries:
    async with asyncio.timeout(PATIENCE):
        while not (found := await world.continuing(now(world))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found


async def test_an_episode_that_is_published_revives_the_series(world: World, shelf: Shelf) -> None:
    series, episode, asset = await finished(world, shelf)
    async with working(world.resources):
        new = await add(world, series, episode, asset.id)
        assert await until_continued(world) == [(str(series.id), str(new), "NEW_EPISODE")]


async def test_one_whose_video_is_still_encoded_does_when_it_is_ready(world: World, shelf: Shelf) -> None:
    later = shelf.asset(MediaAssetStatus.PROCESSING)
    series, episode, _ = await finished(world, shelf)
    new = await add(world, series, episode, later.id)
    async with working(world.resources):
        async with world.resources.database.write("catalog") as db:
            await db.execute(update(MediaAsset).where(col(MediaAsset.id) == later.id).values(status="READY"))
            await publish_asset(db, later.id)
        assert await until_continued(world) == [(str(series.id), str(new), "NEW_EPISODE")]


async def test_publishing_the_same_episodes_again_tells_nobody(world: World, shelf: Shelf) -> None:
    series, _, _ = await finished(world, shelf)
    movie = shelf.movie("m")
    async with world.resources.database.write("catalog") as db:
        before = await db.scalar(JOBS)
        await publish(db, [series.id, movie.id])
        assert await db.scalar(JOBS) == before


async def test_what_is_withdrawn_stops_playing_at_once(world: World, shelf: Shelf) -> None:
    movie = shelf.movie("m", asset=shelf.asset())
    await shelf.store(world.resources)
    session = await world.play(movie.id, now(world))
    reason = select(col(PlaybackSession.end_reason)).where(col(PlaybackSession.id) == UUID(session))
    async with working(world.resources):
        async with world.resources.database.write("catalog") as db:
            await db.execute(update(Title).values(state=PublicationState.UNPUBLISHED))
            await publish(db, [movie.id])
        async with asyncio.timeout(PATIENCE):
            while (found := await ended(world, reason)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    assert found == "NOT_AVAILABLE"


async def ended(world: World, reason: object) -> str | None:
    async with world.resources.database.read("viewing") as db:
        found = (await db.execute(reason)).scalar_one()  # type: ignore[call-overload]
    return found and str(found.name)
