"""Connections that stay open, ended when what their token was issued for no longer stands.

They may start nothing more from that moment on; what runs on them has a last word: why its stream stops.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import structlog
from anyio import CancelScope

from gateway.caller import Caller
from gateway.faults import is_connection_lost
from runtime.errors import Fault

Item = TypeVar("Item")
End = Callable[[], Coroutine[None, None, None]]
SIGNED_OUT = 4403
"""The close code for a token that is no good any more: clients of graphql-transport-ws do not retry it."""
LAST_WORD_SECONDS = 2.0
AGAIN_SECONDS = 0.05
log = structlog.get_logger()


class Live:
    """The sockets and streams of this process, each with how it is ended."""

    def __init__(self) -> None:
        self.ends: dict[Caller, End] = {}
        self.ending: set[asyncio.Task[None]] = set()

    @contextmanager
    def holding(self, caller: Caller, end: End) -> Iterator[None]:
        """Ends the connection by `end`, should its caller be signed out within the block."""
        self.ends[caller] = end
        try:
            yield
        finally:
            self.ends.pop(caller, None)

    async def recheck(self, account_id: UUID | None) -> None:
        """Looks again at the account's connections; at all of them without one. Those that no longer stand end soon."""
        for caller in list(self.ends):
            if caller.account_id is not None and account_id in (None, caller.account_id):
                try:
                    await caller.request()
                except Fault:
                    asyncio.get_running_loop().call_later(LAST_WORD_SECONDS, self.end, caller)
                except Exception as error:
                    if not is_connection_lost(error):
                        raise
                    log.warning("standing_unknown", error=str(error))  # its next operation asks again

    def end(self, caller: Caller) -> None:
        """Ends the connection, unless it is gone by now."""
        if end := self.ends.pop(caller, None):
            task = asyncio.ensure_future(end())
            self.ending.add(task)
            task.add_done_callback(self.ending.discard)

    async def streamed(self, caller: Caller, items: AsyncIterator[Item]) -> AsyncIterator[Item]:
        """The items of a response's body, until the caller is signed out."""
        signed_out = asyncio.Event()

        async def end() -> None:
            signed_out.set()

        with self.holding(caller, end):
            async for item in until(signed_out, items):
                yield item


async def until(ended: asyncio.Event, items: AsyncIterator[Item]) -> AsyncIterator[Item]:
    """The items, until the event; the one that is awaited then is awaited no longer."""
    waiting = asyncio.ensure_future(ended.wait())
    following: asyncio.Future[Item] | None = None
    try:
        while True:
            following = asyncio.ensure_future(anext(items))
            await asyncio.wait({following, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not following.done():
                return
            yield following.result()
    except StopAsyncIteration:
        return
    finally:
        waiting.cancel()
        if following is not None:
            with CancelScope(shield=True):  # the reader may have hung up, which cancels whatever is awaited here
                while not following.done():  # again: Strawberry's keep-alive then waits for a reader once more
                    following.cancel()
                    await asyncio.wait({following}, timeout=AGAIN_SECONDS)
