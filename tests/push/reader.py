"""Readers of continueWatchingChanged, such as one that comes back with its last cursor whenever it loses its socket."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
import websockets

from resolvers.paging import keys_of
from tests.sockets import ask_for, greet, socket_at

PATIENCE = 30.0
"""Seconds until what does not come fails the test."""
ATTEMPTS = 20

ITEM = "id title { id } playable { id } reason updatedAt"
CHANGED = f"""subscription ($after: String) {{ continueWatchingChanged(after: $after) {{
  cursor kind removedId item {{ {ITEM} }} snapshot {{ {ITEM} }} }} }}"""

Event = dict[str, Any]


def revision(event: Event) -> int:
    """The number in the event's cursor."""
    [number] = keys_of(event["cursor"], int) or [-1]
    return int(number)


class Heard:
    """What somebody was told so far, oldest first; `arrived` tells of news."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.arrived = asyncio.Event()

    def take(self, event: Event) -> None:
        self.events.append(event)
        self.arrived.set()

    @property
    def last(self) -> Event:
        return self.events[-1]

    async def until(self, count: int) -> None:
        """Returns when so many events have come."""
        await self.have(lambda: len(self.events) >= count, f"{count} events")

    async def reaches(self, wanted: int) -> None:
        """Returns when the last event's revision is this one or a later one."""
        await self.have(lambda: bool(self.events) and revision(self.last) >= wanted, f"revision {wanted}")

    async def have(self, enough: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not enough():
                    self.arrived.clear()
                    await self.arrived.wait()
        except TimeoutError:
            pytest.fail(f"{what} did not come within {PATIENCE:g} s, but {self.events}.")


class Reader(Heard):
    """Comes back after each loss of its connection, and counts `connections`."""

    def __init__(self, url: str, token: str, whole: asyncio.Event, after: str | None) -> None:
        super().__init__()
        self.url = url
        self.token = token
        self.whole = whole
        self.after = after
        self.connections = 0

    async def connected(self, times: int) -> None:
        """Returns when it has connected so many times."""
        await self.have(lambda: self.connections >= times, f"{times} connections")

    async def follow(self) -> None:
        """Reads until cancelled, through one connection after the other."""
        while True:
            await self.whole.wait()
            with suppress(websockets.ConnectionClosed, websockets.InvalidMessage, ConnectionError):
                await self.read()

    async def read(self) -> None:
        """Reads until the connection is lost, which raises."""
        async with socket_at(self.url) as socket:
            await greet(socket, self.token)
            self.connections += 1
            self.arrived.set()
            await ask_for(socket, CHANGED, after=self.after)
            while True:
                self.hear(json.loads(await socket.recv()))

    def hear(self, message: dict[str, Any]) -> None:
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message["payload"]["errors"]
        event = message["payload"]["data"]["continueWatchingChanged"]
        self.after = event["cursor"]
        self.take(event)


@asynccontextmanager
async def reading(
    url: str, token: str, whole: asyncio.Event | None = None, after: str | None = None
) -> AsyncIterator[Reader]:
    """A reader at the address, until the end of the block; while the wire is not `whole` it waits with coming back."""
    if whole is None:
        whole = asyncio.Event()
        whole.set()
    reader = Reader(url, token, whole, after)
    async with asyncio.TaskGroup() as group:
        following = group.create_task(reader.follow())
        yield reader
        following.cancel()


async def settle(change: Callable[[], Awaitable[object]], *readers: Heard) -> None:
    """Changes the list once, or again until all readers are told of the change itself, and forgets what was before.

    Whoever has just been given a list is given it once more where the next change comes at that very moment.
    """
    for _ in range(ATTEMPTS):
        reached = max(revision(reader.last) for reader in readers)
        await change()
        for reader in readers:
            await reader.reaches(reached + 1)
        if all(reader.last["kind"] != "SNAPSHOT" for reader in readers):
            for reader in readers:
                del reader.events[:-1]
            return
    pytest.fail(f"After {ATTEMPTS} changes somebody is still given whole lists.")
