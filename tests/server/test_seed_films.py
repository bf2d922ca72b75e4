"""Our own films are made once, and in the end they are made, whatever became of a job."""

from datetime import UTC, datetime

from sqlalchemy import text

from runtime.resources import open_resources
from runtime.settings import Settings
from sandbox.films import FILMS
from server.seed.catalogue import seed_catalogue
from tests.seeded import silent

WAITING = text("select count(*) from jobs.pgqueuer where entrypoint = 'house_film' and status = 'queued'")


async def test_an_unfinished_film_has_one_job_however_often_and_whatever_failed(settings: Settings) -> None:
    async with open_resources(settings) as resources:
        for then in ("select 1", "update jobs.pgqueuer set status = 'failed'", "delete from jobs.pgqueuer"):
            await seed_catalogue(resources.database, datetime.now(UTC), silent)
            async with resources.database.engines["catalog"].begin() as db:
                assert await db.scalar(WAITING) == len(FILMS), then
                await db.execute(text(then))
        async with resources.database.engines["catalog"].begin() as db:
            await db.execute(text("update catalog.media_asset set status = 'READY'"))
        await seed_catalogue(resources.database, datetime.now(UTC), silent)
        async with resources.database.engines["catalog"].begin() as db:
            assert await db.scalar(WAITING) == 0, "a finished film is not made again"
