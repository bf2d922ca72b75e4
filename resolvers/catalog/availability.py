"""Whether a title can be watched in the viewer's country now, since and until when, and what badges say of it."""

from collections.abc import Awaitable, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from models.catalog import PlayableKind
from resolvers.catalog.keys import grouped, there
from resolvers.catalog.rows import AvailabilityRow, AvailabilityState, Badge
from resolvers.catalog.tables import PLAYABLE, PUBLISHED_WINDOW, TITLE
from resolvers.visible import for_viewer
from runtime.database import among
from runtime.errors import NotFound
from runtime.request import Request

NEW = timedelta(days=30)
LEAVING_SOON = timedelta(days=14)

Window = tuple[datetime, datetime | None]


def joined(windows: Iterable[Window]) -> list[Window]:
    """Windows, in the order in which they open, those that touch or overlap as one."""
    found: list[Window] = []
    for opens_at, closes_at in windows:
        if found and (found[-1][1] is None or opens_at <= found[-1][1]):
            opens_at, until = found.pop()
            closes_at = None if until is None or closes_at is None else max(until, closes_at)
        found.append((opens_at, closes_at))
    return found


def availability_at(now: datetime, windows: Iterable[Window]) -> AvailabilityRow | None:
    """What windows, in the order in which they open, come to at `now`; None where they are over."""
    left = [(opens_at, closes_at) for opens_at, closes_at in joined(windows) if closes_at is None or closes_at > now]
    if not left:
        return None
    opens_at, closes_at = left[0]
    state = AvailabilityState.AVAILABLE if opens_at <= now else AvailabilityState.COMING_SOON
    return AvailabilityRow(state, opens_at, closes_at)


async def availability_of(request: Request, ids: Sequence[UUID]) -> list[AvailabilityRow | NotFound]:
    """Each title's availability in the request's country."""
    w = PUBLISHED_WINDOW.c
    statement = (
        select(w.title_id, w.opens_at, w.closes_at)
        .where(among(w.title_id, ids), *for_viewer(w.title_id, request))
        .order_by(w.title_id, w.opens_at)
    )
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    windows = grouped((id_, (opens_at, closes_at)) for id_, opens_at, closes_at in rows)
    found = {id_: availability_at(request.now, of_title) for id_, of_title in windows.items()}
    return there(ids, {id_: row for id_, row in found.items() if row is not None})


async def badges_of(request: Request, ids: Sequence[UUID]) -> list[list[Badge]]:
    """NEW for 30 days, NEW_EPISODES for 30 days after one aired, LEAVING_SOON in the last 14; only while available.

    New is what was added or opened in the country since then; a window that follows on another opens nothing.
    """
    aired = (
        select(func.max(PLAYABLE.c.air_date))
        .where(
            PLAYABLE.c.title_id == TITLE.c.id,
            PLAYABLE.c.kind == PlayableKind.EPISODE,
            PLAYABLE.c.air_date <= request.now.date(),
        )
        .scalar_subquery()
    )
    async with request.read("catalog") as db:
        rows = await db.execute(select(TITLE.c.id, TITLE.c.added_at, aired).where(among(TITLE.c.id, ids)))
    dates = {id_: (added_at, last) for id_, added_at, last in rows}
    windows = [request.load(availability_of, id_) for id_ in ids]
    return [
        badges_at(request.now, await unless_gone(window), *dates.get(id_, (request.now, None)))
        for id_, window in zip(ids, windows, strict=True)
    ]


async def unless_gone(window: Awaitable[AvailabilityRow | NotFound]) -> AvailabilityRow | None:
    """A title's availability; None for one that was withdrawn since the operation began to read it."""
    try:
        found = await window
    except NotFound:
        return None
    return None if isinstance(found, NotFound) else found


def badges_at(now: datetime, window: AvailabilityRow | None, added_at: datetime, aired: date | None) -> list[Badge]:
    if window is None or window.state is not AvailabilityState.AVAILABLE:
        return []
    is_new = now - max(added_at, window.from_) < NEW
    earned = {
        Badge.NEW: is_new,
        Badge.NEW_EPISODES: not is_new and aired is not None and now.date() - aired < NEW,
        Badge.LEAVING_SOON: window.until is not None and window.until - now <= LEAVING_SOON,
    }
    return [badge for badge, has in earned.items() if has]
