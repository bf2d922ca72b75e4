"""What goes out by itself: at its instant, once, whatever is killed, and whatever becomes of others."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.identity import AuditEntry
from resolvers.catalog.editing.releasing import release_due, release_scheduled
from resolvers.catalog.tables import TITLE_CHANGE
from tests.editing.operations import (
    READ,
    SEEN,
    Answer,
    change,
    create,
    editor,
    give_media,
    later,
    published,
    publisher,
    release,
)
from tests.editing.test_revisions import actions
from tests.served import Front
from tests.worker import working

HOUR = timedelta(hours=1)


async def sql(front: Front, statement: str, *given: Any) -> None:
    async with front.database.write("catalog") as db:
        await (await db.connection()).exec_driver_sql(statement, given)


async def name_seen(front: Front, title: Answer) -> str | None:
    seen = (await front.data(SEEN, id=title["id"]))["title"]
    return seen and str(seen["name"])


async def stands(front: Front, title: Answer) -> Answer:
    found: Answer = (await front.data(READ, editor(front), id=title["id"]))["editorialTitle"]
    return found


async def changed_at(front: Front, title: Answer) -> datetime | None:
    stamp = select(TITLE_CHANGE.c.changed_at).where(TITLE_CHANGE.c.title_id == UUID(title["id"]))
    async with front.database.read("catalog") as db:
        found: datetime | None = await db.scalar(stamp)
    return found


async def ready(front: Front, name: str = "Metropolis") -> Answer:
    """A film that nobody has seen yet, and that lacks nothing."""
    film = await create(front, editor(front), name=name)
    await give_media(front, film["id"])
    return film


async def waiting(front: Front, at: datetime, name: str = "Metropolis") -> Answer:
    """Such a film that goes out at that instant."""
    film = await ready(front, name)
    return await release(front, publisher(front), film, at.isoformat())


def in_an_hour() -> datetime:
    return datetime.now(UTC) + HOUR


async def seen_at_last(front: Front, title: Answer) -> datetime:
    """When a viewer sees it first."""
    async with asyncio.timeout(20):
        while await name_seen(front, title) is None:  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.02)
    return datetime.now(UTC)


async def test_it_is_seen_from_its_instant_on_and_the_log_tells(front: Front) -> None:
    async with working(front.resources):
        film = await ready(front)
        at = datetime.now(UTC) + timedelta(seconds=3)
        await release(front, publisher(front), film, at.isoformat())
        assert await name_seen(front, film) is None
        seen = await seen_at_last(front, film)
        stamped = await changed_at(front, film)
        assert stamped is not None
        assert at <= stamped <= seen < at + timedelta(seconds=10)
        query = select(AuditEntry).where(AuditEntry.target == UUID(film["id"])).order_by(AuditEntry.id)  # type: ignore[arg-type]
        entries: list[Any] = []
        async with asyncio.timeout(10), front.database.read("identity") as db:
            while len(entries) < 3:
                entries = list(await db.execute(query))
    told = [(entry.action, entry.actor, entry.actor_id is not None) for entry in entries]
    assert told == [
        ("CREATED_TITLE", "", True),
        ("SCHEDULED_TITLE", "", True),
        ("PUBLISHED_TITLE", "the platform", False),
    ]
    assert entries[1].reason == f"revision 1 for {at.isoformat(timespec='seconds')}"
    assert entries[2].reason == "revision 1, as scheduled"


async def test_of_many_workers_one_publishes(front: Front) -> None:
    at = in_an_hour()
    film = await waiting(front, at)
    await asyncio.gather(*[release_due(front.resources, at) for _ in range(5)])
    assert await name_seen(front, film) == "Metropolis"
    assert await actions(front) == ["CREATED_TITLE", "SCHEDULED_TITLE", "PUBLISHED_TITLE"]


async def blocked(connection: AsyncConnection) -> int:
    """The process of whoever waits for a lock, once somebody does."""
    here = "select pid from pg_locks join pg_database on oid = database where datname = current_database()"
    waits = f"select pid from pg_locks where not granted and pid in ({here})"
    async with asyncio.timeout(20):
        while (pid := (await connection.exec_driver_sql(waits)).scalar()) is None:  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.02)
    return int(pid)


async def test_what_is_put_off_at_the_last_moment_stays_back(front: Front) -> None:
    at = in_an_hour()
    film = await waiting(front, at)
    async with front.database.write("catalog") as db:
        connection = await db.connection()
        await connection.exec_driver_sql("select from catalog.title for update")
        releasing = asyncio.create_task(release_due(front.resources, at))
        await blocked(connection)
        await connection.exec_driver_sql("update catalog.title_schedule set publish_at = publish_at + '1 second'")
    await releasing
    assert await name_seen(front, film) is None
    await release_due(front.resources, at + timedelta(seconds=1))
    assert await name_seen(front, film) == "Metropolis"


async def test_a_worker_that_is_killed_in_the_middle_leaves_nothing_half_done(front: Front) -> None:
    at = in_an_hour()
    film = await waiting(front, at)
    async with front.database.write("catalog") as db:
        connection = await db.connection()
        await connection.exec_driver_sql("select pg_advisory_xact_lock(hashtext('catalog.publish'))")
        releasing = asyncio.create_task(release_due(front.resources, at))
        pid = await blocked(connection)
        administrator = await asyncpg.connect(front.resources.settings.database_url, ssl=False)
        await administrator.execute("select pg_terminate_backend($1)", pid)
        await administrator.close()
        with pytest.raises(ExceptionGroup, match="not published"):
            await releasing
    assert await name_seen(front, film) is None
    assert (await stands(front, film))["state"] == "SCHEDULED"
    await release_due(front.resources, at)
    assert await name_seen(front, film) == "Metropolis"
    assert await actions(front) == ["CREATED_TITLE", "SCHEDULED_TITLE", "PUBLISHED_TITLE"]


async def test_what_was_due_while_no_worker_was_there_goes_out_when_one_comes(front: Front) -> None:
    film = await waiting(front, in_an_hour())
    async with working(front.resources), front.database.read("catalog") as db:
        scheduled = "select 1 from jobs.pgqueuer_schedules where entrypoint = 'release_due_again'"
        async with asyncio.timeout(10):
            while (await db.exec_driver_sql(scheduled)).first() is None:  # noqa: ASYNC110  no event of ours
                await asyncio.sleep(0.02)
    await sql(front, "delete from jobs.pgqueuer where entrypoint = 'release_due'")
    await sql(front, "update catalog.title_schedule set publish_at = now()")
    await sql(front, "update jobs.pgqueuer_schedules set next_run = now()")
    async with working(front.resources):
        await seen_at_last(front, film)


async def test_what_cannot_be_published_keeps_no_other_back(front: Front) -> None:
    at = in_an_hour()
    broken, film = await waiting(front, at - timedelta(minutes=1), "Broken"), await waiting(front, at)
    await sql(front, "update catalog.title_schedule set document = '{}' where title_id = $1", UUID(broken["id"]))
    for _ in range(2):
        with pytest.raises(ExceptionGroup) as raised:
            await release_due(front.resources, at)
        assert [error.__notes__ for error in raised.value.exceptions] == [[f"title {broken['id']}"]]
    assert (await name_seen(front, film), await name_seen(front, broken)) == ("Metropolis", None)
    assert (await stands(front, broken))["publishAt"] == broken["publishAt"]


async def test_a_job_knows_its_instant_though_the_clock_be_behind(front: Front) -> None:
    at = in_an_hour()
    film = await waiting(front, at)
    behind = at - timedelta(seconds=5)
    await release_due(front.resources, behind)
    assert await name_seen(front, film) is None
    await release_scheduled(front.resources, at.isoformat().encode(), behind)
    assert await name_seen(front, film) == "Metropolis"


async def test_what_was_put_off_does_not_go_out_at_its_first_instant(front: Front) -> None:
    first = in_an_hour()
    film = await waiting(front, first)
    put_off = await release(front, publisher(front), film, (first + HOUR).isoformat())
    assert datetime.fromisoformat(put_off["publishAt"]) == first + HOUR
    await release_scheduled(front.resources, first.isoformat().encode(), first)
    assert await name_seen(front, film) is None
    await release_scheduled(front.resources, (first + HOUR).isoformat().encode(), first + HOUR)
    assert await name_seen(front, film) == "Metropolis"


async def test_a_live_title_whose_next_revision_has_problems_stays_live_as_it_is(front: Front) -> None:
    film = await published(front)
    renamed = await change(front, editor(front), film, texts=[{"language": "en", "name": "Renamed"}])
    await release(front, publisher(front), renamed, later(hours=1))
    await sql(front, "update catalog.media_asset set status = 'FAILED'")
    before = await changed_at(front, film)
    await release_due(front.resources, datetime.now(UTC) + 2 * HOUR)
    after = await stands(front, film)
    assert (after["state"], after["publishedRevision"], after["revision"]) == ("PUBLISHED", 1, 2)
    assert (after["publishAt"], after["texts"][0]["name"]) == (None, "Renamed")
    assert (await name_seen(front, film), await changed_at(front, film)) == ("Metropolis", before)
    assert (await actions(front))[-1] == "DID_NOT_PUBLISH"


async def test_what_is_seen_already_is_not_scheduled(front: Front) -> None:
    film = await published(front)
    assert await release(front, publisher(front), film, later(hours=1)) == film
    assert (await actions(front))[-1] == "PUBLISHED_TITLE"
