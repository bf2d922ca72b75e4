"""Fixtures that every test may use: databases, Valkey and settings that point at them."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import redis.asyncio
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from oauth import passwords
from runtime import cache
from runtime.settings import Settings
from server.embedded import EmbeddedValkey
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


@pytest.fixture(scope="session")
def valkey_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Valkey of this process of pytest-xdist: channels are heard in all databases of a server, and seeded profiles
    have the same ids in every test."""
    folder = tmp_path_factory.mktemp("valkey")
    valkey = EmbeddedValkey(folder / "valkey", folder / "valkey.log")
    yield asyncio.run(valkey.start())
    asyncio.run(valkey.stop())


@pytest.fixture
async def valkey_url(valkey_server: str) -> str:
    """An empty Valkey database."""
    url = f"{valkey_server}/0"
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
