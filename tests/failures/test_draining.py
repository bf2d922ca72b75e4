"""A server that is told to stop answers what it has begun, sends its sockets elsewhere, and ends in time."""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from uuid import UUID

import asyncpg
import pytest
import websockets
from asyncpg.transaction import Transaction

from runtime.settings import Settings
from server.serve import DRAIN_SECONDS
from tests.failures.servers import PATIENCE, Door, running
from tests.failures.sockets import Stream, subscribed
from tests.failures.viewers import BEAT, Play, Viewer, beat, beat_of, begin, sign_in, stored

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
SOCKETS = 20
SPARE_SECONDS = 10.0
"""What a busy machine may take to end a process whose work is done."""
TRY_AGAIN = {1001, 1012}
"""Close codes that clients of graphql-transport-ws take for a server that goes away: they connect again."""
MINUTE = 60_000
LOCK = "select id from viewing.playback_session where id = any($1) for update"
WAITING = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
VIEWER = "{ viewer { profile { id } } }"


async def hold_up(database: asyncpg.Connection, plays: list[Play]) -> Transaction:
    """Lets the sessions' heartbeats wait until the transaction is rolled back."""
    transaction = database.transaction()
    await transaction.start()
    await database.execute(LOCK, [UUID(play.session) for play in plays])
    return transaction


async def until_under_way(database: asyncpg.Connection, door: Door, viewer: Viewer) -> None:
    """Returns when one batch of heartbeats waits for a lock, and the server has read whatever was sent before."""
    async with asyncio.timeout(PATIENCE):
        while not await database.fetchval(WAITING):  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.02)
    await door.data(VIEWER, viewer.token)


async def opened(stack: AsyncExitStack, door: Door, viewers: list[Viewer]) -> list[Stream]:
    """A socket of each viewer, whose subscription has begun."""
    streams = [await stack.enter_async_context(subscribed(door, viewer.token)) for viewer in viewers]
    for stream in streams:
        assert (await stream.next())["kind"] == "SNAPSHOT"
    return streams


async def close_code(stream: Stream) -> int | None:
    """The code that the server closes the socket with; None where it just hangs up."""
    async with asyncio.timeout(PATIENCE):
        try:
            while True:
                await stream.next()
        except websockets.ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else None


async def test_a_server_that_is_told_to_stop_finishes_what_it_has_begun(
    platform: Settings, database: asyncpg.Connection
) -> None:
    async with running(platform, 1) as [server], AsyncExitStack() as stack:
        viewers = await sign_in(platform, SOCKETS)
        plays = await asyncio.gather(*(begin(server.door, viewer) for viewer in viewers))
        streams = await opened(stack, server.door, viewers)
        transaction = await hold_up(database, plays)
        beats = [asyncio.create_task(beat(server.door, play, 1, 20 * MINUTE)) for play in plays]
        await until_under_way(database, server.door, viewers[0])
        stopping = asyncio.create_task(server.terminate(DRAIN_SECONDS + SPARE_SECONDS))
        codes = [await close_code(streams[0])]  # by now it is stopping
        await transaction.rollback()
        answers = await asyncio.gather(*beats)
        codes += await asyncio.gather(*map(close_code, streams[1:]))
        assert await stopping == 0
        assert set(codes) <= TRY_AGAIN, codes
        assert [answer["playable"]["progress"]["positionMs"] for answer in answers] == [20 * MINUTE] * SOCKETS
        for play in plays:
            assert await stored(database, play) == (1, 20 * MINUTE, 20 * MINUTE)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="MARQUEE_SOAK=1 waits until a server has drained in vain")
async def test_whatever_never_ends_does_not_hold_a_server_up(platform: Settings, database: asyncpg.Connection) -> None:
    async with running(platform, 1) as [server]:
        [viewer] = await sign_in(platform, 1)
        play = await begin(server.door, viewer)
        transaction = await hold_up(database, [play])
        endless = asyncio.create_task(server.door.post(BEAT, viewer.token, beat_of(play, 1, 20 * MINUTE)))
        await until_under_way(database, server.door, viewer)
        told = time.monotonic()
        assert await server.terminate(DRAIN_SECONDS + SPARE_SECONDS) == 0
        assert time.monotonic() - told > DRAIN_SECONDS / 2, "the request was given no time to end"
        assert (await endless).status_code == 500
        await transaction.rollback()
        assert (await stored(database, play))[0] == 0
