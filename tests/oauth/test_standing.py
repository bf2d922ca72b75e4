"""Whether what tokens were issued for still stands: asked of the database for many at once."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import event

from models.columns import new_id
from models.identity import AccountStatus, ProfileKind
from models.published import PublishedAccount, PublishedProfile
from oauth.authenticate import Authenticator, Key, Standing
from runtime.resources import Resources
from tests.requests import resources  # noqa: F401  a fixture


@pytest.fixture
async def households(resources: Resources) -> list[Key]:  # noqa: F811  the fixture
    """Accounts of which each has another epoch, with a profile."""
    keys: list[Key] = []
    async with resources.database.write("identity") as db:
        for number in range(40):
            account, profile = new_id(), new_id()
            status = AccountStatus.SUSPENDED if number % 2 else AccountStatus.ACTIVE
            db.add(PublishedAccount(account_id=account, epoch=number, status=status, country="US"))
            row = PublishedProfile(profile_id=profile, account_id=account, name="Ada", kind=ProfileKind.TEEN)
            row.maximum_age, row.language, row.subtitle_mode = number % 18, "en", "OFF"
            row.audio_languages, row.subtitle_languages = [], []
            db.add(row)
            keys.append((account, None, profile))
    return keys


async def test_whoever_asks_at_the_same_time_shares_statements_and_gets_their_own_answer(
    resources: Resources,  # noqa: F811  the fixture
    households: list[Key],
) -> None:
    authenticator = Authenticator(resources, "identity")
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        statements.append(statement)

    event.listen(resources.database.engines["identity"].sync_engine, "before_cursor_execute", note)
    stranger = (new_id(), new_id(), households[0][2])
    found = await asyncio.gather(*map(authenticator.standing, [*households, stranger]))
    assert len(statements) <= 2
    for number, standing in enumerate(found[:-1]):
        assert (standing.epoch, standing.maximum_age, standing.session) == (number, number % 18, True)
        assert standing.status is (AccountStatus.SUSPENDED if number % 2 else AccountStatus.ACTIVE)
        assert standing.profile_kind is ProfileKind.TEEN
    assert nothing(found[-1]), "another account's profile, and a session that is gone"


def nothing(standing: Standing) -> bool:
    known = (standing.epoch, standing.status, standing.profile_kind, standing.maximum_age)
    return not standing.session and known == (None,) * 4
