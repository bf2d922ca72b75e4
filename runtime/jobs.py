"""Jobs by name: PgQueuer's queue, written in the caller's own transaction, so that a job exists when its cause does."""

import asyncio
import os
from datetime import timedelta
from typing import Any

os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")

from pgqueuer.core.tm import TaskManager
from pgqueuer.ports.driver import Driver, NotifyCallback
from pgqueuer.queries import Queries
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession


class SessionDriver(Driver):
    """Runs the queue's statements in the transaction of a session or connection: they commit or roll back with it."""

    def __init__(self, session: AsyncSession | AsyncConnection) -> None:
        self.session = session

    async def connection(self) -> AsyncConnection:
        return self.session if isinstance(self.session, AsyncConnection) else await self.session.connection()

    async def fetch(self, query: str, *args: Any) -> list[dict[str, Any]]:
        result = await (await self.connection()).exec_driver_sql(query, args)
        return [dict(row) for row in result.mappings()]

    async def execute(self, query: str, *args: Any) -> str:
        await (await self.connection()).exec_driver_sql(query, args)
        return ""

    async def notify(self, channel: str, payload: str) -> None:
        await self.execute("SELECT pg_notify($1, $2)", channel, payload)

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        raise NotImplementedError("A session enqueues; the worker listens.")

    @property
    def shutdown(self) -> asyncio.Event:
        return asyncio.Event()

    @property
    def tm(self) -> TaskManager:
        return TaskManager()

    async def __aenter__(self) -> "SessionDriver":
        return self

    async def __aexit__(self, *_: object) -> None:
        """The session belongs to the caller."""


async def enqueue(
    session: AsyncSession | AsyncConnection,
    name: str,
    payload: bytes,
    *,
    once: str | None = None,
    after: timedelta | None = None,
) -> None:
    """Queues the job `name`, which begins `after` some time if not at once; with `once`, not a second time while one of
    that key waits or runs."""
    await Queries(SessionDriver(session)).enqueue(
        name, payload, execute_after=after, dedupe_key=once, on_conflict="skip" if once else "raise"
    )
