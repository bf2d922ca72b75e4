"""The worker: binds the names of jobs to the functions that do them."""

import asyncio
import os
import signal
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import orjson
import structlog
from pgqueuer import PgQueuer
from pgqueuer.errors import RetryRequested
from pgqueuer.models import Job, Schedule
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url

from media.errors import MediaError, Superseded
from media.ingest import DATABASE_LOST, ingest
from oauth.audit import note
from oauth.credentials import begin_reset
from oauth.expiry import forget_expired
from oauth.letters import deliver
from recommendations.runs import TrainingFailed, is_worth_while, train
from resolvers.catalog.editing.releasing import release_due, release_scheduled
from resolvers.catalog.publish import publish_asset
from resolvers.catalog.search.upkeep import tidy_search
from resolvers.viewing.ending import end_streams
from resolvers.viewing.following import episodes_changed
from resolvers.viewing.forgetting import forget_profile
from resolvers.viewing.popularity import refresh_popularity
from resolvers.viewing.recommending.impressions import forget_impressions
from resolvers.viewing.review import review_streams
from runtime.jobs import enqueue
from runtime.mail import MailUnavailable, post_of
from runtime.resources import Resources, open_resources
from runtime.settings import SUBGRAPHS, Settings, Subgraph
from runtime.storage import StorageError
from sandbox.films import FILMS, make_film
from server.logs import configure_logs
from server.privacy import erase_due, expire_exports, export

log = structlog.get_logger()
HEARTBEAT = timedelta(seconds=10)
"""After this long without a sign of life a killed worker's job is taken over."""
DEQUEUE = timedelta(seconds=2)
"""How often an idle worker looks; it also bounds how soon it notices a job to take over."""

RETRY_SECONDS = 1.0
AGAIN_AFTER = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=1)


async def work(settings: Settings) -> None:
    """Does jobs until SIGINT or SIGTERM; while Postgres is away it waits for its return."""
    configure_logs()
    post_of(settings)  # so that a malformed address of the mail server is told now
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_resources(settings) as resources:
        await keep_at_all(resources, stop)


async def keep_at_all(resources: Resources, stop: asyncio.Event) -> None:
    """Does the jobs of every database until `stop` is set."""
    async with asyncio.TaskGroup() as queues:
        for address, subgraphs in databases_of(resources.settings).items():
            queues.create_task(keep_at(resources, stop, address, subgraphs))


def databases_of(settings: Settings) -> dict[str, list[Subgraph]]:
    """The addresses of the databases, each with its subgraphs: a job lies in the database of whoever queued it."""
    found: defaultdict[str, list[Subgraph]] = defaultdict(list)
    for subgraph in SUBGRAPHS:
        found[settings.database_of(subgraph)].append(subgraph)
    return found


async def keep_at(resources: Resources, stop: asyncio.Event, address: str, subgraphs: Sequence[Subgraph]) -> None:
    """Does one database's jobs until `stop` is set; while it is away, those of the others go on."""
    while not stop.is_set():
        try:
            await do_jobs(resources, stop, address, subgraphs)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            log.warning("queue_unreachable", subgraphs=subgraphs, error=str(error))
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), RETRY_SECONDS)


async def do_jobs(resources: Resources, stop: asyncio.Event, address: str, subgraphs: Sequence[Subgraph]) -> None:
    """Does a database's jobs until `stop` is set, or the queue is lost."""
    url = make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)
    async with asyncpg.create_pool(url, min_size=2, max_size=4) as pool:
        queue = PgQueuer.from_asyncpg_pool(pool)
        bind(queue, resources)
        bind_schedules(queue, resources, subgraphs)
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

    @queue.entrypoint("end_streams", on_failure="hold")
    async def end_streams_of(job: Job) -> None:
        with retried():
            await end_streams(resources, job.payload or b"{}")

    @queue.entrypoint("review_streams")  # should it fail, the schedule of the same does it again within the minute
    async def review(job: Job) -> None:
        with retried():
            await review_streams(resources, datetime.now(UTC))

    @queue.entrypoint("episodes_changed", on_failure="hold")
    async def episodes_changed_of(job: Job) -> None:
        with retried():
            await episodes_changed(resources, job.payload or b"{}")

    @queue.entrypoint("forget_profile", on_failure="hold")
    async def forget_profile_of(job: Job) -> None:
        with retried():
            await forget_profile(resources, UUID(orjson.loads(job.payload or b"{}")["profile"]))

    @queue.entrypoint("audit", on_failure="hold")
    async def audit(job: Job) -> None:
        with retried():
            await note(resources, job.payload or b"{}")

    @queue.entrypoint("release_due")  # should it fail, the schedule of the same does it again within the minute
    async def release(job: Job) -> None:
        with retried():
            await release_scheduled(resources, job.payload or b"", datetime.now(UTC))

    @queue.entrypoint("letter", on_failure="hold")
    async def letter(job: Job) -> None:
        with retried(), mail_awaited(job):
            await deliver(resources, job.payload or b"{}")

    @queue.entrypoint("password_reset", on_failure="hold")
    async def password_reset(job: Job) -> None:
        with retried():
            await begin_reset(resources, job.payload or b"{}", datetime.now(UTC))

    @queue.entrypoint("train", on_failure="hold", concurrency_limit=1)
    async def train_one(job: Job) -> None:
        with retried():
            await train_again(resources)

    @queue.entrypoint("export", on_failure="hold")
    async def export_of(job: Job) -> None:
        try:
            await export(resources, job.payload or b"{}")
        except Exception as error:  # the request counts what was begun, and gives up by itself
            raise RetryRequested(AGAIN_AFTER, f"the export was interrupted: {type(error).__name__}") from error


def bind_schedules(queue: PgQueuer, resources: Resources, subgraphs: Sequence[Subgraph]) -> None:
    """What is done again and again, each by the database of the subgraph that it is about."""
    if "viewing" in subgraphs:

        @queue.schedule("popularity", "*/10 * * * *")
        async def popularity(schedule: Schedule) -> None:
            async with resources.database.write("viewing") as session:
                await refresh_popularity(session)

        @queue.schedule("train_at_night", "7 3 * * *")
        async def train_at_night(schedule: Schedule) -> None:
            await ask_for_training(resources)

        @queue.schedule("train_on_news", "37 * * * *")
        async def train_on_news(schedule: Schedule) -> None:
            if await is_worth_while(resources):
                await ask_for_training(resources)

        @queue.schedule("forget_impressions", "53 4 * * *")
        async def forget_shown(schedule: Schedule) -> None:
            async with resources.database.write("viewing") as session:
                await forget_impressions(session, datetime.now(UTC))

        @queue.schedule("review_streams_again", "* * * * *")
        async def review_again(schedule: Schedule) -> None:
            await review_streams(resources, datetime.now(UTC))

    if "catalog" in subgraphs:

        @queue.schedule("release_due_again", "* * * * *")
        async def release_again(schedule: Schedule) -> None:
            await release_due(resources, datetime.now(UTC))

        @queue.schedule("tidy_search", "41 3 * * *")
        async def tidy(schedule: Schedule) -> None:
            async with resources.database.write("catalog") as session:
                await tidy_search(session)

    if "identity" in subgraphs:

        @queue.schedule("forget_expired", "17 * * * *")
        async def forget(schedule: Schedule) -> None:
            async with resources.database.write("identity") as session:
                await forget_expired(session, datetime.now(UTC))

        @queue.schedule("expire_exports", "23 * * * *")
        async def expire(schedule: Schedule) -> None:
            await expire_exports(resources, datetime.now(UTC))

        @queue.schedule("erase_due", "*/10 * * * *")
        async def erase(schedule: Schedule) -> None:
            await erase_due(resources, datetime.now(UTC))


@contextmanager
def retried() -> Iterator[None]:
    """Has the job done again, should it lose the database or Valkey."""
    try:
        yield
    except (*DATABASE_LOST, RedisError) as error:
        raise RetryRequested(AGAIN_AFTER, f"the database was lost: {error}") from error


@contextmanager
def mail_awaited(job: Job) -> Iterator[None]:
    """Has the letter sent later where the mail server takes none now: after 5 s, 10 s, 20 s, … an hour."""
    try:
        yield
    except MailUnavailable as error:
        later = min(AGAIN_AFTER * 2 ** min(job.attempts, 10), LONGEST_WAIT)
        log.warning("mail_unavailable", error=str(error), again_in_seconds=later.total_seconds())
        raise RetryRequested(later, str(error)) from error


def asset_of(job: Job) -> UUID:
    return UUID(orjson.loads(job.payload or b"{}")["asset_id"])


async def ask_for_training(resources: Resources) -> None:
    """Queues one, if none waits or runs."""
    async with resources.database.write("viewing") as session:
        await enqueue(session, "train", b"{}", once="train")


async def train_again(resources: Resources) -> None:
    """Trains; what goes wrong stands in the log, and the model that there is goes on ranking until the next time."""
    try:
        outcome = await train(resources, datetime.now(UTC), lambda *_: None)
        log.info("trained", **asdict(outcome) if outcome else {"refusal": "there is nothing to train on"})
    except (TrainingFailed, StorageError) as error:
        log.error("training_failed", error=str(error))


async def encode(resources: Resources, asset_id: UUID) -> None:
    """Ingests an asset. What is wrong with its file stands in its row, and no repetition would mend it; where another
    worker took over, it is that worker's."""
    folder = work_folder(resources.settings)
    try:
        with retried():
            await ingest(resources.database.engines["catalog"], resources.storage, folder, asset_id, publish_asset)
    except (MediaError, Superseded) as error:
        log.warning("ingest_ended", asset_id=str(asset_id), error=str(error))


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
