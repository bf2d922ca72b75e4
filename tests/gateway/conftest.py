"""The one graph over a seeded installation."""

from collections.abc import AsyncIterator

import pytest

from runtime.settings import Settings
from tests.seeded import seeded, seeded_template
from tests.served import Front, served

__all__ = ["seeded", "seeded_template"]


@pytest.fixture
async def platform(seeded: Settings) -> AsyncIterator[Front]:
    async with served(seeded) as front:
        yield front
