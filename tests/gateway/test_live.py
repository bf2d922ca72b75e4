"""Streams that are cut off, whatever they wait for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from gateway.live import until

WITHIN = 5.0


class Stubborn:
    """A stream that yields once and, as Strawberry's keep-alive may, waits on after the first cancellation."""

    def __init__(self) -> None:
        self.closed = False

    async def items(self) -> AsyncIterator[int]:
        try:
            yield 1
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()
        finally:
            self.closed = True


async def test_items_come_as_they_are_until_the_stream_ends() -> None:
    async def three() -> AsyncIterator[int]:
        for number in range(3):
            yield number

    assert [item async for item in until(asyncio.Event(), three())] == [0, 1, 2]


async def test_the_event_ends_a_stubborn_stream() -> None:
    stream, ended = Stubborn(), asyncio.Event()
    seen = []
    async with asyncio.timeout(WITHIN):
        async for item in until(ended, stream.items()):
            seen.append(item)
            ended.set()
    assert (seen, stream.closed) == ([1], True)


async def test_a_reader_who_hangs_up_leaves_nothing_running() -> None:
    stream, first = Stubborn(), asyncio.Event()

    async def read() -> None:
        async for _ in until(asyncio.Event(), stream.items()):
            first.set()

    reading = asyncio.create_task(read())
    async with asyncio.timeout(WITHIN):
        await first.wait()
        await asyncio.sleep(0)
        reading.cancel()
        with suppress(asyncio.CancelledError):
            await reading
    assert stream.closed


async def test_what_goes_wrong_is_raised() -> None:
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        assert [item async for item in until(asyncio.Event(), broken())]
