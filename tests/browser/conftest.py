"""A seeded platform that a browser can open, and a film that really plays."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from runtime.settings import Settings
from server.commands.ingest import ingest_file
from server.seed import ACCOUNTS
from tests.browser.drive import required, test_data
from tests.cluster import Databases
from tests.seeded import seeded, seeded_template
from tests.served import Front, served

__all__ = ["seeded", "seeded_template"]

SLUG = "the-kid"
VIEWER = {"email": ACCOUNTS[0][1], "password": ACCOUNTS[0][2], "profile": "Robin"}
SHARED = f"""update catalog.published_playable p set prefix = f.prefix, duration_ms = f.duration_ms,
 max_height = f.max_height, audio_languages = f.audio_languages, subtitle_languages = f.subtitle_languages
 from catalog.published_playable f join catalog.title t on t.id = f.playable_id where t.slug = '{SLUG}'"""
"""Lets every title play the film, as those of a new installation share a few."""
PAGES = Path(__file__).parent.parent.parent / "web" / "dist"


@pytest.fixture(scope="session")
def with_film(databases: Databases, seeded_template: str) -> str:
    """A template in which SLUG plays thirty seconds of Big Buck Bunny, ingested as the command line would."""
    # A copy: other processes copy the seeded one meanwhile, and an ingest comes and goes with files.
    data = Path(databases.addresses.folder) / "with_film"
    film = test_data("video/big-buck-bunny-480p-30s.mp4")

    async def ingest(url: str) -> None:
        shutil.copytree(data.with_name("seeded"), data)
        await ingest_file(Settings(data=data, database_url=url, redis_url="redis://127.0.0.1:1"), film, SLUG)
        connection = await asyncpg.connect(url)
        await connection.execute(SHARED)
        await connection.close()

    return databases.template("with_film", ingest, base=seeded_template)


@pytest.fixture
async def cinema(databases: Databases, with_film: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Front]:
    """A platform on which SLUG plays."""
    if not PAGES.exists():
        required(str(PAGES))
    data = tmp_path / "data"
    shutil.copytree(Path(databases.addresses.folder) / "with_film", data)
    async with databases.copy(with_film) as url:
        settings = Settings(data=data, database_url=url, redis_url=valkey_url, development=True)
        async with served(settings) as front:
            yield front
