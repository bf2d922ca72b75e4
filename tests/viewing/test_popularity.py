"""Popularity: recent watching with a half-life of two weeks."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.catalog import PlayableKind
from models.columns import new_id
from models.published import PublishedPopularity
from models.viewing import Progress
from resolvers.viewing.popularity import refresh_popularity
from tests.viewing.world import World


async def scores(world: World) -> dict[UUID, float]:
    async with world.resources.database.write("viewing") as db:
        await refresh_popularity(db)
    async with world.resources.database.read("catalog") as db:
        rows = await db.execute(select(col(PublishedPopularity.title_id), col(PublishedPopularity.score)))
        return {row.title_id: row.score for row in rows}


async def watched(world: World, playable: UUID, title: UUID, days_ago: float, position: int = 50) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    row = Progress(profile_id=new_id(), playable_id=playable, title_id=title, position_ms=position, duration_ms=100)
    row.watched, row.play_count, row.updated_at = position >= 90, 0, at
    await world.insert("viewing", row)


async def test_a_play_counts_half_after_two_weeks_and_the_best_has_one(world: World) -> None:
    fresh, old, glanced, unseen = [await world.movie() for _ in range(4)]
    for _ in range(2):
        await watched(world, fresh, fresh, 0)
    await watched(world, old, old, 14)
    await watched(world, glanced, glanced, 0, position=4)
    await watched(world, await world.playable(unseen, PlayableKind.TRAILER), unseen, 0)
    assert await scores(world) == {fresh: pytest.approx(1), old: pytest.approx(0.25, rel=1e-3)}


async def test_a_series_counts_once_a_profile_and_what_is_forgotten_goes(world: World) -> None:
    series, movie = await world.series(episodes=3), await world.movie(score=0.7)
    profile = new_id()
    for episode in world.episodes[series]:
        row = Progress(profile_id=profile, playable_id=episode, title_id=series, position_ms=95, duration_ms=100)
        row.watched, row.play_count, row.updated_at = True, 1, datetime.now(UTC)
        await world.insert("viewing", row)
    assert await scores(world) == {series: pytest.approx(1)}
    await watched(world, movie, movie, 0)
    assert await scores(world) == {series: pytest.approx(1, rel=1e-3), movie: pytest.approx(1, rel=1e-3)}
