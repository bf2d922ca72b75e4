"""Films imported by `marquee catalog import`: as drafts, published, once more; and exported.

MARQUEE_TEST_DATA names the folder of the test data, whose 36,273 films these are.
"""

import asyncio
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select, text

from benchmarks.stack import installation
from models.catalog import MediaAsset, MediaAssetStatus
from models.columns import new_id
from resolvers.catalog.tables import MEDIA_ASSET, PUBLISHED_TITLE
from runtime.database import Database
from runtime.settings import Settings

FILMS = "catalog/wikipedia-movies.jsonl.gz"
LINES = 36_273
SHOWN = ("--countries", "US,DE", "--from", "2026-01-01T00:00:00Z", "--rating", "US=PG-13", "--rating", "DE=12")
PLAYS_AT_ONCE = (
    """create function catalog.plays_at_once() returns trigger language plpgsql as $$
    begin new.asset_id = (select id from catalog.media_asset limit 1); return new; end $$""",
    """create trigger plays_at_once before insert on catalog.playable
    for each row execute function catalog.plays_at_once()""",
)
"""Every film has media as soon as it is there, for nothing is published that can't be played."""


async def measure() -> None:
    folder = os.environ.get("MARQUEE_TEST_DATA")
    if folder is None:
        print("MARQUEE_TEST_DATA does not name the folder of the test data: nothing is measured.")
        return
    films = str(Path(folder) / FILMS)
    async with installation() as settings:
        await timed(settings, "imported as drafts", "import", films)
        await timed(settings, "imported again, nothing changes", "import", films)
        await timed(settings, "exported as JSON Lines", "export", str(settings.data / "films.jsonl"))
        await timed(settings, "exported as CSV", "export", str(settings.data / "films.csv"))
    async with installation() as settings:
        await give_media(settings)
        await timed(settings, "imported and published", "import", films, "--publish", *SHOWN)
        await say_published(settings)
        await timed(settings, "imported again, nothing changes", "import", films, "--publish", *SHOWN)


async def timed(settings: Settings, what: str, *arguments: str) -> None:
    """Runs the command in a process of its own, as an operator does."""
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MARQUEE_DATA": str(settings.data),
    }
    command = [sys.executable, "-m", "server.main", "catalog", *arguments]
    log = settings.data / "command.log"
    began = time.perf_counter()
    status, usage = await asyncio.to_thread(run, command, environment, log)
    seconds = time.perf_counter() - began
    if status:
        raise RuntimeError(log.read_text()[-2000:])
    own = usage.ru_utime + usage.ru_stime
    print(
        f"{what:<34}{seconds:7.1f} s {LINES / seconds:8,.0f} rows/s"
        f"{own:7.1f} s of it computing {usage.ru_maxrss / 1024:6.0f} MiB at most"
    )


def run(command: list[str], environment: dict[str, str], log: Path) -> tuple[int, resource.struct_rusage]:
    """The command's exit code, and what it took."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # or it would wait again
    return process.returncode, usage


async def give_media(settings: Settings) -> None:
    asset = MediaAsset(target_id=new_id(), filename="a.mp4", source_key="a", created_at=datetime.now(UTC))
    asset.status, asset.prefix, asset.duration_ms = MediaAssetStatus.READY, "media/a", 600_000
    database = Database.connect(settings, ("catalog",))
    async with database.write("catalog") as db:
        await db.execute(insert(MEDIA_ASSET), [asset.model_dump()])
        for statement in PLAYS_AT_ONCE:
            await db.execute(text(statement))
    await database.close()


async def say_published(settings: Settings) -> None:
    """Says how many viewers see."""
    database = Database.connect(settings, ("catalog",))
    async with database.read("catalog") as db:
        count = (await db.execute(select(func.count()).select_from(PUBLISHED_TITLE))).scalar_one()
    await database.close()
    print(f"{count:,} titles are published")
