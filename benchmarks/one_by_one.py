"""The baseline of `heartbeats`: the same server, but each heartbeat has a transaction of its own."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from unittest.mock import patch

from resolvers.viewing import beats
from runtime.settings import read_settings
from server.serve import serve

AT_ONCE = read_settings().pool_size
"""As many transactions as there are connections that stay open: none waits for a new one."""


class OneByOne:
    """Stands where GroupCommit stands."""

    def __init__(self, store: Callable[[Sequence[beats.Beat]], Awaitable[Sequence[beats.Heard | None]]]) -> None:
        self.store = store
        self.free = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, beat: beats.Beat) -> beats.Heard | None:
        """The heartbeat's outcome, durable."""
        async with self.free:
            [heard] = await self.store([beat])
        return heard


if __name__ == "__main__":
    with patch.object(beats, "GroupCommit", OneByOne):
        serve(read_settings())
