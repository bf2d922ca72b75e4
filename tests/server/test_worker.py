"""The worker and its queues: one in each database."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, text
from sqlmodel import col

from models.columns import new_id
from models.viewing import PlaybackCommandReason, PlaybackSession
from runtime.jobs import enqueue
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from server.worker import databases_of
from tests.cluster import Databases
from tests.worker import working


@pytest.fixture
async def split(settings: Settings, databases: Databases, migrated: str) -> AsyncIterator[Settings]:
    """Identity has a database of its own."""
    async with databases.copy(migrated) as url:
        yield settings.model_copy(update={"identity_database_url": url})


async def playing(resources: Resources, sign_in_id: UUID) -> UUID:
    now = datetime.now(UTC)
    session = PlaybackSession(
        **{name: new_id() for name in ("account_id", "profile_id", "playable_id", "title_id")},
        **dict.fromkeys(("started_at", "beat_at"), now),
        sign_in_id=sign_in_id,
        device_name="TV",
        idempotency_key="x",
        request_hash=b"",
        max_height=1,
        lease_until=now + timedelta(seconds=90),
    )
    async with resources.database.write("viewing") as db:
        db.add(session)
    return session.id


async def end(resources: Resources, sign_in_id: UUID) -> None:
    """Queues the job as identity does."""
    job = {"sessions": [str(sign_in_id)], "accounts": [str(new_id())], "reason": "SIGNED_OUT"}
    async with resources.database.write("identity") as db:
        await enqueue(db, "end_streams", orjson.dumps(job))


async def ended(resources: Resources, session_id: UUID) -> PlaybackCommandReason:
    query = select(col(PlaybackSession.end_reason)).where(col(PlaybackSession.id) == session_id)
    async with asyncio.timeout(10), resources.database.read("viewing") as db:
        while (reason := await db.scalar(query)) is None:  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.02)
    return reason


def test_subgraphs_that_share_a_database_share_its_queue(settings: Settings) -> None:
    one = settings.model_copy(update={"database_url": "postgresql://a/one"})
    assert databases_of(one) == {"postgresql://a/one": ["identity", "catalog", "viewing", "billing"]}
    two = one.model_copy(update={"viewing_database_url": "postgresql://b/two"})
    assert databases_of(two) == {
        "postgresql://a/one": ["identity", "catalog", "billing"],
        "postgresql://b/two": ["viewing"],
    }


async def test_a_job_is_done_from_whichever_database_it_was_queued_in(split: Settings) -> None:
    async with open_resources(split) as resources, working(resources):
        sign_in = new_id()
        session = await playing(resources, sign_in)
        await end(resources, sign_in)
        assert await ended(resources, session) is PlaybackCommandReason.SIGNED_OUT


async def test_each_schedule_stands_in_the_database_that_it_is_about(split: Settings) -> None:
    query = text("select entrypoint from jobs.pgqueuer_schedules where status = 'queued'")
    expected = {"identity": {"forget_expired"}, "viewing": {"popularity"}}
    async with open_resources(split) as resources, working(resources), asyncio.timeout(10):
        for subgraph, names in expected.items():
            async with resources.database.engines[subgraph].connect() as db:
                while not names <= set(found := (await db.scalars(query)).all()):
                    await db.rollback()
                    await asyncio.sleep(0.02)
            others = set().union(*(of for other, of in expected.items() if other != subgraph))
            assert not others & set(found)


async def test_while_one_database_is_away_the_jobs_of_the_others_are_done(split: Settings) -> None:
    away = split.model_copy(update={"catalog_database_url": "postgresql://postgres@127.0.0.1:1/none"})
    async with open_resources(away) as resources, working(resources):
        sign_in = new_id()
        session = await playing(resources, sign_in)
        await end(resources, sign_in)
        assert await ended(resources, session) is PlaybackCommandReason.SIGNED_OUT
