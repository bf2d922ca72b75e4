"""Clearing a profile's history: what it watched of a title, or of all, is as if it had never been."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.viewing import ContinueWatching, Progress, Removal
from models.viewing import PlaybackSession as Session
from resolvers.viewing.changes import lock_profiles, post, save_entries
from resolvers.viewing.marks import profile_of, title_of
from resolvers.viewing.messages import say
from resolvers.viewing.recommending.cache import forget_rankings
from resolvers.viewing.rules import Entry
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of


@dataclass(slots=True)
class ClearHistoryPayloadRow:
    """`cleared` is how many entries of the history are gone."""

    cleared: int
    user_errors: list[UserErrorRow] = field(default_factory=list)


async def clear_history(request: Request, *, title_id: Id | None = None, all: bool = False) -> ClearHistoryPayloadRow:
    """Clears the plays, the progress and the entry of one title, or of all; what still plays goes on, as if it had just
    begun. Refusals, with `cleared` 0: PROFILE_REQUIRED, TITLE_OR_ALL (neither or both; `titleId`), NOT_FOUND
    (`titleId`: nothing was watched of it, and it does not exist for the viewer)."""
    try:
        return ClearHistoryPayloadRow(await cleared(request, title_id, all))
    except Refusal as refusal:
        return ClearHistoryPayloadRow(0, refusal.errors)


async def cleared(request: Request, title_id: Id | None, all: bool) -> int:
    profile_id = profile_of(request)
    if all == (title_id is not None):
        raise Refusal("TITLE_OR_ALL", say(request.languages, "TITLE_OR_ALL"), "titleId")
    key = uuid_of(title_id) if title_id is not None else None
    count = await clear(request, profile_id, None if all else key) if all or key else 0
    if not count and title_id is not None:
        await title_of(request, title_id)
    return count


async def clear(request: Request, profile_id: UUID, title_id: UUID | None) -> int:
    """How many plays are cleared: of the title, or all."""
    async with request.write("viewing") as db:
        plays = select(col(Session.id)).where(*of(Session, profile_id, title_id))
        await db.execute(plays.order_by(col(Session.id)).with_for_update())  # before the profile, as heartbeats do
        revisions = await lock_profiles(db, [profile_id])
        entries = await entries_of(db, profile_id, title_id)
        changes = await save_entries(db, revisions, entries, dict.fromkeys(entries))
        count = await forget_plays(db, profile_id, title_id)
        for table in (Progress, Removal):
            await db.execute(delete(table).where(*of(table, profile_id, title_id)))
    post(request.resources.hub, changes)
    await forget_rankings(request.resources, [profile_id])
    return count


def of(table: type[SQLModel], profile_id: UUID, title_id: UUID | None) -> Sequence[ColumnElement[bool]]:
    """The profile's rows, of the title if there is one."""
    columns = table.__table__.c  # type: ignore[attr-defined]
    return [columns.profile_id == profile_id, *([columns.title_id == title_id] if title_id else [])]


async def entries_of(db: AsyncSession, profile_id: UUID, title_id: UUID | None) -> dict[tuple[UUID, UUID], Entry]:
    query = select(ContinueWatching).where(*of(ContinueWatching, profile_id, title_id))
    rows = (await db.scalars(query)).all()
    return {(profile_id, row.title_id): Entry(row.playable_id, row.reason, row.updated_at) for row in rows}


async def forget_plays(db: AsyncSession, profile_id: UUID, title_id: UUID | None) -> int:
    """How many stood in the history. An open play keeps its slot, and loses what it watched until now."""
    mine = of(Session, profile_id, title_id)
    shown = select(func.count()).select_from(Session).where(*mine, col(Session.watched_ms) > 0)
    count = (await db.scalars(shown)).one()
    await db.execute(delete(Session).where(*mine, col(Session.ended_at).is_not(None)))
    begun = {"watched_ms": 0, "position_ms": 0, "found_watched": False, "found_at": None, "counted": False}
    await db.execute(update(Session).where(*mine).values(**begun))
    return count
