"""An ingest's own row: claiming it, telling how far it is, and how it ended."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from time import monotonic
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from media.errors import MediaError, Superseded
from media.languages import UNDETERMINED
from media.package import Packaged
from models.catalog import IngestStage, MediaAsset, MediaAssetStatus, Playable, Rendition, Title
from models.columns import new_id

MOST_ATTEMPTS = 3
QUIET_SECONDS = 0.5
SHARES = {
    IngestStage.PROBE: (0.0, 0.02),
    IngestStage.TRANSCODE: (0.02, 0.9),
    IngestStage.PACKAGE: (0.9, 0.94),
    IngestStage.PUBLISH: (0.94, 1.0),
}
OPEN = (MediaAssetStatus.QUEUED, MediaAssetStatus.PROCESSING)
CLAIMED = (
    col(MediaAsset.status),
    col(MediaAsset.attempts),
    col(MediaAsset.filename),
    col(MediaAsset.source_key),
    col(MediaAsset.prefix),
    col(MediaAsset.target_id),
)

OnReady = Callable[[AsyncConnection, UUID], Awaitable[None]]


@dataclass(frozen=True)
class Claim:
    """An asset whose ingest is ours as long as its row has this `attempt`; `spoken` is the title's language."""

    asset_id: UUID
    attempt: int
    source_key: str
    previous_prefix: str | None
    spoken: str


async def claim(engine: AsyncEngine, asset_id: UUID) -> Claim | None:
    """Takes the asset over; None if it is finished or failed, so that a job that comes twice does no harm.

    Raises MediaError if there is no such asset, or if it was started too often: then the row says FAILED.
    """
    async with engine.begin() as connection:
        asset = select(*CLAIMED).where(col(MediaAsset.id) == asset_id).with_for_update()
        row = (await connection.execute(asset)).one_or_none()
        if row is None:
            raise MediaError(f"There is no media asset {asset_id}.")
        if row.status not in OPEN:
            return None
        attempt = row.attempts + 1
        if attempt <= MOST_ATTEMPTS:
            await change(connection, asset_id, attempts=attempt, status=MediaAssetStatus.PROCESSING, error=None)
            language = await spoken_language(connection, row.target_id)
            return Claim(asset_id, attempt, row.source_key, row.prefix, language)
        reason = f"{row.filename}: its ingest was started {MOST_ATTEMPTS} times and never finished."
        await change(connection, asset_id, status=MediaAssetStatus.FAILED, error=reason)
    raise MediaError(reason)


async def requeue(connection: AsyncConnection, asset_id: UUID) -> None:
    """Opens an asset for ingest once more, with all its attempts; whoever calls it enqueues the job."""
    await change(connection, asset_id, status=MediaAssetStatus.QUEUED, attempts=0, progress=0.0, stage=None, error=None)


class Progress:
    """Writes an ingest's progress into its row, twice a second at most."""

    def __init__(self, engine: AsyncEngine, claim: Claim) -> None:
        self.engine = engine
        self.claim = claim
        self.stage: IngestStage | None = None
        self.last = 0.0

    def of(self, stage: IngestStage) -> Callable[[float], Awaitable[None]]:
        """What a stage calls with its own progress from 0 to 1. It raises Superseded if another worker took over."""

        async def report(share: float) -> None:
            if stage is self.stage and monotonic() - self.last < QUIET_SECONDS:
                return
            start, end = SHARES[stage]
            async with self.engine.begin() as connection:
                await change_own(connection, self.claim, stage=stage, progress=start + (end - start) * share)
            self.stage, self.last = stage, monotonic()

        return report


async def finish(
    engine: AsyncEngine,
    claim: Claim,
    prefix: str,
    duration_ms: int,
    renditions: Sequence[Packaged],
    on_ready: OnReady | None,
) -> None:
    """The asset becomes READY with its prefix and its renditions, in one transaction with `on_ready`."""
    async with engine.begin() as connection:
        made = {"prefix": prefix, "duration_ms": duration_ms, "progress": 1.0, "stage": None, "error": None}
        await change_own(connection, claim, status=MediaAssetStatus.READY, **made)
        await connection.execute(delete(Rendition).where(col(Rendition.asset_id) == claim.asset_id))
        rows = [{"id": new_id(), "asset_id": claim.asset_id, **asdict(rendition)} for rendition in renditions]
        await connection.execute(insert(Rendition), rows)
        if on_ready is not None:
            await on_ready(connection, claim.asset_id)


async def fail(engine: AsyncEngine, claim: Claim, reason: str) -> None:
    async with engine.begin() as connection:
        await change_own(connection, claim, status=MediaAssetStatus.FAILED, error=reason)


async def hand_back(engine: AsyncEngine, claim: Claim) -> None:
    """An ingest that was told to stop did not fail: the attempt doesn't count."""
    async with engine.begin() as connection:
        await change_own(connection, claim, status=MediaAssetStatus.QUEUED, attempts=claim.attempt - 1)


async def change(connection: AsyncConnection, asset_id: UUID, **values: object) -> None:
    await connection.execute(update(MediaAsset).where(col(MediaAsset.id) == asset_id).values(**values))


async def change_own(connection: AsyncConnection, claim: Claim, **values: object) -> None:
    """Changes the row only while this attempt is the latest; raises Superseded otherwise."""
    ours = (col(MediaAsset.id) == claim.asset_id, col(MediaAsset.attempts) == claim.attempt)
    statement = update(MediaAsset).where(*ours, col(MediaAsset.status) == MediaAssetStatus.PROCESSING)
    if (await connection.execute(statement.values(**values))).rowcount != 1:
        raise Superseded(f"The ingest of {claim.asset_id} was taken over after attempt {claim.attempt}.")


async def spoken_language(connection: AsyncConnection, playable_id: UUID) -> str:
    """The original language of the playable's title, for sound tracks whose language the file doesn't tell."""
    title = select(col(Title.original_language)).join(Playable, col(Playable.title_id) == col(Title.id))
    found = await connection.scalar(title.where(col(Playable.id) == playable_id))
    return str(found) if found else UNDETERMINED
