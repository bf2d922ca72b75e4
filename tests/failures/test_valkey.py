"""Valkey is killed, or hangs, while people watch: nobody but a subscription notices, and that goes on by itself."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from subprocess import Popen

import pytest

from runtime.settings import Settings
from server.embedded import EmbeddedValkey
from tests.failures.load import Load
from tests.failures.servers import Door, running
from tests.failures.sockets import Stream, subscribed
from tests.failures.viewers import Play, beat, begin, sign_in

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
LONGER = 1.0 if SOAK else 4.0
"""Seconds that an operation may take on top of the slowest while all was well; more where other tests run beside."""
EACH = 40
"""How many operations of each kind come before, while and after Valkey is away."""
MINUTE = 60_000
LIVE_WITHIN = 10


@pytest.fixture
async def valkey(platform: Settings) -> AsyncIterator[EmbeddedValkey]:
    """A Valkey of this test's own."""
    async with EmbeddedValkey(platform.data / "valkey", platform.data / "valkey.log") as server:
        yield server


@asynccontextmanager
async def killed(valkey: EmbeddedValkey, process: Popen[bytes]) -> AsyncIterator[None]:
    process.kill()
    process.wait()
    yield
    await valkey.restart()


@asynccontextmanager
async def hanging(valkey: EmbeddedValkey, process: Popen[bytes]) -> AsyncIterator[None]:
    process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)


@pytest.mark.soak
@pytest.mark.parametrize("away", [killed, hanging] if SOAK else [killed])
async def test_nobody_waits_for_valkey_and_subscriptions_go_on(
    platform: Settings, valkey: EmbeddedValkey, away
) -> None:
    settings = platform.model_copy(update={"redis_url": valkey.url})
    async with running(settings, 2) as servers, AsyncExitStack() as stack:
        doors = [server.door for server in servers]
        viewers = await sign_in(settings, 4)
        watched, *others = await asyncio.gather(*(begin(doors[0], viewer) for viewer in viewers))
        streams = [await stack.enter_async_context(subscribed(door, watched.viewer.token)) for door in doors]
        await check_open(doors[0], streams, watched)
        load = Load(doors[0], others)
        async with load.running():
            await load.more(EACH)
            gone = time.monotonic()
            async with away(valkey, valkey.process):
                await beat(doors[0], watched, 2, 22 * MINUTE)
                await load.more(EACH)
            await load.more(EACH)
        check_nobody_noticed(load, gone)
        await check_live_again(doors, streams, watched)


async def check_open(door: Door, streams: list[Stream], watched: Play) -> None:
    for stream in streams:
        assert (await stream.next())["kind"] == "SNAPSHOT"
    await beat(door, watched, 1, 21 * MINUTE)
    for stream in streams:
        await stream.until_shown(watched.film, 21 * MINUTE)


def check_nobody_noticed(load: Load, gone: float) -> None:
    assert [outcome for outcome in load.outcomes if outcome.errors] == []
    before = max(outcome.seconds for outcome in load.outcomes if outcome.ended < gone)
    after = max(outcome.seconds for outcome in load.outcomes if outcome.ended >= gone)
    print(f"the slowest of {len(load.outcomes)} operations: {before:.3f} s before, {after:.3f} s from then on")
    assert after < before + LONGER


async def check_live_again(doors: list[Door], streams: list[Stream], watched: Play) -> None:
    """What was missed comes by itself, and then each change as it happens, from whichever server."""
    for stream in streams:
        await stream.until_shown(watched.film, 22 * MINUTE)
    for sequence in range(3, 3 + LIVE_WITHIN):
        await beat(doors[sequence % len(doors)], watched, sequence, (20 + sequence) * MINUTE)
        kinds = [await stream.until_shown(watched.film, (20 + sequence) * MINUTE) for stream in streams]
        if kinds == ["UPSERT"] * len(streams):
            return
    pytest.fail("all that came were snapshots")
