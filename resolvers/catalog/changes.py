"""What came, changed or went, for partners who keep a mirror of the catalogue."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import Uuid

from models.columns import Instant
from resolvers.catalog.keys import exactly
from resolvers.catalog.publish import LOCK
from resolvers.catalog.tables import PUBLISHED_WINDOW, TITLE_CHANGE, TITLE_SHOWN
from resolvers.catalog.titles import AnyTitle, titles_by_id
from resolvers.paging import Page, identity, instant, keys_of, limit_of, page_of
from runtime.request import Request

Mark = tuple[datetime, UUID]


@dataclass(slots=True)
class TitleChangeRow:
    title_id: UUID
    at: datetime
    title: AnyTitle | None


async def title_changes(request: Request, *, first: int | None = 100, after: str | None = None) -> Page[TitleChangeRow]:
    """What viewers of the request's country and age may see, as it came to be, the oldest first: a title stands where
    it last changed, and at each opening and closing of its windows.

    Whoever asks again from the last cursor misses nothing. An empty page gives back the cursor that it got.
    """
    limit = limit_of(first, default=100)
    feed = f"changes in {request.country} to {request.maximum_age}"
    given = keys_of(after, exactly(feed), instant, identity)
    mark = None if given is None else (given[1], given[2])
    async with request.resources.database.write("catalog", request.tally) as db:
        until = await settled(db, request.now)
        events = (await db.execute(happened(request, mark, until, limit + 1))).all()
    titles = await titles_by_id(request, [id_ for _, id_ in events])
    rows = [TitleChangeRow(id_, at, title) for (at, id_), title in zip(events, titles, strict=True)]
    page = page_of(rows, limit, after, lambda row: (feed, row.at, row.title_id))
    return page if rows else replace(page, page_info=replace(page.page_info, end_cursor=after))


async def settled(db: AsyncSession, now: datetime) -> datetime:
    """Until when nothing can be committed any more.

    Stamps are made under a lock that is held until they are committed. While nobody holds it, that is until now by the
    database's clock; else until the last stamp that there is, for those to come are later.
    """
    if (await db.execute(select(func.pg_try_advisory_xact_lock_shared(LOCK)))).scalar():
        clock: datetime = (await db.execute(select(func.clock_timestamp()))).scalar_one()
        return min(now, clock)
    last = (await db.execute(select(func.max(TITLE_CHANGE.c.changed_at)))).scalar()
    return min(now, last or datetime.min.replace(tzinfo=now.tzinfo))


def happened(request: Request, mark: Mark | None, until: datetime, limit: int) -> Select[Any]:
    """(instant, title) of the first changes after the mark, of titles that the viewer could ever see."""
    window, shown, change = PUBLISHED_WINDOW.c, TITLE_SHOWN.c, TITLE_CHANGE.c
    there = (window.country == request.country, window.minimum_age <= request.maximum_age)
    seen = (shown.country == request.country, shown.minimum_age <= request.maximum_age)

    def part(at: ColumnElement[datetime], id_: ColumnElement[UUID], *conditions: ColumnElement[bool]) -> Select[Any]:
        source = select(at.label("at"), id_.label("id")).join(TITLE_SHOWN, shown.title_id == id_)
        source = source.where(*seen, *conditions, at <= until)
        if mark is not None:
            source = source.where(tuple_(at, id_) > tuple_(literal(mark[0], Instant()), literal(mark[1], Uuid)))
        return select(source.order_by(at, id_).limit(limit).subquery())

    every = union(
        part(change.changed_at, change.title_id),
        part(window.opens_at, window.title_id, *there),
        part(window.closes_at, window.title_id, *there),
    ).subquery("happened")
    return select(every.c.at, every.c.id).order_by(every.c.at, every.c.id).limit(limit)
