"""Erasure: once a household's time to change its mind is over, it is taken out of every store, one after another.

Each step may be done again, and what is done stands in the receipt, so that whoever is killed at it is followed by
somebody who goes on. The receipt names stores, rows and instants, and nobody.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import orjson
import structlog
from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import (
    Account,
    AccountStatus,
    AuditEntry,
    DataRequest,
    DataRequestKind,
    ErasureReceipt,
    JobStatus,
    Session,
)
from models.viewing import PlaybackCommandReason
from oauth import archives
from oauth.authenticate import changed
from oauth.households import published_account
from oauth.letters import Letter, send_now
from oauth.sessions import end_sessions
from resolvers.billing import personal as billing
from resolvers.identity import personal as identity
from resolvers.viewing import personal as viewing
from resolvers.viewing.ending import end_streams
from runtime.mail import MailRefused, MailUnavailable
from runtime.resources import Resources
from server.privacy.gathering import household
from server.privacy.queued import forget_jobs

SETTLED = timedelta(seconds=2)
"""After its sessions have ended no process believes a household's tokens any more, and what was under way is over."""
LETTER_ATTEMPTS = 3
SYSTEM = "system"
ERASED = "ERASED"
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Erasing:
    """An erasure under way: the request, which is the receipt's id too, whose it is, and which time this is."""

    request_id: UUID
    account_id: UUID
    profile_ids: list[UUID]
    attempt: int


Step: TypeAlias = Callable[[Resources, Erasing], Awaitable[int]]
"""Empties one store; how many rows, keys, objects or letters it were."""


async def erase_due(resources: Resources, now: datetime) -> None:
    """Erases whom it is time for at `now`, and whom somebody else was killed at. One that fails stops no other; at the
    end an ExceptionGroup says what went wrong, and the next run goes on there."""
    failures = []
    for request_id, account_id in await due(resources, now):
        try:
            await erase(resources, request_id, account_id, now)
        except Exception as error:
            log.warning("erasure_interrupted", request=str(request_id), error=type(error).__name__)
            failures.append(error)
    if failures:
        raise ExceptionGroup("Some erasures are not finished", failures)


async def due(resources: Resources, now: datetime) -> list[tuple[UUID, UUID]]:
    """The requests to begin or to go on with, and whose they are, the longest due first."""
    status = col(DataRequest.status)
    begun = or_(and_(status == JobStatus.QUEUED, col(DataRequest.due_at) <= now), status == JobStatus.RUNNING)
    query = select(col(DataRequest.id), col(DataRequest.account_id)).where(
        col(DataRequest.kind) == DataRequestKind.ERASURE, begun
    )
    async with resources.database.read("identity") as db:
        return [(row.id, row.account_id) for row in await db.execute(query.order_by(col(DataRequest.due_at)))]


async def erase(resources: Resources, request_id: UUID, account_id: UUID, now: datetime) -> None:
    """Goes through the steps that are not in the receipt yet."""
    erasing = await begin(resources, request_id, account_id, now)
    if erasing is None:
        return
    for store, step in STEPS.items():
        done = await steps_done(resources, request_id)
        if store in done:
            continue
        if store == AFTER_SETTLING:
            await asyncio.sleep(remaining(done["sessions"], datetime.now(UTC)))
        rows = await step(resources, erasing)
        async with resources.database.write("identity") as db:
            await note(db, request_id, store, rows)
    await finish(resources, erasing)
    changed(resources.hub, account_id)
    log.info("erased", request=str(request_id))


async def begin(resources: Resources, request_id: UUID, account_id: UUID, now: datetime) -> Erasing | None:
    """Shuts the account, and opens the receipt; None where the household changed its mind, or is gone."""
    async with resources.database.write("identity") as db:
        account = await db.get(Account, account_id, with_for_update=True)
        stored = await db.get(DataRequest, request_id, with_for_update=True)
        if account is None or stored is None or stored.status not in (JobStatus.QUEUED, JobStatus.RUNNING):
            return None
        if stored.status is JobStatus.QUEUED:
            db.add(ErasureReceipt(request_id=request_id, requested_at=stored.created_at))
        stored.status, stored.attempts = JobStatus.RUNNING, stored.attempts + 1
        account.status = AccountStatus.SUSPENDED
        await db.merge(published_account(account))
        attempt = stored.attempts
    changed(resources.hub, account_id)
    whose = await household(resources, account_id)
    return Erasing(request_id, account_id, whose.profile_ids, attempt) if whose else None


async def steps_done(resources: Resources, request_id: UUID) -> dict[str, dict[str, Any]]:
    """The receipt's steps by their stores."""
    query = select(col(ErasureReceipt.steps)).where(col(ErasureReceipt.request_id) == request_id)
    async with resources.database.read("identity") as db:
        steps = await db.scalar(query)
    return {step["store"]: step for step in steps or ()}


def remaining(sessions: dict[str, Any], now: datetime) -> float:
    """The seconds until whatever the household was doing is over."""
    ended_at = datetime.fromisoformat(sessions["at"])
    return max(0.0, (ended_at + SETTLED - now).total_seconds())


async def note(db: AsyncSession, request_id: UUID, store: str, rows: int) -> ErasureReceipt:
    """Writes a step into the receipt."""
    receipt = await db.get_one(ErasureReceipt, request_id, with_for_update=True)
    receipt.steps = [*receipt.steps, {"store": store, "rows": rows, "at": datetime.now(UTC).isoformat()}]
    return receipt


async def sign_out(resources: Resources, erasing: Erasing) -> int:
    reason = PlaybackCommandReason.SIGNED_OUT
    async with resources.database.write("identity") as db:
        ended = await end_sessions(db, col(Session.account_id) == erasing.account_id, reason)
    changed(resources.hub, erasing.account_id)
    await end_streams(resources, orjson.dumps({"account": str(erasing.account_id), "reason": reason.name}))
    return len(ended)


async def clear_events(resources: Resources, erasing: Erasing) -> int:
    return await viewing.clear_events(resources, erasing.profile_ids)


async def erase_viewing(resources: Resources, erasing: Erasing) -> int:
    return await viewing.erase(resources, erasing.account_id, erasing.profile_ids)


async def erase_billing(resources: Resources, erasing: Erasing) -> int:
    return await billing.erase(resources, erasing.account_id)


async def erase_exports(resources: Resources, erasing: Erasing) -> int:
    folders = map(archives.folder_of, await requests_of(resources, erasing.account_id))
    return sum([await resources.storage.delete_prefix(folder) for folder in folders])


async def erase_jobs(resources: Resources, erasing: Erasing) -> int:
    requests = await requests_of(resources, erasing.account_id)
    others = [request_id for request_id in requests if request_id != erasing.request_id]
    return await forget_jobs(resources, [erasing.account_id, *erasing.profile_ids, *others])


async def requests_of(resources: Resources, account_id: UUID) -> list[UUID]:
    query = select(col(DataRequest.id)).where(col(DataRequest.account_id) == account_id)
    async with resources.database.read("identity") as db:
        return list((await db.scalars(query)).all())


async def redact_audit(resources: Resources, erasing: Erasing) -> int:
    async with resources.database.write("identity") as db:
        return await identity.redact_audit(db, erasing.account_id, erasing.request_id)


async def last_letter(resources: Resources, erasing: Erasing) -> int:
    """Says that it is done. A mail server that is away is tried again by the next runs, and then done without."""
    try:
        await send_now(resources, Letter.ERASED, erasing.account_id, receipt=str(erasing.request_id))
    except (MailUnavailable, MailRefused) as error:
        if isinstance(error, MailUnavailable) and erasing.attempt < LETTER_ATTEMPTS:
            raise
        log.warning("last_letter_not_sent", request=str(erasing.request_id), error=type(error).__name__)
        return 0
    return 1


async def destroy_key(resources: Resources, erasing: Erasing) -> int:
    async with resources.database.write("identity") as db:
        return await identity.destroy_key(db, erasing.account_id)


AFTER_SETTLING = "events"
STEPS: dict[str, Step] = {
    "sessions": sign_out,
    AFTER_SETTLING: clear_events,
    "viewing": erase_viewing,
    "billing": erase_billing,
    "exports": erase_exports,
    "jobs": erase_jobs,
    "audit": redact_audit,
    "letter": last_letter,
    "key": destroy_key,
}
"""By the names of their stores, in the order of the receipt; identity, which knows what to look for, comes last."""


async def finish(resources: Resources, erasing: Erasing) -> None:
    """Deletes the account, closes the receipt, and tells whoever reads the audit log, all at once."""
    async with resources.database.write("identity") as db:
        receipt = await note(db, erasing.request_id, "identity", await identity.erase(db, erasing.account_id))
        now = receipt.completed_at = datetime.now(UTC)
        summary = ", ".join(f"{step['store']} {step['rows']}" for step in receipt.steps)
        db.add(AuditEntry(at=now, actor=SYSTEM, action=ERASED, target=erasing.request_id, reason=summary))
