"""The job "export": a copy of everything that is held of a household, sealed, kept for a week."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID

import orjson
import structlog
from sqlalchemy import select, update
from sqlmodel import col

from models.identity import DataRequest, JobStatus
from oauth import archives
from oauth.addresses import key_of
from oauth.letters import Letter, post
from runtime.database import among
from runtime.resources import Resources
from server.privacy.archive import archive_of
from server.privacy.gathering import Household, gather, household

MOST_ATTEMPTS = 3
log = structlog.get_logger()


async def export(resources: Resources, payload: bytes) -> None:
    """Makes the archive of a request (`{"request"}`). Done again it does what is left; once too often, it gives up.

    Whatever goes wrong is raised; the row counts what was begun, whoever was killed at it.
    """
    request_id = UUID(orjson.loads(payload)["request"])
    account_id = await begin(resources, request_id)
    whose = await household(resources, account_id) if account_id is not None else None
    while whose is not None and not await made(resources, request_id, whose):
        log.info("export_repeated", request=str(request_id))


async def begin(resources: Resources, request_id: UUID) -> UUID | None:
    """Whose export is to be made; None where it is over, or was begun often enough: then it has failed."""
    async with resources.database.write("identity") as db:
        stored = await db.get(DataRequest, request_id, with_for_update=True)
        if stored is None or stored.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            return None
        if stored.attempts >= MOST_ATTEMPTS:
            stored.status, stored.completed_at = JobStatus.FAILED, datetime.now(UTC)
            log.error("export_failed", request=str(request_id), attempts=stored.attempts)
            return None
        stored.status, stored.attempts = JobStatus.RUNNING, stored.attempts + 1
        return stored.account_id


async def made(resources: Resources, request_id: UUID, whose: Household) -> bool:
    """Whether the archive is there; False where the account's key was rotated meanwhile, so that it would not open."""
    async with resources.database.write("identity") as db:
        key = await key_of(db, resources.encryption, whose.account_id)
    now = datetime.now(UTC)
    archive = await asyncio.to_thread(archive_of, await gather(resources, whose), whose.language, now)
    object_key = await archives.store(resources, request_id, key, archive)
    try:
        async with resources.database.write("identity") as db:
            fresh = await key_of(db, resources.encryption, whose.account_id) == key
            stored = await db.get(DataRequest, request_id, with_for_update=True)
            if fresh and stored is not None and stored.status is JobStatus.RUNNING:
                stored.status, stored.completed_at, stored.object_key = JobStatus.SUCCEEDED, now, object_key
                await post(db, Letter.EXPORT_READY, whose.account_id)
    finally:  # the household may be gone by now
        await archives.tidy(resources, request_id)
    return fresh


async def expire_exports(resources: Resources, now: datetime) -> None:
    """Deletes the archives that were kept for long enough."""
    over = (col(DataRequest.object_key).is_not(None), col(DataRequest.completed_at) <= now - archives.KEPT)
    async with resources.database.read("identity") as reader:
        expired = (await reader.scalars(select(col(DataRequest.id)).where(*over))).all()
    for request_id in expired:
        await resources.storage.delete_prefix(archives.folder_of(request_id))
    async with resources.database.write("identity") as db:
        await db.execute(update(DataRequest).where(among(col(DataRequest.id), expired)).values(object_key=None))
