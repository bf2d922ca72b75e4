"""Fixtures of the tests of editing."""

from collections.abc import AsyncIterator

import pytest

from models.identity import AccountStatus
from models.published import PublishedAccount
from runtime.settings import Settings
from tests.catalog.conftest import shelf  # noqa: F401  a fixture
from tests.editing.operations import EDITOR
from tests.requests import resources  # noqa: F401  a fixture
from tests.seeded import seeded, seeded_template  # noqa: F401  fixtures
from tests.served import Front, served


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    """The one graph, served over HTTP, and an editor's account."""
    async with served(settings) as opened:
        account = PublishedAccount(account_id=EDITOR, epoch=1, status=AccountStatus.ACTIVE, country="US")
        async with opened.database.write("identity") as db:
            db.add(account)
        yield opened
