"""A subscription over graphql-transport-ws that stays open while things happen."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import websockets

from tests.failures.servers import PATIENCE, Door
from tests.sockets import ask_for, greet, socket_at

CHANGED = """subscription { continueWatchingChanged { cursor kind
  item { title { id } playable { id progress { positionMs } } }
  snapshot { title { id } playable { id progress { positionMs } } } } }"""


@dataclass
class Stream:
    """The events of one subscription on a socket of its own."""

    socket: websockets.ClientConnection

    async def next(self) -> dict[str, Any]:
        """The next event, which must not be an error and must come in time."""
        async with asyncio.timeout(PATIENCE):
            while True:
                said = json.loads(await self.socket.recv())
                if said["type"] == "ping":
                    await self.socket.send(json.dumps({"type": "pong"}))
                    continue
                assert said["type"] == "next", said
                assert "errors" not in said["payload"], said["payload"]
                event: dict[str, Any] = said["payload"]["data"]["continueWatchingChanged"]
                return event

    async def until_shown(self, film: str, position_ms: int) -> str:
        """The kind of the first event that shows this position of the film."""
        while True:
            event = await self.next()
            items = event["snapshot"] if event["kind"] == "SNAPSHOT" else [event["item"]]
            for item in items:
                playable = item["playable"]
                if item["title"]["id"] == film and playable["progress"]["positionMs"] == position_ms:
                    return str(event["kind"])


@asynccontextmanager
async def subscribed(door: Door, token: str) -> AsyncIterator[Stream]:
    """A viewer's continue-watching list; the first event is still to come."""
    async with socket_at(door.url, open_timeout=PATIENCE) as socket:
        await greet(socket, token)
        await ask_for(socket, CHANGED)
        yield Stream(socket)
