"""The whole graph served, with what households need, and two households in it."""

from collections.abc import AsyncIterator

import pytest

from models.identity import Avatar
from runtime.settings import Settings
from tests.privacy.households import Home, move_in
from tests.served import Front, served


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings) as front:
        async with front.database.write("identity") as db:
            db.add_all([Avatar(object_key=f"artwork/avatars/{n}.webp", position=n) for n in range(3)])
        yield front


@pytest.fixture
async def home(front: Front) -> Home:
    """A household that everything is known of."""
    return await move_in(front, "ada@example.org", "Ada Lovelace")


@pytest.fixture
async def neighbours(front: Front) -> Home:
    """Another such household, to be left alone."""
    return await move_in(front, "grace@example.net", "Grace Hopper")
