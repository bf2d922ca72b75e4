"""What a new installation has, without the time it takes: filled once in a run, copied for each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from media.artwork import Measured, measured
from runtime.request import Request
from runtime.resources import open_resources
from runtime.settings import Settings
from sandbox.artwork import size_of
from sandbox.seed_artwork import KINDS, draw_all
from server.seed.accounts import seed_accounts
from server.seed.avatars import seed_avatars
from server.seed.catalogue import seed_catalogue
from server.seed.clients import seed_clients
from server.seed.households import seed_households
from server.seed.plans import seed_plans
from server.seed.viewer import seed_viewer
from tests.cluster import Databases

BLURHASH = "LEHV6nWB2yk8pyo0adR*.7kCMdnj"
UNUSED_VALKEY = "redis://127.0.0.1:1"


@pytest.fixture(scope="session")
def seeded_template(databases: Databases, migrated: str) -> str:
    """The template's name: the starter catalogue, the accounts to sign in as, and the simulated households."""
    return databases.template("seeded", partial(fill, Path(databases.addresses.folder) / "seeded"), base=migrated)


@pytest.fixture
async def seeded(
    databases: Databases, seeded_template: str, valkey_url: str, tmp_path: Path
) -> AsyncIterator[Settings]:
    """Settings of a seeded installation of this test's own."""
    data = tmp_path / "data"
    shutil.copytree(Path(databases.addresses.folder) / "seeded", data)
    async with databases.copy(seeded_template) as url:
        yield Settings(
            data=data,
            database_url=url,
            redis_url=valkey_url,
            storage_url=(data / "storage").as_uri(),
            development=True,
        )


def fill(data: Path, url: str) -> None:
    """Seeds a migrated database, with its keys and objects below `data`."""
    asyncio.run(fill_all(Settings(data=data, database_url=url, redis_url=UNUSED_VALKEY)))


async def fill_all(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        request = Request(None, "US", ("en",), datetime.now(UTC), resources)
        await seed_plans(resources.database)
        await seed_catalogue(resources.database, request.now, silent)
        await seed_avatars(resources)
        await seed_accounts(request)
        await seed_clients(request)
        await draw_all(resources.database, resources.storage, silent, pool=blank, measure=measured)
        await seed_households(request, silent)
        await seed_viewer(request)


async def blank(
    draw: Callable[[Any], Any], subjects: Iterable[Any]
) -> AsyncIterator[tuple[Any, tuple[bytes, Measured]]]:
    """In place of 400 pictures, which take a minute to draw, grey ones: none of the tests looks at them."""
    pictures = {kind: grey(*size_of(kind)) for kind in KINDS}
    for subject in subjects:
        yield subject, pictures[subject.kind]


def grey(width: int, height: int) -> tuple[bytes, Measured]:
    buffer = BytesIO()
    Image.new("L", (width, height), 128).save(buffer, "JPEG")
    return buffer.getvalue(), Measured(width, height, BLURHASH)


def silent(label: str, done: float, total: float, note: str = "") -> None:
    """A report for nobody."""
