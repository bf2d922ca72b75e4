"""Playbacks end with the right to watch, and those that nobody plays any more are closed."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, select, update
from sqlmodel import col

from models.catalog import PlayableKind, TitleKind
from models.columns import new_id
from models.published import PublishedEntitlement, PublishedPlayable, PublishedProfile, PublishedWindow
from models.viewing import PlaybackSession
from resolvers.viewing.commands import topic_of
from resolvers.viewing.review import ABANDONED, review_streams
from tests.requests import NOW
from tests.viewing.test_updates import now, subscribed
from tests.viewing.world import MINUTE, World

COMMAND = "subscription ($id: ID!) { playbackCommand(sessionId: $id) { kind reason message } }"
SOON = NOW + timedelta(seconds=30)


async def followed(world: World, topic: str) -> None:
    """Returns once somebody listens to the topic, and has looked at how things are."""
    async with asyncio.timeout(5):
        while topic.encode() not in world.resources.hub.pubsub.channels:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    await asyncio.sleep(0.2)


async def ended(world: World, session: str) -> Any:
    columns = (col(PlaybackSession.ended_at), col(PlaybackSession.end_reason))
    async with world.resources.database.read("viewing") as db:
        row = (await db.execute(select(*columns).where(col(PlaybackSession.id) == UUID(session)))).one()
    return row.end_reason.name if row.end_reason else row.ended_at


async def neighbour(world: World, movie: UUID) -> str:
    """A playback of another household, which nothing happens to."""
    account, profile = new_id(), new_id()
    await world.household(account)
    await world.profile(account, profile)
    return await world.play(movie, world.request(account_id=account, profile_id=profile))


async def unsubscribe(world: World, movie: UUID) -> None:
    async with world.resources.database.write("billing") as db:
        of_household = col(PublishedEntitlement.account_id) == world.account_id
        await db.execute(update(PublishedEntitlement).where(of_household).values(valid_until=NOW))


async def close_window(world: World, movie: UUID) -> None:
    async with world.resources.database.write("catalog") as db:
        await db.execute(update(PublishedWindow).where(col(PublishedWindow.title_id) == movie).values(closes_at=NOW))


async def withdraw(world: World, movie: UUID) -> None:
    async with world.resources.database.write("catalog") as db:
        for table in (PublishedWindow, PublishedPlayable):
            await db.execute(delete(table).where(col(table.title_id) == movie))


async def lower_age(world: World, movie: UUID) -> None:
    async with world.resources.database.write("identity") as db:
        of_profile = col(PublishedProfile.profile_id) == world.profile_id
        await db.execute(update(PublishedProfile).where(of_profile).values(maximum_age=7))


@pytest.mark.parametrize(
    ("lose", "reason"),
    [
        (unsubscribe, "NO_SUBSCRIPTION"),
        (close_window, "NOT_AVAILABLE"),
        (withdraw, "NOT_AVAILABLE"),
        (lower_age, "NOT_AVAILABLE"),
    ],
)
async def test_a_playback_ends_with_the_right_to_watch(world: World, lose: Any, reason: str) -> None:
    movie, other = await world.movie(age=12), await world.movie()
    session, trailer = await world.play(movie), await world.playable(other, PlayableKind.TRAILER)
    kept = [await neighbour(world, other), await neighbour(world, trailer)]
    await review_streams(world.resources, SOON)
    assert await ended(world, session) is None, "there is the right still"
    await lose(world, movie)
    async with subscribed(now(world), COMMAND, id=session) as orders:
        waiting = asyncio.create_task(orders.next(5))
        await followed(world, topic_of(UUID(session)))
        await review_streams(world.resources, SOON)
        assert (await waiting)["reason"] == reason
    assert await ended(world, session) == reason
    assert (await world.beat(session, 1, 10 * MINUTE))["command"]["reason"] == reason
    assert [await ended(world, one) for one in kept] == [None, None]


async def test_a_trailer_of_what_is_to_come_plays_on(world: World) -> None:
    title = await world.title(TitleKind.MOVIE, opens=NOW + timedelta(days=3))
    session = await world.play(await world.playable(title, PlayableKind.TRAILER))
    await review_streams(world.resources, SOON)
    assert await ended(world, session) is None


async def test_where_it_plays_decides_not_where_else_it_may_be_seen(world: World) -> None:
    movie = await world.movie()
    await world.insert("catalog", PublishedWindow(title_id=movie, country="DE", opens_at=NOW, minimum_age=0))
    session = await world.play(movie)
    async with world.resources.database.write("catalog") as db:
        await db.execute(delete(PublishedWindow).where(col(PublishedWindow.country) == "US"))
    await review_streams(world.resources, SOON)
    assert await ended(world, session) == "NOT_AVAILABLE"


async def test_what_nobody_plays_any_more_is_closed_where_it_was_last_heard_of(world: World) -> None:
    session = await world.play(await world.movie())
    await world.beat(session, 1, 10 * MINUTE, world.request(now=NOW + timedelta(minutes=10)))
    over = NOW + timedelta(minutes=10, seconds=90) + ABANDONED
    await review_streams(world.resources, over)
    assert await ended(world, session) is None
    await review_streams(world.resources, over + timedelta(seconds=1))
    assert await ended(world, session) == NOW + timedelta(minutes=10)
    late = await world.beat(session, 2, 11 * MINUTE, world.request(now=over + timedelta(minutes=1)))
    assert late["userErrors"][0]["code"] == "SESSION_ENDED"
