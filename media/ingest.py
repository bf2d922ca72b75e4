"""From a mezzanine file to an asset that plays: probe, transcode, package, publish.

Each step works in a folder of its own that takes its name only when the step is done, so that a killed ingest goes on
after its last whole step. Files in storage lie below a prefix that no row names until the end.
"""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from media.errors import MediaError, Superseded
from media.package import files_in, package, renditions
from media.plan import Plan, plan
from media.probe import probe
from media.publish import new_prefix, publish, remove_others
from media.record import Claim, OnReady, Progress, claim, fail, finish, hand_back
from media.source import fetch_source, sidecars_beside
from media.transcode import transcode
from models.catalog import IngestStage
from runtime.storage import Storage

DATABASE_LOST = (DBAPIError, ConnectionError, asyncpg.PostgresConnectionError)


async def ingest(
    engine: AsyncEngine, storage: Storage, work_folder: Path, asset_id: UUID, on_ready: OnReady | None = None
) -> None:
    """Makes the asset READY, or FAILED with the reason in its row; goes on where an earlier attempt was killed.

    `engine` is the catalog's. `on_ready` runs inside the transaction that makes the asset READY. Does nothing for an
    asset that is finished or failed. Raises whatever went wrong, MediaError if it is the file's fault; a lost database
    (DATABASE_LOST) fails nothing, so call again. Cancelled, it stops its programs and puts the asset back in the queue.
    """
    claimed = await claim(engine, asset_id)
    if claimed is None:
        return
    folder = work_folder / str(asset_id)
    try:
        previous = await make(engine, storage, folder, claimed, on_ready)
    except (Superseded, *DATABASE_LOST):
        raise
    except asyncio.CancelledError:
        with suppress(Superseded):
            await hand_back(engine, claimed)
        raise
    except Exception as error:
        await fail(engine, claimed, reason_for(error))
        raise
    await asyncio.to_thread(shutil.rmtree, folder)
    await remove_others(storage, asset_id, previous, claimed.previous_prefix)


async def make(engine: AsyncEngine, storage: Storage, folder: Path, claimed: Claim, on_ready: OnReady | None) -> str:
    """All stages; the prefix at which the asset lies now."""
    progress = Progress(engine, claimed)
    await progress.of(IngestStage.PROBE)(0.0)
    source = await fetched(storage, folder, claimed)
    tracks = plan(await probe(source), sidecars_beside(source), claimed.spoken)
    encoded = await encode(source, tracks, folder, claimed, progress)
    packaged = await pack(tracks, encoded, folder, claimed, progress)
    prefix = new_prefix(claimed.asset_id)
    report = progress.of(IngestStage.PUBLISH)
    await report(0.0)
    await publish(storage, packaged, files_in(packaged), prefix, report)
    await finish(engine, claimed, prefix, tracks.probe.duration_ms, renditions(tracks, packaged), on_ready)
    return prefix


async def fetched(storage: Storage, folder: Path, claimed: Claim) -> Path:
    async def fetch(unfinished: Path) -> None:
        await fetch_source(storage, claimed.source_key, unfinished)

    done = await once(folder / "source", claimed.attempt, fetch)
    return done / claimed.source_key.rpartition("/")[2]


async def encode(source: Path, tracks: Plan, folder: Path, claimed: Claim, progress: Progress) -> Path:
    report = progress.of(IngestStage.TRANSCODE)
    await report(0.0)
    return await once(folder / "encoded", claimed.attempt, lambda to: transcode(source, tracks, to, report))


async def pack(tracks: Plan, encoded: Path, folder: Path, claimed: Claim, progress: Progress) -> Path:
    await progress.of(IngestStage.PACKAGE)(0.0)
    return await once(folder / "packaged", claimed.attempt, lambda to: package(tracks, encoded, to))


async def once(done: Path, attempt: int, step: Callable[[Path], Awaitable[object]]) -> Path:
    """The folder `done`, which `step` fills unless it is there: it is renamed to that only when the step is through."""
    unfinished = done.with_name(f"{done.name}.{attempt}")
    if not await asyncio.to_thread(done.exists):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        await step(unfinished)
        unfinished.rename(done)
    return done


def reason_for(error: Exception) -> str:
    return str(error) if isinstance(error, MediaError) else f"{type(error).__name__}: {error}"
