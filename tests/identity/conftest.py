"""A served identity subgraph, and the avatars that every profile needs."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from models.identity import Avatar
from runtime.settings import Settings
from tests.identity.operations import sign_up
from tests.identity.profiles import entitle
from tests.served import Front, served


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    async with served(settings, "identity") as front:
        async with front.database.write("identity") as db:
            db.add_all([Avatar(object_key=f"artwork/avatars/{n}.webp", position=n) for n in range(3)])
        yield front


@pytest.fixture
async def ada(front: Front) -> dict[str, Any]:
    """A household whose plan allows five profiles; it has one, an adult's."""
    payload = await sign_up(front)
    await entitle(front, payload["viewer"]["account"], 5)
    return payload
