"""A TCP proxy between a client and a server, which a test cuts as a network would: without a word to either."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

CHUNK = 65_536


class Wire:
    """Passes connections on while it is whole; `passed` counts them, `refused` those that came while it was cut."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.whole = asyncio.Event()
        self.whole.set()
        self.passed = 0
        self.refused = 0
        self.writers: set[StreamWriter] = set()
        self.relays: set[asyncio.Task[None]] = set()

    def accept(self, reader: StreamReader, writer: StreamWriter) -> None:
        relay = asyncio.create_task(self.relay(reader, writer))
        self.relays.add(relay)
        relay.add_done_callback(self.relays.discard)

    def cut(self) -> None:
        """Every connection is lost, and new ones are refused."""
        self.whole.clear()
        for writer in self.writers:
            writer.transport.abort()

    def mend(self) -> None:
        self.whole.set()

    async def relay(self, reader: StreamReader, writer: StreamWriter) -> None:
        """Serves one connection for as long as both of its ends and the wire last."""
        if not self.whole.is_set():
            self.refused += 1
            writer.transport.abort()
            return
        upstream, downstream = await asyncio.open_connection("127.0.0.1", self.port)
        ends = {writer, downstream}
        self.writers |= ends
        self.passed += 1
        copies = {asyncio.create_task(copy(reader, downstream)), asyncio.create_task(copy(upstream, writer))}
        if not self.whole.is_set():  # it was cut meanwhile
            self.cut()
        try:
            await asyncio.wait(copies, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.writers -= ends
            for end in ends:
                end.transport.abort()
            await asyncio.gather(*copies)


async def copy(reader: StreamReader, writer: StreamWriter) -> None:
    with suppress(ConnectionError):  # a cut is what the wire is for
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the server at this address, and the address of its near end."""
    wire = Wire(urlsplit(url).port or 80)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", 0)
    try:
        yield wire, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        wire.cut()
        await asyncio.gather(*wire.relays)
        await server.wait_closed()
