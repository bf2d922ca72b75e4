"""The subscribers of `push`, in a process of their own: sockets of graphql-transport-ws that note what is pushed.

It reads its orders from standard input, says when all are open, and then answers each further line, a Wait.
"""

import asyncio
import sys
import time
from contextlib import suppress
from typing import Any, TypedDict

import orjson
import uvloop
import websockets
from websockets.asyncio.client import ClientConnection, connect

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")
OPENED_AT_ONCE = 32
SUBSCRIPTION = """subscription Changed($after: String) { continueWatchingChanged(after: $after) { cursor kind removedId
  item { ...Entry } snapshot { ...Entry } } }
fragment Entry on ContinueWatchingItem { id reason updatedAt title { name }
  playable { id progress { positionMs percent } } }"""
SUBSCRIBE = orjson.dumps({"id": "1", "type": "subscribe", "payload": {"query": SUBSCRIPTION}}).decode()


class Orders(TypedDict):
    """How many sockets; each takes the next token, so that the sockets of one token are `len(tokens)` apart.

    Without `subscribed` a socket sends connection_init and nothing more.
    """

    port: int
    tokens: list[str]
    sockets: int
    subscribed: bool


class Wait(TypedDict):
    """How many events to wait for, and how long at the most."""

    events: int
    seconds: float


Received = tuple[int, str, str, float]
"""The socket's number, the event's kind and cursor, and when it came by the machine's monotonic clock."""


class Subscribers:
    """All the sockets, and what was pushed to them since somebody last asked."""

    def __init__(self, orders: Orders) -> None:
        self.orders = orders
        self.received: list[Received] = []
        self.came = asyncio.Event()
        self.opening = asyncio.Semaphore(OPENED_AT_ONCE)
        self.readers: list[asyncio.Task[None]] = []
        self.broken: list[asyncio.Task[None]] = []

    async def open(self, number: int) -> None:
        """Opens one socket; with a subscription it is open once the first snapshot is there."""
        async with self.opening:
            url = f"ws://127.0.0.1:{self.orders['port']}/graphql"
            socket = await connect(  # which offers to compress, as browsers do
                url, subprotocols=[PROTOCOL], proxy=None, ping_interval=None, open_timeout=60
            )
            token = self.orders["tokens"][number % len(self.orders["tokens"])]
            hello = {"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}
            await socket.send(orjson.dumps(hello).decode())
            expect(await socket.recv(), "connection_ack")
            if self.orders["subscribed"]:
                await socket.send(SUBSCRIBE)
                expect(await socket.recv(), "next")
        reader = asyncio.create_task(self.read(number, socket))
        reader.add_done_callback(self.stopped)
        self.readers.append(reader)

    def stopped(self, reader: asyncio.Task[None]) -> None:
        self.broken.append(reader)
        self.came.set()

    async def read(self, number: int, socket: ClientConnection) -> None:
        async for message in socket:
            at = time.monotonic()
            event = expect(message, "next")["payload"]["data"]["continueWatchingChanged"]
            self.received.append((number, event["kind"], event["cursor"], at))
            self.came.set()

    async def wait(self, wanted: Wait) -> list[Received]:
        """What has come, when it is enough or the time is up. An error where a socket was closed or refused."""
        with suppress(TimeoutError):  # who asked sees what is missing
            async with asyncio.timeout(wanted["seconds"]):
                while len(self.received) < wanted["events"]:
                    self.came.clear()
                    await self.came.wait()
                    for reader in self.broken:
                        raise RuntimeError("A socket was closed.") from reader.exception()
        received, self.received = self.received, []
        return received


def expect(message: str | bytes, kind: str) -> dict[str, Any]:
    said: dict[str, Any] = orjson.loads(message)
    if said["type"] != kind or "errors" in said.get("payload", {}):
        raise RuntimeError(f"The server said {message!r}.")
    return said


async def main() -> None:
    subscribers = Subscribers(orjson.loads(await line()))
    await asyncio.gather(*map(subscribers.open, range(subscribers.orders["sockets"])))
    say("open")
    while wanted := await line():
        say(await subscribers.wait(orjson.loads(wanted)))


async def line() -> bytes:
    return await asyncio.to_thread(sys.stdin.buffer.readline)


def say(what: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(what) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    uvloop.run(main())
