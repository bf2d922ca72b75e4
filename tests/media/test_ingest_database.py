"""A database that goes away while a film is ingested costs time, not the film."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from media.ingest import DATABASE_LOST, ingest
from models.catalog import MediaAssetStatus
from runtime.storage import Storage
from tests.media.test_ingest import assert_whole, engine, new_asset, row_of, work

__all__ = ["engine", "work"]


async def test_a_lost_database_fails_nothing_and_the_next_start_goes_on(
    engine: AsyncEngine, storage: Storage, work: Path, tiny_film: Path
) -> None:
    asset = await new_asset(engine, storage, tiny_film)

    async def on_ready(connection: AsyncConnection, ready: UUID) -> None:
        await connection.execute(text("select pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(DATABASE_LOST):
        await ingest(engine, storage, work, asset, on_ready)
    row = await row_of(engine, asset)
    assert (row.status, row.error) == (MediaAssetStatus.PROCESSING, None)
    await ingest(engine, storage, work, asset)
    await assert_whole(engine, storage, asset)
