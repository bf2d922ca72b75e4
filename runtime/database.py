"""Postgres: one engine a subgraph, each in its own role: Postgres itself refuses a write to another's tables."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import ColumnElement, any_, event, literal
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from runtime.settings import SUBGRAPHS, Settings, Subgraph
from runtime.tally import Tally, count

CONNECTION_LOST = (OSError, TimeoutError, PoolTimeout, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError)


def role_of(subgraph: str) -> str:
    """The Postgres role that owns the subgraph's schema."""
    return f"marquee_{subgraph}"


def engine_for(url: str, role: str | None, pool_size: int) -> AsyncEngine:
    """An engine over asyncpg whose connections act in `role`, with UTC as their time zone."""
    server = {"timezone": "UTC", "application_name": role or "marquee", "jit": "off"} | ({"role": role} if role else {})
    address = make_url(url).set(drivername="postgresql+asyncpg")
    engine = create_async_engine(
        address,
        pool_size=pool_size,
        max_overflow=0,  # a connection beyond would be opened for a moment and closed again
        pool_pre_ping=False,
        hide_parameters=True,  # errors are logged, and parameters are people's data
        connect_args={"server_settings": server, "timeout": 5},
    )
    event.listen(engine.sync_engine, "before_cursor_execute", count)
    event.listen(engine.sync_engine, "checkout", refuse_closed)
    return engine


def refuse_closed(connection: Any, record: ConnectionPoolEntry, fairy: PoolProxiedConnection) -> None:
    """Lets the pool connect anew where Postgres hung up meanwhile: asyncpg knows, so nothing is asked over the wire."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class Database:
    """The subgraphs' engines. `read` gives a connection that sends each statement by itself, `write` a transaction."""

    def __init__(self, engines: Mapping[str, AsyncEngine]) -> None:
        self.engines = dict(engines)
        self.readers = {
            name: engine.execution_options(isolation_level="AUTOCOMMIT") for name, engine in engines.items()
        }

    @classmethod
    def connect(cls, settings: Settings, subgraphs: Sequence[Subgraph] = SUBGRAPHS) -> "Database":
        """Engines for the named subgraphs; connections are opened on first use."""
        return cls({s: engine_for(settings.database_of(s), role_of(s), settings.pool_size) for s in subgraphs})

    @asynccontextmanager
    async def read(self, subgraph: str, tally: Tally | None = None) -> AsyncIterator[AsyncConnection]:
        """A connection for reading; each statement is a transaction of its own, so none costs a BEGIN."""
        async with self.readers[subgraph].connect() as connection:
            yield await connection.execution_options(tally=tally)

    @asynccontextmanager
    async def write(self, subgraph: str, tally: Tally | None = None) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed where the block ends well, rolled back where it raises."""
        bound = self.engines[subgraph].execution_options(tally=tally)
        async with AsyncSession(bound, expire_on_commit=False) as session, session.begin():
            yield session

    async def close(self) -> None:
        for engine in self.engines.values():
            await engine.dispose()


def is_connection_lost(cause: BaseException | None) -> bool:
    """Whether Postgres is away: asyncpg's error stands behind SQLAlchemy's."""
    while isinstance(cause, DBAPIError):
        if cause.connection_invalidated:
            return True
        cause = cause.orig.__cause__ if cause.orig is not None else None
    return isinstance(cause, CONNECTION_LOST)


def among(column: Any, keys: Sequence[Any]) -> ColumnElement[bool]:
    """`column = ANY(keys)`: one array parameter, so that one prepared statement serves any number of keys."""
    matches: ColumnElement[bool] = column == any_(literal(list(keys), ARRAY(column.type)))
    return matches
