"""The worker: binds the names of jobs to the functions that do them."""

import asyncio
import os
import signal
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule
from sqlalchemy.engine import make_url

from media.errors import MediaError, Superseded
from media.ingest import DATABASE_LOST, ingest
from resolvers.catalog.publish import publish_asset
from resolvers.viewing.popularity import refresh_popularity
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from sandbox.films import FILMS, make_film
from server.logs import configure_logs

log = structlog.get_logger()
HEARTBEAT = timedelta(seconds=10)
"""After this long without a sign of life a killed worker's job is taken over."""
DEQUEUE = timedelta(seconds=2)
"""How often an idle worker looks; it also bounds how soon it notices a job to take over."""

RETRY_SECONDS = 1.0
AGAIN_AFTER = timedelta(seconds=5)


async def work(settings: Settings) -> None:
    """Does jobs until SIGINT or SIGTERM; while Postgres is away it waits for its return."""
    configure_logs()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_resources(settings) as resources:
        while not stop.is_set():
            try:
                await do_jobs(resources, stop)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("queue_unreachable", error=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_SECONDS)


async def do_jobs(resources: Resources, stop: asyncio.Event) -> None:
    """Does jobs until `stop` is set, or the queue is lost."""
    address = make_url(resources.settings.database_of("catalog")).set(drivername="postgresql")
    async with asyncpg.create_pool(address.render_as_string(hide_password=False), min_size=2, max_size=4) as pool:
        queue = PgQueuer.from_asyncpg_pool(pool)
        bind(queue, resources)
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _: queue.shutdown.set())
        try:
            await queue.run(heartbeat_timeout=HEARTBEAT, dequeue_timeout=DEQUEUE, batch_size=1)
        finally:
            stopping.cancel()


def bind(queue: PgQueuer, resources: Resources) -> None:
    """Every job there is: what it is called, and what does it."""

    @queue.entrypoint("ingest", concurrency_limit=1, on_failure="hold")
    async def ingest_asset(job: Job) -> None:
        await encode(resources, asset_of(job))

    @queue.entrypoint("house_film", concurrency_limit=1, on_failure="hold")
    async def house_film(job: Job) -> None:
        await make_source(resources, orjson.loads(job.payload or b"{}")["slug"])
        await encode(resources, asset_of(job))

    @queue.schedule("popularity", "*/10 * * * *")
    async def popularity(schedule: Schedule) -> None:
        async with resources.database.write("viewing") as session:
            await refresh_popularity(session)


def asset_of(job: Job) -> UUID:
    return UUID(orjson.loads(job.payload or b"{}")["asset_id"])


async def encode(resources: Resources, asset_id: UUID) -> None:
    """Ingests an asset. What is wrong with its file stands in its row, and no repetition would mend it; where another
    worker took over, it is that worker's."""
    folder = work_folder(resources.settings)
    try:
        await ingest(resources.database.engines["catalog"], resources.storage, folder, asset_id, publish_asset)
    except (MediaError, Superseded) as error:
        log.warning("ingest_ended", asset_id=str(asset_id), error=str(error))
    except DATABASE_LOST as error:
        raise RetryRequested(AGAIN_AFTER, f"the database was lost: {error}") from error


async def make_source(resources: Resources, slug: str) -> None:
    """Draws one of our own films, once, and puts it where an upload would lie."""
    film = next(film for film in FILMS if film.slug == slug)
    made = await asyncio.to_thread(make_film, film, work_folder(resources.settings) / "films")
    for file in made.parent.glob(f"{slug}.*"):
        await resources.storage.put_file(f"sources/house/{file.name}", file)


def work_folder(settings: Settings) -> Path:
    """Where unfinished media lie; on one machine every worker sees the same, so that a step done is done for all."""
    folder = settings.data / "work"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def run_worker(settings: Settings) -> None:
    os.environ.setdefault("PGQUEUER_SCHEMA", "jobs")
    asyncio.run(work(settings))
