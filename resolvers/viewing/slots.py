"""Stream slots: leases in Postgres, counted under a lock of the account, so never more than the plan allows.

An open session (one that has not ended) holds a slot while its lease lasts. One whose lease ran out keeps its place
until somebody needs it, and is ended then: so a laptop that wakes up goes on where nobody else wanted the slot.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.viewing import AccountLock, PlaybackCommandReason
from models.viewing import PlaybackSession as Session
from runtime.database import among


class LimitReached(Exception):
    """All slots of the plan are taken."""


async def lock_account(db: AsyncSession, account_id: UUID) -> None:
    """Waits for the account's other playbacks to start, and holds off the next until the transaction ends."""
    query = select(col(AccountLock.account_id)).where(col(AccountLock.account_id) == account_id).with_for_update()
    if (await db.execute(query)).first() is None:
        await db.execute(insert(AccountLock).values(account_id=account_id).on_conflict_do_nothing())
        await db.execute(query)


async def take_slot(
    db: AsyncSession, now: datetime, account_id: UUID, limit: int, own: UUID, terminate: Iterable[UUID], name: str
) -> list[UUID]:
    """Makes room for session `own`, ending those in `terminate`; the ids of those it ended.

    The account is locked. Raises LimitReached. `name` is who takes over.
    """
    sessions = await lock_open(db, account_id)
    wanted = set(terminate)
    others = [s for s in sessions if s.id != own]
    ended = [s.id for s in others if s.id in wanted]
    left = [s for s in others if s.id not in wanted]
    idle = sorted((s for s in left if s.lease_until <= now), key=lambda s: s.lease_until)
    if len(left) - len(idle) >= limit:
        raise LimitReached
    ended += [s.id for s in idle[: max(len(left) + 1 - limit, 0)]]
    await end(db, ended, now, PlaybackCommandReason.TAKEN_OVER, name)
    return ended


async def lock_open(db: AsyncSession, account_id: UUID) -> Sequence[Any]:
    """The account's open sessions; a heartbeat of one of them waits until we are done."""
    columns = (col(Session.id), col(Session.lease_until))
    query = select(*columns).where(col(Session.account_id) == account_id, col(Session.ended_at).is_(None))
    return (await db.execute(query.order_by(col(Session.id)).with_for_update())).all()


async def end(
    db: AsyncSession, ids: Sequence[UUID], now: datetime, reason: PlaybackCommandReason, name: str | None = None
) -> None:
    """Ends sessions, which are locked; `name` is who took them over."""
    if ids:
        ended = {"ended_at": now, "end_reason": reason, "ended_by": name}
        await db.execute(update(Session).where(among(col(Session.id), ids)).values(**ended))
