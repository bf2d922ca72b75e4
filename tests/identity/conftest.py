"""A served identity subgraph, and the avatars that every profile needs."""

from collections.abc import AsyncIterator

import pytest

from models.identity import Avatar
from runtime.settings import Settings
from tests.served import Front, served


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings, "identity") as front:
        async with front.database.write("identity") as db:
            db.add_all([Avatar(object_key=f"artwork/avatars/{n}.webp", position=n) for n in range(3)])
        yield front
