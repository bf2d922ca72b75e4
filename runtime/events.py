"""Push between processes: one pub/sub connection a process feeds all of its readers; short streams replay.

An event's cursor is a revision that was raised in the Postgres transaction which made the change. Valkey may lose,
reorder or repeat events: a reader still knows, for a revision that is not the next one means that something is missed.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

KEPT, KEPT_SECONDS = 64, 3600
BOUND = 32
TOGETHER = 256
UNSENT = 10_000
IN_FLIGHT_SECONDS = 0.25
RECONNECT_SECONDS = 0.2
log = structlog.get_logger()

Current = Callable[[], Awaitable[int]]
"""Reads a topic's revision from the database."""
Patience = Callable[[], float | None]
"""For how many seconds to wait; None for ever."""


@dataclass(frozen=True, slots=True)
class Event:
    """What a topic's readers get. Without a revision (0) it is not kept: who does not listen never hears of it."""

    revision: int
    payload: bytes


@dataclass(frozen=True, slots=True)
class Missed:
    """Something is gone between two events: read the state itself and go on from there."""


def kind_of(topic: str) -> str:
    """What may stand in a log: a topic's name goes on with the id of a profile or a session."""
    return topic.partition(":")[0]


async def arrival(queue: asyncio.Queue[Event | Missed], seconds: float | None) -> Event | Missed:
    """What comes next; Missed where nothing does within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            return await queue.get()
    except TimeoutError:
        return Missed()


class Hub:
    """Publishes events by topic and hands them to this process's readers."""

    def __init__(self, valkey: Redis, listener: Redis) -> None:
        # redis-py would reconnect by itself, and nobody would learn that events were lost in between
        listener.set_retry(Retry(NoBackoff(), 0))
        self.valkey = valkey
        self.pubsub = listener.pubsub(ignore_subscribe_messages=True)
        self.listener = listener
        self.topics: defaultdict[str, set[asyncio.Queue[Event | Missed]]] = defaultdict(set)
        self.subscribing = asyncio.Lock()  # redis-py's PubSub connects once for each of several first callers
        self.interrupted = False
        self.unsent: deque[tuple[str, Event]] = deque(maxlen=UNSENT)
        self.listening: asyncio.Task[None] | None = None
        self.sending: asyncio.Task[None] | None = None

    def post(self, topic: str, event: Event) -> None:
        """Publishes in the background, in the order of the calls: nobody waits for Valkey. Call after the commit."""
        self.unsent.append((topic, event))
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_posted())

    async def send_posted(self) -> None:
        try:
            while self.unsent:
                await self.send([self.unsent.popleft() for _ in range(min(len(self.unsent), TOGETHER))])
        finally:
            self.sending = None

    async def publish(self, topic: str, event: Event) -> None:
        """Publishes before it returns. Call after the commit."""
        await self.send([(topic, event)])

    async def send(self, events: Sequence[tuple[str, Event]]) -> None:
        """A dead Valkey costs the push, not what was committed: readers see the gap."""
        try:
            async with self.valkey.pipeline(transaction=False) as pipe:
                for topic, event in events:
                    if event.revision:
                        pipe.xadd(topic, {"p": event.payload}, id=f"{event.revision}-0", maxlen=KEPT, approximate=False)
                        pipe.expire(topic, KEPT_SECONDS)
                    pipe.publish(topic, b"%d %b" % (event.revision, event.payload))
                await pipe.execute(raise_on_error=False)  # XADD refuses a late, smaller revision; PUBLISH still goes
        except (RedisError, OSError) as error:
            log.warning("events_not_pushed", count=len(events), first=kind_of(events[0][0]), error=str(error))
            for topic, _ in events:
                self.feed(topic, Missed())

    def start(self) -> None:
        """Begins to feed readers; on the first call alone."""
        if self.listening is None:
            self.listening = asyncio.create_task(self.run())

    async def run(self) -> None:
        """Feeds readers until cancelled; after a lost connection each is told to look for a gap."""
        while True:
            try:
                async with self.subscribing:
                    await self.pubsub.subscribe("hub", *self.topics)  # also keeps listen() going without readers
                self.resume()
                async for message in self.pubsub.listen():
                    self.resume()
                    revision, _, payload = message["data"].partition(b" ")
                    self.feed(message["channel"].decode(), Event(int(revision), payload))
            except (RedisError, OSError) as error:
                log.warning("push_interrupted", error=str(error))
                self.interrupted = True
                await self.disconnect()
                await asyncio.sleep(RECONNECT_SECONDS)

    def resume(self) -> None:
        if self.interrupted:
            self.interrupted = False
            for topic in list(self.topics):
                self.feed(topic, Missed())

    def feed(self, topic: str, event: Event | Missed) -> None:
        for queue in self.topics.get(topic, ()):
            if queue.full():  # a slow reader keeps one message: look at the state itself
                while not queue.empty():
                    queue.get_nowait()
                event = Missed()
            queue.put_nowait(event)

    async def stored(self, topic: str, after: int) -> list[Event]:
        """What the topic's stream still holds above revision `after`."""
        entries: Any = await self.valkey.xrange(topic, min=f"{after + 1}-0")
        return [Event(int(identity.split(b"-")[0]), fields[b"p"]) for identity, fields in entries]

    async def listen(
        self, topic: str, after: int, current: Current | None = None
    ) -> AsyncGenerator[Event | Missed, None]:
        """Every event after revision `after`, once and in order; Missed, and the end, where one cannot be had.

        `current` reads the revision from the database. It is asked once, after subscribing, so that a reader who
        comes back hears of what has left the stream without waiting for the next event. A change that was committed
        and is not in the stream may still be on its way: it is missed after IN_FLIGHT_SECONDS.
        """
        async with self.reader(topic) as queue:
            replay, reached = await self.replay(topic, after, current)
            while True:
                patience = IN_FLIGHT_SECONDS if after < reached else None
                event = replay.pop(0) if replay else await arrival(queue, patience)
                if isinstance(event, Missed) or event.revision > after + 1:
                    yield Missed()
                    return
                if event.revision == after + 1:
                    after = event.revision
                    yield event

    async def hear(self, topic: str, patience: Patience = lambda: None) -> AsyncGenerator[Event | Missed, None]:
        """Every event from now on, whatever its revision; Missed where some may be lost, where nothing comes within
        the `patience` of the moment, and once it listens: what was before is told by the state itself."""
        async with self.reader(topic) as queue:
            yield Missed()
            while True:
                yield await arrival(queue, patience())

    @asynccontextmanager
    async def reader(self, topic: str) -> AsyncIterator[asyncio.Queue[Event | Missed]]:
        """What comes to the topic until the end of the block."""
        self.start()
        queue: asyncio.Queue[Event | Missed] = asyncio.Queue(BOUND)
        self.topics[topic].add(queue)
        try:
            await self.follow(topic)
            yield queue
        finally:
            await self.forget(topic, queue)

    async def follow(self, topic: str) -> None:
        """Subscribes; without Valkey the reader waits for its return, and is told then."""
        try:
            async with self.subscribing:
                await self.pubsub.subscribe(topic)
        except (RedisError, OSError) as error:
            log.warning("push_unavailable", topics=kind_of(topic), error=str(error))
            self.interrupted = True

    async def replay(self, topic: str, after: int, current: Current | None) -> tuple[list[Event | Missed], int]:
        """What a reader missed, or Missed where that can't be had; and the revision that the database had reached."""
        # before the stream is read: what is committed later comes by the subscription
        reached = after if current is None else await current()
        try:
            events = await self.stored(topic, after)
        except (RedisError, OSError) as error:
            log.warning("events_not_replayed", topics=kind_of(topic), error=str(error))
            return ([Missed()] if current is None or reached != after else []), reached
        return ([Missed()] if reached < after else list(events)), reached

    async def forget(self, topic: str, queue: asyncio.Queue[Event | Missed]) -> None:
        self.topics[topic].discard(queue)
        if not self.topics[topic]:
            del self.topics[topic]
            with suppress(RedisError, OSError):  # the subscription is gone with the connection
                async with self.subscribing:
                    # a new reader may have come meanwhile, or the hub may be closed
                    if topic not in self.topics and self.pubsub.subscribed:
                        await self.pubsub.unsubscribe(topic)

    async def disconnect(self) -> None:
        await self.pubsub.aclose()  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Sends what was posted, and stops listening."""
        if self.sending is not None:
            await self.sending
        if self.listening is not None:
            self.listening.cancel()
            with suppress(asyncio.CancelledError):
                await self.listening
        await self.disconnect()
        await self.listener.aclose()
