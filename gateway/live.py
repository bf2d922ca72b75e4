"""Connections that stay open, ended when what their token was issued for no longer stands."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar
from uuid import UUID

from gateway.caller import Caller
from runtime.errors import Fault

Item = TypeVar("Item")
End = Callable[[], Awaitable[None]]
SIGNED_OUT = 4403
"""The close code for a token that is no good any more: clients of graphql-transport-ws do not retry it."""


class Live:
    """The sockets and streams of this process, each with how it is ended."""

    def __init__(self) -> None:
        self.ends: dict[Caller, End] = {}

    @contextmanager
    def holding(self, caller: Caller, end: End) -> Iterator[None]:
        """Ends the connection by `end`, should its caller be signed out within the block."""
        self.ends[caller] = end
        try:
            yield
        finally:
            del self.ends[caller]

    async def recheck(self, account_id: UUID | None) -> None:
        """Looks again at the account's connections; at all of them without one."""
        for caller, end in list(self.ends.items()):
            if caller.account_id is not None and account_id in (None, caller.account_id):
                try:
                    await caller.request()
                except Fault:
                    await end()

    async def streamed(self, caller: Caller, items: AsyncIterable[Item]) -> AsyncIterator[Item]:
        """The items of a response's body, until the caller is signed out."""
        signed_out = asyncio.Event()

        async def end() -> None:
            signed_out.set()

        iterator = aiter(items)
        waiting = asyncio.ensure_future(signed_out.wait())
        with self.holding(caller, end):
            try:
                while True:
                    following = asyncio.ensure_future(anext(iterator))
                    await asyncio.wait({following, waiting}, return_when=asyncio.FIRST_COMPLETED)
                    if not following.done():
                        following.cancel()
                        with suppress(asyncio.CancelledError, StopAsyncIteration):
                            await following
                        return
                    yield following.result()
            except StopAsyncIteration:
                return
            finally:
                waiting.cancel()
