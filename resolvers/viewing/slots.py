"""Stream slots: leases in Postgres, counted under a lock of the account, so never more than the plan allows.

An open session (one that has not ended) holds a slot while its lease lasts. One whose lease ran out keeps its place
until somebody needs it, and is ended then: so a laptop that wakes up goes on where nobody else wanted the slot.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from models.published import PublishedPlayable, PublishedProfile
from models.viewing import AccountLock, PlaybackCommandReason
from models.viewing import PlaybackSession as Session
from resolvers.viewing.messages import say
from resolvers.viewing.references import PlayableRef, playable_ref
from resolvers.visible import visible
from runtime.database import among
from runtime.request import Request


@dataclass(slots=True)
class ActiveStreamRow:
    session_id: UUID
    profile_name: str
    device_name: str
    playable: PlayableRef | None
    started_at: datetime
    position_ms: int


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


async def streams_of(request: Request, db: AsyncSession | AsyncConnection, account_id: UUID) -> list[ActiveStreamRow]:
    """The streams that hold a slot of the account, oldest first."""
    seen = visible(col(Session.title_id), request).label("seen")
    query = (
        select(
            col(Session.id),
            col(PublishedProfile.name),
            col(Session.device_name),
            col(Session.playable_id),
            col(PublishedPlayable.kind),
            col(Session.started_at),
            col(Session.position_ms),
            seen,
        )
        .outerjoin(PublishedProfile, col(PublishedProfile.profile_id) == col(Session.profile_id))
        .outerjoin(PublishedPlayable, col(PublishedPlayable.playable_id) == col(Session.playable_id))
        .where(
            col(Session.account_id) == account_id,
            col(Session.ended_at).is_(None),
            col(Session.lease_until) > request.now,
        )
        .order_by(col(Session.started_at), col(Session.id))
    )
    return [stream_row(request, row) for row in await db.execute(query)]


def stream_row(request: Request, row: Any) -> ActiveStreamRow:
    playable = playable_ref(row.kind, row.playable_id) if row.seen else None
    name = row.name if row.name is not None else say(request.languages, "SOMEONE")
    return ActiveStreamRow(row.id, name, row.device_name, playable, row.started_at, row.position_ms)


async def active_streams(request: Request, account_ids: Sequence[UUID]) -> list[list[ActiveStreamRow] | None]:
    """Batch: the streams that hold a slot of the household; None for a household that is not the viewer's."""
    own = request.viewer.account_id if request.viewer else None
    if own is None or own not in account_ids:
        return [None] * len(account_ids)
    async with request.read("viewing") as db:
        streams = await streams_of(request, db, own)
    return [streams if account_id == own else None for account_id in account_ids]
