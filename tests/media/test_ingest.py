"""Ingest against real Postgres, ffmpeg and packager: to the end, through kills, and through failures."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import psutil
import pytest
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlmodel import col

from media import ingest as steps
from media.errors import MediaError, Superseded
from media.ingest import ingest
from media.package import files_in
from media.record import requeue
from media.source import store_source
from models.catalog import (
    IngestStage,
    MediaAsset,
    MediaAssetStatus,
    Playable,
    PlayableKind,
    Rendition,
    Title,
    TitleKind,
)
from models.columns import new_id
from runtime.database import engine_for, role_of
from runtime.storage import Storage
from tests.media.conftest import Encode

ROOT = Path(__file__).parents[2]
NOW = datetime(2030, 1, 1, tzinfo=UTC)


class Killed(BaseException):
    """Stands for kill -9: nothing that ingest does may run after it."""


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    made = engine_for(database_url, role_of("catalog"), 5)
    yield made
    await made.dispose()


@pytest.fixture
def work(tmp_path: Path) -> Path:
    return tmp_path / "work"


async def new_asset(engine: AsyncEngine, storage: Storage, film: Path, **changed: object) -> UUID:
    """An asset of a Spanish film, its source stored."""
    asset, film_id = new_id(), new_id()
    title = {"id": film_id, "kind": TitleKind.MOVIE, "slug": str(film_id), "original_language": "es", "added_at": NOW}
    async with engine.begin() as connection:
        await connection.execute(insert(Title).values(title))
        await connection.execute(insert(Playable).values(id=film_id, kind=PlayableKind.MOVIE, title_id=film_id))
        row = {"id": asset, "target_id": film_id, "filename": film.name, "created_at": NOW} | changed
        await connection.execute(insert(MediaAsset).values(source_key=await store_source(storage, asset, film), **row))
    return asset


async def row_of(engine: AsyncEngine, asset: UUID) -> Row[tuple[object, ...]]:
    async with engine.connect() as connection:
        table = MediaAsset.__table__  # type: ignore[attr-defined]
        return (await connection.execute(select(table).where(table.c.id == asset))).one()


async def tracks_of(engine: AsyncEngine, asset: UUID) -> list[tuple[str, int | None, str | None]]:
    columns = select(col(Rendition.kind), col(Rendition.height), col(Rendition.language), col(Rendition.bitrate))
    async with engine.connect() as connection:
        found = await connection.execute(columns.where(col(Rendition.asset_id) == asset))
        return [(row.kind.name, row.height, row.language) for row in found]


ALL = [
    ("VIDEO", 360, None),
    ("VIDEO", 240, None),
    ("VIDEO", 144, None),
    ("AUDIO", None, "en"),
    ("AUDIO", None, "de"),
    ("SUBTITLE", None, "de"),
    ("SUBTITLE", None, "en"),
]


async def assert_whole(engine: AsyncEngine, storage: Storage, asset: UUID) -> None:
    """READY, with all tracks once, and just one set of files in storage, which the row names."""
    row = await row_of(engine, asset)
    assert (row.status, row.progress, row.stage, row.error) == (MediaAssetStatus.READY, 1.0, None, None)
    assert row.duration_ms == pytest.approx(9000, abs=50)
    assert sorted(map(str, await tracks_of(engine, asset))) == sorted(map(str, ALL))
    keys = await storage.keys(f"media/{asset}")
    assert {key.rsplit("/", 1)[0].split("/v")[0] for key in keys if "/v" in key} == {row.prefix}
    assert {f"{row.prefix}/{name}" for name in ("master.m3u8", "manifest.mpd", "v360/00003.m4s")} <= set(keys)


async def test_a_film_becomes_ready(engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path) -> None:
    asset = await new_asset(engine, storage, tiny_film)
    told: list[tuple[UUID, MediaAssetStatus | None]] = []

    async def on_ready(connection: AsyncConnection, ready: UUID) -> None:
        status = await connection.scalar(select(col(MediaAsset.status)).where(col(MediaAsset.id) == ready))
        told.append((ready, status))

    await ingest(engine, storage, work, asset, on_ready)
    await assert_whole(engine, storage, asset)
    assert told == [(asset, MediaAssetStatus.READY)]
    assert files_in(work) == []


async def test_the_row_tells_how_far_it_is(engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path) -> None:
    asset = await new_asset(engine, storage, tiny_film)
    running = asyncio.create_task(ingest(engine, storage, work, asset))
    seen: list[tuple[IngestStage | None, float]] = []
    while not running.done():
        row = await row_of(engine, asset)
        seen.append((row.stage, row.progress))
        await asyncio.sleep(0.02)
    await running
    assert IngestStage.TRANSCODE in {stage for stage, _ in seen}
    assert len({progress for _, progress in seen}) >= 3
    assert [progress for _, progress in seen] == sorted(progress for _, progress in seen)


async def test_sound_of_unknown_language_takes_the_titles(
    engine: AsyncEngine, storage: Storage, work: Path, encode: Encode
) -> None:
    sources = ("-f", "lavfi", "-i", "testsrc2=s=320x240:r=24:d=1", "-f", "lavfi", "-i", "sine=duration=1")
    asset = await new_asset(engine, storage, encode("unknown.mp4", *sources))
    await ingest(engine, storage, work, asset)
    assert [track for track in await tracks_of(engine, asset) if track[0] == "AUDIO"] == [("AUDIO", None, "es")]


async def test_a_finished_asset_is_left_alone(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path
) -> None:
    asset = await new_asset(engine, storage, tiny_film, status=MediaAssetStatus.READY, attempts=1)
    await ingest(engine, storage, work, asset)
    assert (await row_of(engine, asset)).attempts == 1
    assert await storage.keys(f"media/{asset}") == []


@pytest.mark.parametrize("step", ["package", "publish", "finish"])
async def test_killed_in_a_step_it_goes_on_after_the_last_whole_one(
    step: str, engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await new_asset(engine, storage, tiny_film)

    async def killed(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(steps, step, killed)
        with pytest.raises(Killed):
            await ingest(engine, storage, work, asset)
    assert (await row_of(engine, asset)).status is MediaAssetStatus.PROCESSING
    assert (await row_of(engine, asset)).prefix is None

    async def again(*_: object) -> None:
        raise AssertionError("what was encoded before is encoded again")

    monkeypatch.setattr(steps, "transcode", again)
    await ingest(engine, storage, work, asset)
    await assert_whole(engine, storage, asset)
    assert (await row_of(engine, asset)).attempts == 2


INGEST = """
import asyncio, sys
from pathlib import Path
from uuid import UUID
from media.ingest import ingest
from runtime.database import engine_for, role_of
from runtime.storage import open_storage

database, storage, work, asset = sys.argv[1:]
engine = engine_for(database, role_of("catalog"), 2)
asyncio.run(ingest(engine, open_storage(storage), Path(work), UUID(asset)))
"""


def ingest_aside(database_url: str, tmp_path: Path, work: Path, asset: UUID) -> psutil.Popen:
    """Ingest in a process of its own, as a worker does it."""
    objects = (tmp_path / "objects").as_uri()
    return psutil.Popen([sys.executable, "-c", INGEST, database_url, objects, str(work), str(asset)], cwd=ROOT)


async def encoders_at_work(engine: AsyncEngine, asset: UUID, worker: psutil.Popen) -> list[psutil.Process]:
    """The worker's ffmpeg, once it is well under way."""
    assert worker.poll() is None, "it ended before it could be killed"
    if (await row_of(engine, asset)).progress < 0.03:
        return []
    return [child for child in worker.children(recursive=True) if "ffmpeg" in child.name()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux kills children with their parent")
async def test_kill_9_while_encoding_ends_ffmpeg_too_and_the_next_start_makes_one_whole_asset(
    engine: AsyncEngine, storage: Storage, database_url: str, tmp_path: Path, work: Path, encode: Encode
) -> None:
    noise = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=24:d=12,noise=alls=60:allf=t")
    film = encode("noise.mp4", *noise, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "40")
    asset = await new_asset(engine, storage, film)
    worker = ingest_aside(database_url, tmp_path, work, asset)
    try:
        async with asyncio.timeout(30):
            while not (encoders := await encoders_at_work(engine, asset, worker)):  # noqa: ASYNC110 -- no event of ours
                await asyncio.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    _, alive = psutil.wait_procs(encoders, timeout=5)
    assert alive == []
    row = await row_of(engine, asset)
    assert (row.status, row.attempts, row.prefix) == (MediaAssetStatus.PROCESSING, 1, None)
    await ingest(engine, storage, work, asset)
    row = await row_of(engine, asset)
    assert (row.status, row.attempts) == (MediaAssetStatus.READY, 2)
    assert [height for _, height, _ in await tracks_of(engine, asset)] == [360, 240, 144]
    keys = await storage.keys(f"media/{asset}")
    assert all(key.startswith(f"{row.prefix}/") for key in keys)
    assert sum(key.endswith(".m4s") for key in keys) == 3 * 3


async def test_killed_while_uploading_it_leaves_no_second_set(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await new_asset(engine, storage, tiny_film)
    upload, uploads = storage.put_file, 0

    async def flaky(key: str, path: Path, content_type: str | None = None) -> None:
        nonlocal uploads
        uploads += 1
        if uploads == 12:
            raise Killed
        await upload(key, path, content_type)

    monkeypatch.setattr(storage, "put_file", flaky)
    with pytest.raises(Killed):
        await ingest(engine, storage, work, asset)
    assert await storage.keys(f"media/{asset}") != []
    await ingest(engine, storage, work, asset)
    await assert_whole(engine, storage, asset)


async def test_cancelled_it_goes_back_into_the_queue(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await new_asset(engine, storage, tiny_film)
    encoding, transcode = asyncio.Event(), steps.transcode

    async def noted(*arguments: object) -> None:
        encoding.set()
        await transcode(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "transcode", noted)
    running = asyncio.create_task(ingest(engine, storage, work, asset))
    await encoding.wait()
    await asyncio.sleep(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    row = await row_of(engine, asset)
    assert (row.status, row.attempts) == (MediaAssetStatus.QUEUED, 0)
    await ingest(engine, storage, work, asset)
    await assert_whole(engine, storage, asset)


async def test_started_three_times_it_fails_and_says_so(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path
) -> None:
    asset = await new_asset(engine, storage, tiny_film, status=MediaAssetStatus.PROCESSING, attempts=3)
    with pytest.raises(MediaError, match="started 3 times and never finished"):
        await ingest(engine, storage, work, asset)
    row = await row_of(engine, asset)
    assert (row.status, row.error) == (
        MediaAssetStatus.FAILED,
        "tiny.mp4: its ingest was started 3 times and never finished.",
    )
    await ingest(engine, storage, work, asset)
    async with engine.begin() as connection:
        await requeue(connection, asset)
    await ingest(engine, storage, work, asset)
    await assert_whole(engine, storage, asset)


async def test_a_broken_file_fails_with_the_reason(
    engine: AsyncEngine, storage: Storage, work: Path, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.mp4"
    letter.write_text("Dear sir or madam")
    asset = await new_asset(engine, storage, letter)
    with pytest.raises(MediaError):
        await ingest(engine, storage, work, asset)
    row = await row_of(engine, asset)
    assert row.status is MediaAssetStatus.FAILED
    assert row.error.startswith("letter.mp4 is no media file, or corrupt: Invalid data")
    assert await storage.keys(f"media/{asset}") == []


async def test_a_failing_hook_leaves_nothing_ready(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path
) -> None:
    asset = await new_asset(engine, storage, tiny_film)

    async def on_ready(connection: AsyncConnection, ready: UUID) -> None:
        raise ZeroDivisionError("the hook")

    with pytest.raises(ZeroDivisionError):
        await ingest(engine, storage, work, asset, on_ready)
    row = await row_of(engine, asset)
    assert (row.status, row.prefix, row.error) == (MediaAssetStatus.FAILED, None, "ZeroDivisionError: the hook")
    assert await tracks_of(engine, asset) == []


async def test_one_that_was_taken_over_changes_nothing(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = await new_asset(engine, storage, tiny_film)
    package = steps.package

    async def overtaken(*arguments: object) -> object:
        async with engine.begin() as connection:
            await connection.execute(update(MediaAsset).where(col(MediaAsset.id) == asset).values(attempts=2))
        return await package(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(steps, "package", overtaken)
    with pytest.raises(Superseded):
        await ingest(engine, storage, work, asset)
    row = await row_of(engine, asset)
    assert (row.status, row.attempts, row.prefix) == (MediaAssetStatus.PROCESSING, 2, None)


async def test_an_unknown_asset(engine: AsyncEngine, storage: Storage, work: Path) -> None:
    with pytest.raises(MediaError, match="There is no media asset"):
        await ingest(engine, storage, work, new_id())
