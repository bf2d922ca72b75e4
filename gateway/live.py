"""Connections that stay open, ended when their token expires, or what it was issued for no longer stands.

They may start nothing more from that moment on; what runs on them has a last word: why its stream stops.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

import structlog
from anyio import CancelScope

from gateway.caller import Caller
from runtime.database import is_connection_lost
from runtime.errors import Fault

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Ending:
    """Why a connection ends: the close code of its socket, and the words that go with it."""

    code: int
    reason: str


SIGNED_OUT = Ending(4401, "Signed out")
"""The client graphql-ws takes this code for fatal: to come back with the same token would be of no use."""
EXPIRED = Ending(4403, "The access token has expired")
"""And this one it retries, which asks its user for a fresh token."""
WARN_SECONDS = 60.0
LAST_WORD_SECONDS = 2.0
AGAIN_SECONDS = 0.05
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Held:
    """How a connection is ended, and how it is told before that its token expires soon, if it can be."""

    end: Callable[[Ending], Coroutine[None, None, None]]
    warn: Callable[[datetime], Coroutine[None, None, None]] | None = None
    timers: list[asyncio.TimerHandle] = field(default_factory=list)


class Live:
    """The sockets and streams of this process, each with how it is ended."""

    def __init__(self) -> None:
        self.held: dict[Caller, Held] = {}
        self.telling: set[asyncio.Task[None]] = set()

    @contextmanager
    def holding(self, caller: Caller, held: Held) -> Iterator[None]:
        """Has the connection end, should its caller be signed out within the block."""
        self.held[caller] = held
        try:
            yield
        finally:
            self.held.pop(caller, None)
            for timer in held.timers:
                timer.cancel()

    def expire(self, caller: Caller) -> None:
        """Has the caller's connection warned before its token expires, and ended then; call once it is known."""
        held, expires_at = self.held.get(caller), caller.expires_at
        if held is None or expires_at is None or held.timers:
            return
        loop, left = asyncio.get_running_loop(), (expires_at - datetime.now(UTC)).total_seconds()
        held.timers.append(loop.call_later(max(left, 0), self.end, caller, EXPIRED))
        if warn := held.warn:
            early = max(left - WARN_SECONDS, left / 2, 0)
            held.timers.append(loop.call_later(early, lambda: self.tell(warn(expires_at))))

    async def recheck(self, account_id: UUID | None) -> None:
        """Looks again at the account's connections; at all of them without one. Those that no longer stand end soon."""
        for caller in list(self.held):
            if caller.account_id is not None and account_id in (None, caller.account_id):
                try:
                    await caller.request()
                except Fault:
                    asyncio.get_running_loop().call_later(LAST_WORD_SECONDS, self.end, caller, SIGNED_OUT)
                except Exception as error:
                    if not is_connection_lost(error):
                        raise
                    log.warning("standing_unknown", error=str(error))  # its next operation asks again

    def end(self, caller: Caller, ending: Ending) -> None:
        """Ends the connection, unless it is gone by now."""
        if held := self.held.pop(caller, None):
            self.tell(held.end(ending))

    def tell(self, words: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(words)
        self.telling.add(task)
        task.add_done_callback(self.told)

    def told(self, task: asyncio.Task[None]) -> None:
        self.telling.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.debug("hung_up_meanwhile", error=str(error))

    async def streamed(self, caller: Caller, items: AsyncIterator[Item]) -> AsyncIterator[Item]:
        """The items of a response's body, until the caller is signed out or the token expires."""
        ended = asyncio.Event()

        async def end(ending: Ending) -> None:
            ended.set()

        with self.holding(caller, Held(end)):
            async for item in until(ended, items):
                self.expire(caller)  # whose it is was found out for the first item
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
