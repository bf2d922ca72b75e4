"""activeStreamsChanged: the household's streams as they begin and end."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from models.columns import new_id
from models.viewing import PlaybackSession
from resolvers.viewing.ending import end_streams
from runtime.resources import open_resources
from runtime.settings import Settings
from schema.viewing import schema
from tests.queries import check_statements
from tests.requests import make_request, make_viewer
from tests.viewing.test_updates import Stream, now, subscribed
from tests.viewing.world import MINUTE, World

CHANGED = """subscription { activeStreamsChanged {
    sessionId profileName deviceName positionMs playable { __typename id } } }"""
WITHIN = 5


async def ids(stream: Stream) -> list[str]:
    return [one["sessionId"] for one in await stream.next(WITHIN)]


async def test_streams_are_told_as_they_begin_and_end_whoever_plays(world: World, settings: Settings) -> None:
    """The players are on one process, the listener on another."""
    movie, other = await world.movie(), new_id()
    await world.profile(world.account_id, other, name="Grace")
    grace = make_viewer(account_id=world.account_id, profile_id=other)
    async with open_resources(settings) as elsewhere, subscribed(now(world, elsewhere), CHANGED) as stream:
        assert await ids(stream) == []
        first = await world.play(movie, now(world))
        assert await stream.next(WITHIN) == [
            {
                "sessionId": first,
                "profileName": "Ada",
                "deviceName": "A device",
                "positionMs": 0,
                "playable": {"__typename": "Movie", "id": str(movie)},
            }
        ]
        second = await world.play(movie, make_request(world.resources, grace, now=datetime.now(UTC)))
        assert await ids(stream) == [first, second]
        asked = {"terminate": [second], "idempotencyKey": "once"}
        third = await world.start(movie, now(world), **asked)
        assert await ids(stream) == [first, third["id"]]
        following = asyncio.create_task(ids(stream))
        assert (await world.start(movie, now(world), **asked))["id"] == third["id"]
        await world.beat(third["id"], 1, 10 * MINUTE, now(world))
        await asyncio.wait({following}, timeout=0.5)
        assert not following.done(), "neither changes a stream"
        await world.stop(first, 10 * MINUTE, now(world))
        assert await following == [third["id"]]
        await end_streams(world.resources, f'{{"account": "{world.account_id}", "reason": "SIGNED_OUT"}}'.encode())
        assert await ids(stream) == []


async def test_a_lease_that_runs_out_is_told_without_an_event_and_its_return_too(world: World) -> None:
    session = await world.play(await world.movie(), now(world))
    async with world.resources.database.write("viewing") as db:
        soon = datetime.now(UTC) + timedelta(seconds=1)
        await db.execute(update(PlaybackSession).values(lease_until=soon))
    async with subscribed(now(world), CHANGED) as stream:
        assert await ids(stream) == [session]
        assert await ids(stream) == []
        await world.beat(session, 1, MINUTE, now(world))
        assert await ids(stream) == [session]


async def test_only_the_own_household_is_told(world: World) -> None:
    neighbour, profile, movie = new_id(), new_id(), await world.movie()
    await world.household(neighbour)
    await world.profile(neighbour, profile)
    async with subscribed(now(world), CHANGED) as stream:
        assert await ids(stream) == []
        theirs = make_viewer(account_id=neighbour, profile_id=profile)
        await world.play(movie, make_request(world.resources, theirs, now=datetime.now(UTC)))
        await stream.silent()


@pytest.mark.parametrize(("viewer", "says"), [(None, "access token"), ("client", "of no household")])
async def test_a_household_is_needed(world: World, viewer: str | None, says: str) -> None:
    of = make_viewer(account_id=None) if viewer else None
    result: Any = await schema.subscribe(CHANGED, context_value=make_request(world.resources, of))
    errors = result.errors if hasattr(result, "errors") else (await anext(result)).errors
    assert says in str(errors)


async def test_whoever_hangs_up_is_forgotten(world: World) -> None:
    async with subscribed(now(world), CHANGED) as stream:
        assert await ids(stream) == []
        assert f"streams:{world.account_id}" in world.resources.hub.topics
    assert not world.resources.hub.topics


async def test_streams_take_the_same_statements_however_many_there_are(world: World) -> None:
    await world.entitle(world.account_id, streams=9, rank=5)

    async def more() -> None:
        for _ in range(2):
            await world.play(await world.movie())

    await more()
    fields = "activeStreams { sessionId profileName playable { id progress { percent } } }"
    query = f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ ... on Account {{ {fields} }} }} }}"
    of = [{"__typename": "Account", "id": str(world.account_id)}]
    assert len(await check_statements(schema, world.request, query, more, of=of)) == 2
