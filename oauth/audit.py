"""What staff did: who, what, to whom, and why; written in the transaction that does it."""

from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.identity import AuditEntry
from runtime.errors import Refusal
from runtime.jobs import enqueue
from runtime.request import Request
from runtime.resources import Resources

LONGEST_REASON = 1000
PLATFORM = "the platform"


def record(db: AsyncSession, request: Request, action: str, target: UUID | None, reason: str | None = None) -> None:
    """Adds an act of the request's viewer, a staff account or a client of OAuth."""
    db.add(entry_of(request, action, target, reason))


async def report(
    db: AsyncSession, request: Request | None, action: str, target: UUID | None, reason: str, actor: str = PLATFORM
) -> None:
    """As `record`, from another subgraph, which may not write identity's log: the job "audit" does it in its place.

    Without a request it is done by `actor`: the platform itself, as somebody told it to earlier, or a command.
    """
    entry = entry_of(request, action, target, reason, actor)
    await enqueue(db, "audit", orjson.dumps(entry.model_dump(), default=str))


async def note(resources: Resources, payload: bytes) -> None:
    """The job: adds an act that was reported. Done again, it adds nothing."""
    entry = AuditEntry.model_validate(orjson.loads(payload))
    async with resources.database.write("identity") as db:
        await db.execute(insert(AuditEntry).values(entry.model_dump()).on_conflict_do_nothing())


def entry_of(
    request: Request | None, action: str, target: UUID | None, reason: str | None, actor: str = PLATFORM
) -> AuditEntry:
    if request is None:
        return AuditEntry(at=datetime.now(UTC), actor=actor, action=action, target=target, reason=reason)
    viewer = request.viewer
    assert viewer is not None, "nobody acts without a token"
    actor = f"client {viewer.client_id}" if viewer.client_id else ""
    return AuditEntry(
        at=request.now, actor_id=viewer.account_id, actor=actor, action=action, target=target, reason=reason
    )


def checked_reason(reason: str) -> str:
    """The reason without spaces around it; Refusal REASON_REQUIRED where there is none, or far too much."""
    stripped = reason.strip()
    if not 1 <= len(stripped) <= LONGEST_REASON:
        raise Refusal("REASON_REQUIRED", f"Say why, in 1 to {LONGEST_REASON} characters.", "reason")
    return stripped
