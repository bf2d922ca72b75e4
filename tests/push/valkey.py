"""A Valkey of a test's own: a channel is heard in each of a server's databases, which tests at the same time share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.embedded import EmbeddedValkey


@pytest.fixture
async def valkey_url(tmp_path: Path) -> AsyncIterator[str]:
    """Seeded profiles have the same ids in every test, so that others' changes would be told here as well."""
    valkey = EmbeddedValkey(tmp_path / "valkey", tmp_path / "valkey.log")
    try:
        yield await valkey.start()
    finally:
        await valkey.stop()
