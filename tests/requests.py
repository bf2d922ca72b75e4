"""Real requests on the test database, as the server would make them for an operation."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from runtime.request import UNRESTRICTED_AGE, Request, Viewer
from runtime.resources import Resources, open_resources
from runtime.settings import Settings

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
"""The instant at which tests see the world, unless they say another."""


@pytest.fixture
async def resources(settings: Settings) -> AsyncIterator[Resources]:
    """What a process holds open, on this test's database. Import it into a folder's conftest.py to use it there."""
    async with open_resources(settings) as opened:
        yield opened


def make_request(
    resources: Resources,
    viewer: Viewer | None = None,
    country: str = "US",
    languages: tuple[str, ...] = ("en",),
    now: datetime = NOW,
) -> Request:
    """A request of its own on shared resources."""
    return Request(viewer=viewer, country=country, languages=languages, now=now, resources=resources)


def make_viewer(
    maximum_age: int = UNRESTRICTED_AGE,
    account_id: UUID | None = None,
    profile_id: UUID | None = None,
    profile_kind: str | None = None,
    scopes: frozenset[str] = frozenset(),
    session_id: UUID | None = None,
    now: datetime = NOW,
) -> Viewer:
    """What a token that expires ten minutes after `now` says of its bearer."""
    return Viewer(account_id, session_id, profile_id, profile_kind, maximum_age, scopes, now + timedelta(minutes=10))
