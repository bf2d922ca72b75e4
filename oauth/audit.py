"""What staff did: who, what, to whom, and why; written in the transaction that does it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from models.identity import AuditEntry
from runtime.errors import Refusal
from runtime.request import Request

LONGEST_REASON = 1000


def record(db: AsyncSession, request: Request, action: str, target: UUID | None, reason: str | None = None) -> None:
    """Adds an act of the request's viewer, a staff account or a client of OAuth."""
    viewer = request.viewer
    assert viewer is not None, "nobody acts without a token"
    actor = f"client {viewer.client_id}" if viewer.client_id else ""
    db.add(
        AuditEntry(at=request.now, actor_id=viewer.account_id, actor=actor, action=action, target=target, reason=reason)
    )


def checked_reason(reason: str) -> str:
    """The reason without spaces around it; Refusal REASON_REQUIRED where there is none, or far too much."""
    stripped = reason.strip()
    if not 1 <= len(stripped) <= LONGEST_REASON:
        raise Refusal("REASON_REQUIRED", f"Say why, in 1 to {LONGEST_REASON} characters.", "reason")
    return stripped
