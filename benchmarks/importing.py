"""The films of the test data imported, published, imported again and exported."""

import os
import resource
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert, update

from benchmarks.stack import installation
from models.catalog import MediaAsset, MediaAssetStatus
from models.columns import new_id
from resolvers.catalog.tables import MEDIA_ASSET, PLAYABLE
from runtime.database import Database
from server.commands.catalog import Options, defaults_of
from server.exchange.exporting import export_file
from server.exchange.importing import Tally, Wishes, import_file, said

FILMS = "catalog/wikipedia-movies.jsonl.gz"
SHOWN = Options(countries="US", opens=datetime(2020, 1, 1, tzinfo=UTC), ratings=("US=PG-13",))


def films() -> Path | None:
    """The test data's films, where MARQUEE_TEST_DATA names its folder."""
    folder = os.environ.get("MARQUEE_TEST_DATA")
    return Path(folder) / FILMS if folder else None


async def measure() -> None:
    path = films()
    if path is None:
        print("MARQUEE_TEST_DATA does not name the test data: left out")
        return
    async with installation() as settings:
        database = Database.connect(settings, ("catalog",))
        await timed("imported as drafts", lambda: imported(database, path, publish=False))
        await give_media(database)
        await timed("imported again, and published", lambda: imported(database, path, publish=True))
        await timed("imported once more, which changes nothing", lambda: imported(database, path, publish=True))
        await timed("exported", lambda: exported(database, settings.data / "films.jsonl"))
        await database.close()
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


async def imported(database: Database, path: Path, publish: bool) -> str:
    """Imports the films; what came of it."""
    wishes = Wishes(defaults_of(SHOWN), publish)
    tally: Tally = await import_file(database, path, wishes, lambda number, error: None, lambda line: None)
    return said(tally)


async def exported(database: Database, path: Path) -> str:
    return f"{await export_file(database, path, lambda done, total: None):,} titles"


async def give_media(database: Database) -> None:
    """One video for all of them, for nothing is published that can't be played."""
    asset = MediaAsset(target_id=new_id(), filename="a.mp4", source_key="a", created_at=datetime.now(UTC))
    asset.status, asset.prefix, asset.duration_ms = MediaAssetStatus.READY, "media/a", 600_000
    async with database.write("catalog") as db:
        await db.execute(insert(MEDIA_ASSET), [asset.model_dump()])
        await db.execute(update(PLAYABLE).values(asset_id=asset.id))


async def timed(what: str, task: Callable[[], Awaitable[str]]) -> None:
    began = time.perf_counter()
    result = await task()
    print(f"{what}: {time.perf_counter() - began:.1f} s ({result})")
