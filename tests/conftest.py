"""Fixtures that every test may use: databases, Valkey and settings that point at them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import redis.asyncio
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from oauth import passwords
from runtime import cache
from runtime.settings import Settings
from tests.cluster import Addresses, Cluster, Databases

cache.TIMEOUT = 2.0  # a test machine may stall for longer than a server should wait for Valkey
THOROUGH = passwords.HASHER
passwords.HASHER = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024, parallelism=1),))  # a thousand a run

CLUSTER = pytest.StashKey[Cluster]()
ADDRESSES = pytest.StashKey[Addresses]()


def addresses_of(config: pytest.Config) -> Addresses:
    """The cluster's addresses: handed over by pytest-xdist's controller, else started on first use."""
    handed_over = getattr(config, "workerinput", None)
    if handed_over is not None:
        return Addresses(**handed_over["cluster"])
    if ADDRESSES not in config.stash:
        config.stash[CLUSTER] = Cluster()
        config.stash[ADDRESSES] = config.stash[CLUSTER].start()
    return config.stash[ADDRESSES]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Called by pytest-xdist's controller before it starts a worker process."""
    node.workerinput["cluster"] = addresses_of(node.config).as_dict()  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    if CLUSTER in config.stash:
        config.stash[CLUSTER].stop()


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest) -> Databases:
    """Makes template databases (`template`) and copies of them (`copy`)."""
    return Databases(addresses_of(request.config))


@pytest.fixture(scope="session")
def postgres_url(databases: Databases) -> str:
    """The server itself, at its administrative database."""
    return databases.addresses.postgres


@pytest.fixture(scope="session")
def migrated(databases: Databases) -> str:
    """The name of the template database with all migrations applied."""
    return databases.template("migrated", migrate)


def migrate(url: str) -> None:
    from server.migrate import migrate

    migrate(Settings(database_url=url))


@pytest.fixture
async def database_url(databases: Databases, migrated: str) -> AsyncIterator[str]:
    """A migrated database for this test alone."""
    async with databases.copy(migrated) as url:
        yield url


@pytest.fixture
async def valkey_url(databases: Databases, request: pytest.FixtureRequest) -> str:
    """An empty Valkey database; each process of pytest-xdist has a number of its own."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "gw0")
    number = int(worker.removeprefix("gw"))
    url = f"{databases.addresses.valkey}/{number}"
    client = redis.asyncio.Redis.from_url(url)
    await client.flushdb()
    await client.aclose()
    return url


@pytest.fixture
def settings(database_url: str, valkey_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation in development that lives as long as this test."""
    return Settings(
        data=tmp_path,
        database_url=database_url,
        redis_url=valkey_url,
        storage_url=(tmp_path / "storage").as_uri(),
        development=True,
    )
