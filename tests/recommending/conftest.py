"""An installation with the simulated households and a model that was trained on them: made once in a run."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from recommendations.runs import train
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from tests.cluster import Databases
from tests.seeded import UNUSED_VALKEY, seeded_template

__all__ = ["seeded_template"]


@pytest.fixture(scope="session")
def trained_template(databases: Databases, seeded_template: str) -> str:
    """The template's name; beside its folder "seeded" lies "trained", with the artifact."""
    folder = Path(databases.addresses.folder)
    return databases.template("trained", partial(fill, folder / "seeded", folder / "trained"), base=seeded_template)


def fill(seeded: Path, data: Path, url: str) -> None:
    shutil.copytree(seeded, data)
    settings = Settings(data=data, database_url=url, redis_url=UNUSED_VALKEY, storage_url=(data / "storage").as_uri())
    asyncio.run(train_all(settings))


async def train_all(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        outcome = await train(resources, datetime.now(UTC), lambda *_: None)
    assert outcome is not None
    assert outcome.refusal is None, outcome


@pytest.fixture
async def trained(
    databases: Databases, trained_template: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Settings]:
    """Settings of an installation of this test's own."""
    data = tmp_path / "data"
    shutil.copytree(Path(databases.addresses.folder) / "trained", data)
    async with databases.copy(trained_template) as url:
        yield Settings(data=data, database_url=url, redis_url=valkey_url, storage_url=(data / "storage").as_uri())


@pytest.fixture
async def resources(trained: Settings) -> AsyncIterator[Resources]:
    async with open_resources(trained) as opened:
        yield opened
