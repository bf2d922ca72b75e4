"""The hub: order, replay, and that nothing missed stays unnoticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from redis.asyncio import Redis

from runtime.events import BOUND, Event, Hub, Missed
from server.embedded import EmbeddedValkey

TOPIC = "continue:test"


@pytest.fixture
async def hub(valkey_url: str) -> AsyncIterator[Hub]:
    async with Redis.from_url(valkey_url) as valkey:
        made = Hub(valkey, Redis.from_url(valkey_url))
        yield made
        await made.close()


def event(revision: int) -> Event:
    return Event(revision, b"payload %d" % revision)


async def publish(hub: Hub, *revisions: int) -> None:
    for revision in revisions:
        await hub.publish(TOPIC, event(revision))


async def take(stream: AsyncIterator[Event | Missed], count: int) -> list[Event | Missed]:
    return [await asyncio.wait_for(anext(stream), 2) for _ in range(count)]


async def reading(hub: Hub, stream: AsyncIterator[Event | Missed]) -> "asyncio.Task[Event | Missed]":
    """A reader that is subscribed and waits for its next event."""
    task = asyncio.create_task(anext(stream))  # type: ignore[arg-type]
    for _ in range(200):
        await asyncio.sleep(0.01)
        if TOPIC.encode() in hub.pubsub.channels:
            break
    await asyncio.sleep(0.02)
    return task


async def test_events_come_once_and_in_order_whatever_the_network_does(hub: Hub) -> None:
    async with aclosing(hub.listen(TOPIC, 0)) as stream:
        first = await reading(hub, stream)
        for revision in (1, 1, 2, 1, 2, 3):
            await publish(hub, revision)
        assert [await first, *await take(stream, 2)] == [event(1), event(2), event(3)]


async def test_posted_events_keep_their_order_and_close_sends_them(hub: Hub, valkey_url: str) -> None:
    for revision in range(1, 51):
        hub.post(TOPIC, event(revision))
    await hub.close()
    async with Redis.from_url(valkey_url) as valkey:
        assert await valkey.xlen(TOPIC) == 50
        other = Hub(valkey, Redis.from_url(valkey_url))
        async with aclosing(other.listen(TOPIC, 0)) as stream:
            assert await take(stream, 50) == [event(n) for n in range(1, 51)]
        await other.close()


async def test_a_replay_joins_what_is_live_without_a_seam(hub: Hub) -> None:
    await publish(hub, 1, 2, 3)
    async with aclosing(hub.listen(TOPIC, 1)) as stream:
        assert await take(stream, 2) == [event(2), event(3)]
        await publish(hub, 4)
        assert await take(stream, 1) == [event(4)]


async def test_a_gap_ends_the_stream_with_missed(hub: Hub) -> None:
    async with aclosing(hub.listen(TOPIC, 0)) as stream:
        first = await reading(hub, stream)
        await publish(hub, 2)
        assert await first == Missed()
        with pytest.raises(StopAsyncIteration):
            await anext(stream)


async def test_what_has_left_the_stream_is_missed(hub: Hub) -> None:
    await publish(hub, *range(1, 71))
    async with aclosing(hub.listen(TOPIC, 3)) as stream:
        assert await take(stream, 1) == [Missed()]


@pytest.mark.parametrize(
    ("current", "expected"), [(7, [event(4), Missed()]), (2, [Missed()]), (3, [event(4)]), (4, [event(4)])]
)
async def test_the_database_says_whether_a_returning_reader_missed_anything(
    hub: Hub, current: int, expected: list[Event | Missed]
) -> None:
    """A change committed before the reader came that reaches the stream only then is not missed: 4, but not 5 to 7."""

    async def revision() -> int:
        return current

    async with aclosing(hub.listen(TOPIC, 3, revision)) as stream:
        first = await reading(hub, stream)
        await publish(hub, 4)
        assert [await first, *await take(stream, len(expected) - 1)] == expected


async def test_a_slow_reader_keeps_one_message(hub: Hub) -> None:
    async with aclosing(hub.listen(TOPIC, 0)) as stream:
        first = await reading(hub, stream)
        await publish(hub, 1)
        assert await first == event(1)
        for revision in range(2, BOUND + 3):
            hub.feed(TOPIC, event(revision))
        [queue] = hub.topics[TOPIC]
        assert queue.qsize() == 1
        assert await take(stream, 1) == [Missed()]


async def test_the_last_reader_of_a_topic_unsubscribes(hub: Hub) -> None:
    one, two = hub.listen(TOPIC, 0), hub.listen(TOPIC, 0)
    for stream in (one, two):
        task = await reading(hub, stream)
        await publish(hub, 1)
        assert await task == event(1)
    await one.aclose()  # type: ignore[attr-defined]
    assert TOPIC in hub.topics
    await publish(hub, 2)
    assert await take(two, 1) == [event(2)]
    await two.aclose()  # type: ignore[attr-defined]
    assert not hub.topics
    await asyncio.sleep(0.1)
    assert await hub.valkey.pubsub_numsub(TOPIC) == [(TOPIC.encode(), 0)]


async def test_after_an_outage_every_reader_is_told(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "valkey", tmp_path / "valkey.log")
    url = await server.start()
    valkey = Redis.from_url(url)
    hub = Hub(valkey, Redis.from_url(url))
    try:
        async with aclosing(hub.listen(TOPIC, 0)) as stream:
            first = await reading(hub, stream)
            await publish(hub, 1)
            assert await first == event(1)
            server.wanted_port = server.port
            await server.stop()
            await server.start()
            assert await take(stream, 1) == [Missed()]

        async def revision() -> int:
            return 1

        async with aclosing(hub.listen(TOPIC, 1, revision)) as stream:
            second = await reading(hub, stream)
            await publish(hub, 2)
            assert await second == event(2)
    finally:
        await hub.close()
        await valkey.aclose()
        await server.stop()


async def test_publishing_without_valkey_is_no_error_and_local_readers_are_told(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "valkey", tmp_path / "valkey.log")
    url = await server.start()
    valkey = Redis.from_url(url)
    hub = Hub(valkey, Redis.from_url(url))
    try:
        async with aclosing(hub.listen(TOPIC, 0)) as stream:
            first = await reading(hub, stream)
            await server.stop()
            await publish(hub, 1)
            assert await first == Missed()
    finally:
        await hub.close()
        await valkey.aclose()
        await server.stop()
