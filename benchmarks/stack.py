"""A platform of its own for a measurement: Postgres, Valkey and the starter catalogue, thrown away afterwards."""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from runtime.settings import Settings
from server.embedded import EmbeddedPostgres, EmbeddedValkey
from server.embedded.ports import free_port
from server.migrate import migrate
from server.seed import seed

PUBLIC_URL = "http://marquee.example"
"""One address for all contenders: it is the tokens' issuer, and stands in every picture's address."""


@asynccontextmanager
async def platform() -> AsyncIterator[Settings]:
    """Settings of a seeded installation; it is gone afterwards."""
    async with installation() as settings:
        await seed(settings, lambda label, done, total, note="": None)
        yield settings


@asynccontextmanager
async def installation() -> AsyncIterator[Settings]:
    """Settings of an installation with nothing in its tables; it is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="marquee-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # the embedded Postgres of root runs as nobody
        postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log", database="marquee")
        valkey = EmbeddedValkey(folder / "valkey", folder / "valkey.log")
        try:
            settings = Settings(
                data=folder,
                database_url=await postgres.start(),
                redis_url=await valkey.start(),
                public_url=PUBLIC_URL,
            )
            await asyncio.to_thread(migrate, settings)
            yield settings
        finally:
            await valkey.stop()
            await postgres.stop()


@dataclass(frozen=True)
class Contender:
    """A server process under measurement."""

    name: str
    port: int
    process: psutil.Process

    def cpu_seconds(self) -> float:
        """User and system time that the process has taken until now."""
        times = self.process.cpu_times()
        return float(times.user + times.system)


@asynccontextmanager
async def running(name: str, module: str, settings: Settings) -> AsyncIterator[Contender]:
    """`python -m module` on a free port, once it answers /health/live."""
    port = free_port()
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MARQUEE_DATA": str(settings.data),
        "MARQUEE_PORT": str(port),
        "MARQUEE_PUBLIC_URL": PUBLIC_URL,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", *module.split()), env=environment, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        await until_open(port, process)
        yield Contender(name, port, psutil.Process(process.pid))
    finally:
        process.terminate()
        await process.wait()


async def until_open(port: int, process: asyncio.subprocess.Process) -> None:
    while process.returncode is None:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            await asyncio.sleep(0.1)
        else:
            writer.close()
            return
    raise RuntimeError(f"A server under measurement ended with code {process.returncode}.")
