"""continueWatchingChanged and playbackCommand: snapshots, replays, and what happens without Valkey."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from redis.asyncio import Redis

from resolvers.paging import cursor_of
from resolvers.viewing import updates
from resolvers.viewing.changes import topic_of
from runtime.events import Hub
from runtime.request import Request
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from schema.viewing import schema
from server.embedded import EmbeddedValkey
from tests.requests import make_request, make_viewer
from tests.viewing.world import MINUTE, World

ITEM = "id reason title { __typename id } playable { id progress { positionMs } }"
CHANGED = f"""subscription ($after: String) {{ continueWatchingChanged(after: $after) {{
    cursor kind removedId item {{ {ITEM} }} snapshot {{ {ITEM} }} }} }}"""


class Stream:
    """A subscription's events, waited for at most a second each."""

    def __init__(self, source: Any) -> None:
        self.source = source

    async def next(self, timeout: float = 1) -> Any:
        result = await asyncio.wait_for(anext(self.source), timeout)
        assert result.errors is None, result.errors
        [event] = result.data.values()
        return event

    async def silent(self, seconds: float = 0.3) -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(self.source), seconds)


@asynccontextmanager
async def subscribed(request: Request, query: str = CHANGED, **variables: Any) -> AsyncIterator[Stream]:
    source: Any = await schema.subscribe(query, context_value=request, variable_values=variables)
    assert not hasattr(source, "errors"), source.errors
    try:
        yield Stream(source)
    finally:
        await source.aclose()


def now(world: World, resources: Resources | None = None, **options: Any) -> Request:
    viewer = make_viewer(account_id=world.account_id, profile_id=world.profile_id)
    return make_request(resources or world.resources, viewer, now=datetime.now(UTC), **options)


async def listening(hub: Hub, world: World) -> None:
    """Returns once a reader of the profile's topic is subscribed."""
    for _ in range(100):
        if topic_of(world.profile_id).encode() in hub.pubsub.channels:
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody listens")


async def test_a_snapshot_comes_first_then_each_change_within_a_second(world: World, settings: Settings) -> None:
    """The player is on one process, the subscriber on another."""
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    async with open_resources(settings) as other, subscribed(now(world, other)) as stream:
        opening = await stream.next()
        assert (opening["kind"], opening["snapshot"], opening["item"]) == ("SNAPSHOT", [], None)
        waiting = asyncio.create_task(stream.next())
        await listening(other.hub, world)
        session = await world.play(first, now(world))
        await world.beat(session, 1, 50 * MINUTE, now(world))
        event = await waiting
        assert event["kind"] == "UPSERT"
        assert event["item"]["title"] == {"__typename": "Series", "id": str(series)}
        assert event["item"]["playable"] == {"id": str(first), "progress": {"positionMs": 50 * MINUTE}}
        await world.beat(session, 2, 95 * MINUTE, now(world))
        event = await stream.next()
        assert (event["item"]["playable"]["id"], event["item"]["reason"]) == (str(second), "NEXT_EPISODE")
        await world.watch(second, 95 * MINUTE, now(world))
        gone = await stream.next()
        assert (gone["kind"], gone["removedId"], gone["item"]) == ("REMOVE", event["item"]["id"], None)


async def test_a_cursor_replays_what_a_lost_connection_missed(world: World) -> None:
    movie = await world.movie()
    async with subscribed(now(world)) as stream:
        cursor = (await stream.next())["cursor"]
    session = await world.play(movie, now(world))
    for sequence in (1, 2):
        await world.beat(session, sequence, (40 + sequence) * MINUTE, now(world))
    async with subscribed(now(world), after=cursor) as stream:
        kinds = [await stream.next(), await stream.next()]
        assert [event["kind"] for event in kinds] == ["UPSERT", "UPSERT"]
        await stream.silent()
    async with subscribed(now(world), after=kinds[-1]["cursor"]) as stream:
        await stream.silent()


@pytest.mark.parametrize("after", [-3, 0, 10**6])
async def test_a_cursor_whose_events_are_gone_gives_a_snapshot(world: World, after: int) -> None:
    movie = await world.movie()
    await world.watch(movie, 50 * MINUTE, now(world))
    await asyncio.sleep(0.05)
    await world.resources.valkey.flushdb()
    async with subscribed(now(world), after=cursor_of(after)) as stream:
        event = await stream.next()
        assert (event["kind"], [item["title"]["id"] for item in event["snapshot"]]) == ("SNAPSHOT", [str(movie)])


async def test_what_the_viewer_may_not_see_is_pushed_as_gone(world: World) -> None:
    movie = await world.movie(age=16)
    async with subscribed(make_request(world.resources, child(world))) as stream:
        assert (await stream.next())["snapshot"] == []
        waiting = asyncio.create_task(stream.next())
        await listening(world.resources.hub, world)
        await world.watch(movie, 50 * MINUTE, now(world))
        assert (await waiting)["kind"] == "REMOVE"


def child(world: World) -> Any:
    return make_viewer(maximum_age=12, account_id=world.account_id, profile_id=world.profile_id)


async def test_who_listens_while_postgres_is_away_gets_a_snapshot_once_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    movie = await world.movie()
    session = await world.play(movie, now(world))
    monkeypatch.setattr(updates, "AGAIN_SECONDS", 0.1)
    async with subscribed(now(world)) as stream:
        assert (await stream.next())["snapshot"] == []
        waiting = asyncio.create_task(stream.next(5))
        await listening(world.resources.hub, world)
        away = iter([ConnectionRefusedError("Postgres is away")])
        told = updates.event_of

        async def event_of(*args: Any) -> Any:
            for error in away:
                raise error
            return await told(*args)

        monkeypatch.setattr(updates, "event_of", event_of)
        await world.beat(session, 1, 50 * MINUTE, now(world))
        event = await waiting
        assert (event["kind"], event["snapshot"][0]["title"]["id"]) == ("SNAPSHOT", str(movie))
        waiting = asyncio.create_task(stream.next(5))
        await listening(world.resources.hub, world)
        await world.beat(session, 2, 60 * MINUTE, now(world))
        assert (await waiting)["item"]["playable"]["progress"]["positionMs"] == 60 * MINUTE


async def test_a_profile_is_needed(world: World) -> None:
    async def first(request: Request) -> str:
        result: Any = await schema.subscribe(CHANGED, context_value=request)
        if hasattr(result, "errors"):
            return str(result.errors)
        return str((await anext(result)).errors)

    assert "Select a profile" in await first(make_request(world.resources, make_viewer(account_id=world.account_id)))
    assert "access token" in await first(make_request(world.resources))


async def test_the_loser_of_a_slot_is_told_at_once(world: World) -> None:
    movie = await world.movie()
    lost = await world.play(movie, now(world))
    await world.play(movie, now(world))
    query = "subscription ($id: ID!) { playbackCommand(sessionId: $id) { kind reason message } }"
    async with subscribed(now(world), query, id=lost) as stream:
        waiting = asyncio.create_task(stream.next(2))
        await asyncio.sleep(0.1)
        await world.start(movie, now(world), terminate=[lost])
        command = await waiting
        assert command == {
            "kind": "STOP", "reason": "TAKEN_OVER", "message": "Ada is watching now and took this stream over."
        }  # fmt: skip
    async with subscribed(now(world), query, id=lost) as stream:
        assert await stream.next() == command, "who comes later is told as well"


async def test_without_valkey_mutations_go_on_and_push_resumes(
    world: World, settings: Settings, tmp_path: Path
) -> None:
    valkey = EmbeddedValkey(tmp_path / "valkey", tmp_path / "valkey.log")
    url = await valkey.start()
    try:
        async with open_resources(settings.model_copy(update={"redis_url": url})) as own:
            own.shared.update({k: v for k, v in world.resources.shared.items() if isinstance(k, type)})
            await through_an_outage(world, own, valkey)
    finally:
        await valkey.stop()


async def through_an_outage(world: World, own: Resources, valkey: EmbeddedValkey) -> None:
    movie = await world.movie()
    session = await world.play(movie, now(world, own))
    async with subscribed(now(world, own)) as stream:
        assert (await stream.next())["kind"] == "SNAPSHOT"
        waiting = asyncio.create_task(stream.next(10))
        await listening(own.hub, world)
        port = valkey.port
        await valkey.stop()
        started = asyncio.get_running_loop().time()
        heard = await world.beat(session, 1, 50 * MINUTE, now(world, own))
        assert heard["playable"]["progress"]["positionMs"] == 50 * MINUTE
        assert asyncio.get_running_loop().time() - started < 1, "nobody waits for Valkey"
        valkey.wanted_port = port
        await valkey.start()
        event = await waiting
        assert (event["kind"], len(event["snapshot"])) == ("SNAPSHOT", 1)
        await until_pushed(world, own, stream, session)


async def until_pushed(world: World, own: Resources, stream: Stream, session: str) -> None:
    """After snapshots that tell of the outage, changes are pushed again."""
    for sequence in range(2, 30):
        await world.beat(session, sequence, (50 + sequence) * MINUTE // 2 + 20 * MINUTE, now(world, own))
        if (await stream.next(5))["kind"] == "UPSERT":
            return
        await asyncio.sleep(0.1)
    raise AssertionError("push did not resume")


def test_a_hub_needs_a_client_of_its_own() -> None:
    """redis-py must not reconnect behind the hub's back: it would lose events unnoticed."""
    hub = Hub(Redis(), listener := Redis())
    assert hub.listener is listener
    assert listener.connection_pool.connection_kwargs["retry"].get_retries() == 0
