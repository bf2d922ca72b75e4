"""Fixtures of the viewing tests."""

from collections.abc import AsyncIterator

import pytest

from runtime.resources import Resources
from tests.requests import resources  # noqa: F401  a fixture
from tests.viewing.world import World


@pytest.fixture
async def world(resources: Resources) -> AsyncIterator[World]:  # noqa: F811  the fixture
    """A household that may stream twice at a time, with one profile, and no titles yet."""
    made = World(resources)
    await made.begin()
    yield made
    await resources.hub.close()  # sends what the test posted
