"""A seeded platform whose films play, and a connection that sees what its servers have stored."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from runtime.settings import Settings
from tests.browser.test_push import READY
from tests.failures.servers import PUBLIC_URL
from tests.seeded import seeded, seeded_template

__all__ = ["seeded", "seeded_template"]


@pytest.fixture
async def database(seeded: Settings) -> AsyncIterator[asyncpg.Connection]:
    """Sees what the servers of `platform` have committed, and changes it where a test must."""
    connection = await asyncpg.connect(seeded.database_url, ssl=False)
    yield connection
    await connection.close()


@pytest.fixture
async def platform(seeded: Settings, database: asyncpg.Connection) -> Settings:
    """Settings of servers that viewers reach at one address."""
    await database.execute(READY)
    return seeded.model_copy(update={"public_url": PUBLIC_URL, "development": False})
