"""A profile's lists, newest first: continue-watching, its own list, and its history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Integer, Uuid, column, exists, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from models.published import PublishedPlayable, PublishedTitle, PublishedWindow
from models.viewing import ContinueReason, ContinueWatching, ListItem
from models.viewing import PlaybackSession as Session
from resolvers.paging import Page, identity, instant, keys_of, limit_of, page_of
from resolvers.viewing.changes import item_id
from resolvers.viewing.references import PlayableRef, TitleRef, playable_ref, title_ref
from resolvers.viewing.rules import Playable
from resolvers.visible import in_window
from runtime.request import Request

ProfileKey = tuple[UUID, int]
"""A profile, and the age above whose rating nothing is listed."""


@dataclass(slots=True)
class ContinueWatchingItemRow:
    id: UUID
    title: TitleRef | None
    playable: PlayableRef | None
    reason: ContinueReason
    updated_at: datetime


@dataclass(slots=True)
class HistoryEntryRow:
    id: UUID
    playable: PlayableRef | None
    started_at: datetime
    ended_at: datetime
    watched_ms: int
    completed: bool
    device_name: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """How a list is read: its columns, and by which instant and id it is ordered."""

    columns: Sequence[Any]
    source: Any
    profile_id: Any
    title_id: Any
    moment: Any
    tie: Any
    only: Sequence[Any] = ()


CONTINUE = Listing(
    columns=(
        col(ContinueWatching.title_id),
        col(PublishedTitle.kind).label("title_kind"),
        col(ContinueWatching.playable_id),
        col(PublishedPlayable.kind).label("playable_kind"),
        col(ContinueWatching.reason),
    ),
    source=select(ContinueWatching)
    .join(PublishedTitle, col(PublishedTitle.title_id) == col(ContinueWatching.title_id))
    .join(PublishedPlayable, col(PublishedPlayable.playable_id) == col(ContinueWatching.playable_id)),
    profile_id=col(ContinueWatching.profile_id),
    title_id=col(ContinueWatching.title_id),
    moment=col(ContinueWatching.updated_at),
    tie=col(ContinueWatching.title_id),
)
MY_LIST = Listing(
    columns=(col(ListItem.title_id), col(PublishedTitle.kind).label("title_kind")),
    source=select(ListItem).join(PublishedTitle, col(PublishedTitle.title_id) == col(ListItem.title_id)),
    profile_id=col(ListItem.profile_id),
    title_id=col(ListItem.title_id),
    moment=col(ListItem.added_at),
    tie=col(ListItem.title_id),
)
HISTORY = Listing(
    columns=(
        col(Session.id),
        col(Session.playable_id),
        col(Session.title_id),
        col(PublishedPlayable.kind).label("playable_kind"),
        col(PublishedPlayable.duration_ms),
        col(PublishedPlayable.credits_start_ms),
        col(Session.position_ms),
        col(Session.started_at),
        func.coalesce(col(Session.ended_at), col(Session.beat_at)).label("ended"),
        col(Session.watched_ms),
        col(Session.device_name),
    ),
    source=select(Session).join(PublishedPlayable, col(PublishedPlayable.playable_id) == col(Session.playable_id)),
    profile_id=col(Session.profile_id),
    title_id=col(Session.title_id),
    moment=col(Session.started_at),
    tie=col(Session.id),
    only=(col(Session.watched_ms) > 0,),
)


async def listed(
    request: Request, profiles: Sequence[ProfileKey], listing: Listing, first: int, after: str | None
) -> list[list[Any]]:
    """For each profile `first` rows of its list and one more, in one statement; titles it may not see are left out."""
    keys = func.unnest(
        literal([p for p, _ in profiles], ARRAY(Uuid())), literal([age for _, age in profiles], ARRAY(Integer()))
    )
    asked = keys.table_valued(column("profile_id", Uuid()), column("age", Integer()), name="asked").render_derived()
    open_windows = (*in_window(listing.title_id, request), col(PublishedWindow.minimum_age) <= asked.c.age)
    seen = exists().where(*open_windows).correlate_except(PublishedWindow)
    page = listing.source.with_only_columns(
        *listing.columns, listing.moment.label("moment"), listing.tie.label("tie"), maintain_column_froms=True
    ).where(listing.profile_id == asked.c.profile_id, seen, *listing.only)
    if keyset := keys_of(after, instant, identity):
        page = page.where(tuple_(listing.moment, listing.tie) < tuple_(*keyset))
    lateral = page.order_by(listing.moment.desc(), listing.tie.desc()).limit(first + 1).lateral("page")
    query = select(asked.c.profile_id, *lateral.c).select_from(asked.join(lateral, true()))
    rows: dict[UUID, list[Any]] = {profile_id: [] for profile_id, _ in profiles}
    async with request.read("viewing") as db:
        for row in await db.execute(query):
            rows[row.profile_id].append(row)
    return [sorted(rows[p], key=lambda r: (r.moment, r.tie), reverse=True) for p, _ in profiles]


async def pages(
    request: Request,
    profiles: Sequence[ProfileKey],
    listing: Listing,
    first: int | None,
    after: str | None,
    made: Callable[[Any], Any],
) -> list[Page[Any]]:
    limit = limit_of(first)
    lists = await listed(request, profiles, listing, limit, after)
    found = [page_of(rows, limit, after, lambda row: (row.moment, row.tie)) for rows in lists]
    for page in found:
        for edge in page.edges:
            edge.node = made(edge.node)
    return found


async def continue_watching_of(
    request: Request, profiles: Sequence[ProfileKey], *, first: int | None = 20, after: str | None = None
) -> list[Page[ContinueWatchingItemRow]]:
    """Batch: what the profiles go on with, one entry a title."""
    return await pages(request, profiles, CONTINUE, first, after, item_row)


async def my_list_of(
    request: Request, profiles: Sequence[ProfileKey], *, first: int | None = 20, after: str | None = None
) -> list[Page[TitleRef | None]]:
    """Batch: the titles that the profiles put on their lists."""
    return await pages(request, profiles, MY_LIST, first, after, lambda row: title_ref(row.title_kind, row.title_id))


async def history_of(
    request: Request, profiles: Sequence[ProfileKey], *, first: int | None = 20, after: str | None = None
) -> list[Page[HistoryEntryRow]]:
    """Batch: the profiles' playbacks of which something was watched."""
    return await pages(request, profiles, HISTORY, first, after, history_row)


def item_row(row: Any) -> ContinueWatchingItemRow:
    return ContinueWatchingItemRow(
        item_id(row.profile_id, row.title_id),
        title_ref(row.title_kind, row.title_id),
        playable_ref(row.playable_kind, row.playable_id),
        row.reason,
        row.moment,
    )


def history_row(row: Any) -> HistoryEntryRow:
    playable = Playable(row.playable_id, row.title_id, row.playable_kind, row.duration_ms or 0, row.credits_start_ms)
    return HistoryEntryRow(
        uuid5(row.id, "history"),
        playable_ref(row.playable_kind, row.playable_id),
        row.started_at,
        row.ended,
        row.watched_ms,
        bool(row.duration_ms) and playable.finished(row.position_ms),
        row.device_name,
    )
