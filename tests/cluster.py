"""One Postgres for the whole test run, and a database of its own for each test that asks."""

import asyncio
import inspect
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import psutil

from server.embedded import EmbeddedPostgres

PREFIX = "marquee-tests-"
ROOM = 600 * 1024 * 1024
"""Bytes that shared memory must have free: a copy of the template costs 20 ms there, on disk 100 to 900."""
UNSAFE_BUT_FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "400"}

Fill = Callable[[str], Awaitable[None] | None]
"""Fills the database at an address; called once in a test run, in a thread of its own where it isn't a coroutine."""


@dataclass(frozen=True)
class Addresses:
    """Where the server listens, and its folder; `asdict` and `Addresses(**…)` carry it to pytest-xdist's processes."""

    postgres: str
    folder: str

    def database(self, name: str) -> str:
        """The address of one database of the cluster."""
        return f"{self.postgres.rsplit('/', 1)[0]}/{name}"

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class Cluster:
    """The server. `start` and `stop` belong to pytest's main process alone."""

    def __init__(self) -> None:
        remove_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=roomy_folder()))
        log = self.folder / "logs"
        self.postgres = EmbeddedPostgres(
            self.folder / "postgres", log / "postgres.log", database="tests", options=UNSAFE_BUT_FAST
        )

    def start(self) -> Addresses:
        try:
            return Addresses(asyncio.run(self.postgres.start()), str(self.folder))
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        asyncio.run(self.postgres.stop())
        shutil.rmtree(self.folder)


def roomy_folder() -> Path:
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free >= ROOM else Path(tempfile.gettempdir())


def remove_abandoned() -> None:
    """Remove what killed test runs left; their servers died with them."""
    for folder in roomy_folder().glob(f"{PREFIX}*"):
        if not psutil.pid_exists(int(folder.name.removeprefix(PREFIX).split("-")[0])):
            shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True)
class Databases:
    """Makes databases on the cluster: templates that are filled once in a run, and cheap copies of them."""

    addresses: Addresses

    def template(self, name: str, fill: Fill, base: str = "template1") -> str:
        """The name of a template database that starts as a copy of `base` and that `fill` completed.

        Whichever process of pytest-xdist comes first fills it; the others wait. A failing `fill` leaves nothing, and
        raises in each test that needs the template.
        """
        asyncio.run(self.make_template(name, fill, base))
        return name

    async def make_template(self, name: str, fill: Fill, base: str) -> None:
        async with self.administration() as connection:
            await connection.execute("SELECT pg_advisory_lock(hashtext($1))", name)
            if await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", name):
                return
            unfinished = f"{name}_unfinished"
            await create(connection, unfinished, base)
            try:
                await run_fill(fill, self.addresses.database(unfinished))
            except BaseException:
                await drop(connection, unfinished)
                raise
            await connection.execute(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')

    @asynccontextmanager
    async def copy(self, template: str) -> AsyncIterator[str]:
        """The address of a fresh copy of the template, which is dropped at the end."""
        name = f"test_{uuid4().hex}"
        async with self.administration() as connection:
            await create(connection, name, template)
        try:
            yield self.addresses.database(name)
        finally:
            async with self.administration() as connection:
                await drop(connection, name)

    @asynccontextmanager
    async def administration(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.addresses.postgres, ssl=False)
        try:
            yield connection
        finally:
            await connection.close()


async def create(connection: asyncpg.Connection, name: str, template: str) -> None:
    await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')


async def drop(connection: asyncpg.Connection, name: str) -> None:
    await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


async def run_fill(fill: Fill, url: str) -> None:
    if inspect.iscoroutinefunction(fill):
        await fill(url)
    else:
        await asyncio.to_thread(fill, url)
