"""Shows how far the encoding of films is."""

import asyncio
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from models.catalog import MediaAsset, MediaAssetStatus
from runtime.database import Database
from runtime.settings import Settings
from server.run.screen import Screen

LOOK_EVERY = 1.0
AT_WORK = (MediaAssetStatus.QUEUED, MediaAssetStatus.PROCESSING)
SEEN = (*AT_WORK, MediaAssetStatus.READY, MediaAssetStatus.FAILED)


@dataclass(frozen=True)
class Encoding:
    """All assets: how many are ready, how far all are together (0 to 1 each), and what failed and why."""

    total: int
    ready: int
    progress: float
    failures: tuple[str, ...]

    @property
    def finished(self) -> bool:
        return self.ready + len(self.failures) == self.total


async def show_ingest(settings: Settings, screen: Screen) -> None:
    """Shows the progress of encoding until nothing is left to do; says nothing if nothing was."""
    database = Database.connect(settings, ("catalog",))
    try:
        state = await encoding(database)
        if state.finished:
            return
        with screen.steps() as report:
            while not state.finished:
                report("Encoding films", state.progress, state.total, f"{state.ready} of {state.total} ready")
                await asyncio.sleep(LOOK_EVERY)
                state = await encoding_or(database, state)
            report("Encoding films", state.total, state.total, f"{state.ready} of {state.total} ready")
        for failure in state.failures:
            screen.say(f"Not encoded: {failure}")
    finally:
        await database.close()


async def encoding_or(database: Database, last: Encoding) -> Encoding:
    """The state now, or the last one while the database restarts; whoever restarts it says so."""
    try:
        return await encoding(database)
    except (OSError, DBAPIError):
        return last


async def encoding(database: Database) -> Encoding:
    columns = select(
        col(MediaAsset.status), col(MediaAsset.progress), col(MediaAsset.filename), col(MediaAsset.error)
    ).where(col(MediaAsset.status).in_(SEEN))
    async with database.read("catalog") as connection:
        rows = (await connection.execute(columns)).all()
    ready = sum(row.status is MediaAssetStatus.READY for row in rows)
    partly = sum(row.progress for row in rows if row.status in AT_WORK)
    failures = tuple(f"{row.filename}: {row.error}" for row in rows if row.status is MediaAssetStatus.FAILED)
    return Encoding(len(rows), ready, ready + len(failures) + partly, failures)
