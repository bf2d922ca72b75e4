"""Titles published, now or at an instant, and withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PublicationState
from oauth.audit import LONGEST_REASON, report
from resolvers.catalog.editing.applied import apply
from resolvers.catalog.editing.document import TitleDocument, as_json, of_json
from resolvers.catalog.editing.drafts import locked, slug_still_free, stale
from resolvers.catalog.editing.many import given
from resolvers.catalog.editing.problems import problems_in
from resolvers.catalog.editing.rows import EditorialTitleChanged, EditorialTitleRow
from resolvers.catalog.publish import one_at_a_time, publish
from resolvers.catalog.tables import TITLE, TITLE_CHANGE, TITLE_DRAFT, TITLE_SCHEDULE
from runtime.database import among
from runtime.errors import Refusal, UserErrorRow
from runtime.jobs import enqueue
from runtime.request import Request
from runtime.resources import Resources
from runtime.scalars import Id

FURTHEST = timedelta(days=2 * 365)
Release = tuple[TitleDocument, int]
"""What goes out, and which revision it is."""


async def publish_title(
    request: Request, *, id: Id, revision: int, at: datetime | None = None
) -> EditorialTitleChanged:
    """Shows viewers this revision at once, or from `at` on where that is still to come: whatever is edited meanwhile.

    An `at` that is over, however long ago, is now. What viewers see already is neither published again nor scheduled.
    Refusals: TITLE_NOT_FOUND (`id`), STALE_REVISION (`revision`, with the newer title), OUT_OF_RANGE (`at`),
    SLUG_TAKEN, and each of the title's problems.
    """
    later = at if at is not None and at > request.now else None
    if later is not None and later - request.now > FURTHEST:
        raise Refusal("OUT_OF_RANGE", f"At most {FURTHEST.days} days ahead.", "at")
    async with request.write("catalog") as db:
        title = await locked(db, id)
        if title.revision != revision:
            return stale(request, title)
        if title.state is PublicationState.PUBLISHED and title.published_revision == revision:
            return EditorialTitleChanged(title)
        (problems,) = await problems_in(db, [title.document], later or request.now)
        if problems:
            raise Refusal.of(problems)
        if later is not None:
            return await schedule(db, request, title, later)
        return await publish_now(db, request, title)


async def schedule(db: AsyncSession, request: Request, title: EditorialTitleRow, at: datetime) -> EditorialTitleChanged:
    """Keeps what is to go out, in place of what was to before."""
    values = {"publish_at": at, "revision": title.revision, "document": as_json(title.document)}
    row = upsert(TITLE_SCHEDULE).values(title_id=title.id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["title_id"], set_=values))
    await db.execute(update(TITLE).where(TITLE.c.id == title.id).values(state=PublicationState.SCHEDULED))
    await enqueue(db, "release_due", at.isoformat().encode(), after=at - request.now)
    when = at.isoformat(timespec="seconds")
    await report(db, request, "SCHEDULED_TITLE", title.id, f"revision {title.revision} for {when}")
    return EditorialTitleChanged(replace(title, state=PublicationState.SCHEDULED, publish_at=at))


async def publish_now(db: AsyncSession, request: Request, title: EditorialTitleRow) -> EditorialTitleChanged:
    async with slug_still_free():
        await release(db, {title.id: (title.document, title.revision)}, request.now)
    await report(db, request, "PUBLISHED_TITLE", title.id, f"revision {title.revision}")
    shown = replace(title, state=PublicationState.PUBLISHED, published_revision=title.revision, publish_at=None)
    return EditorialTitleChanged(replace(shown, added_at=title.added_at or request.now))


async def release(db: AsyncSession, releases: Mapping[UUID, Release], now: datetime) -> None:
    """Shows viewers the documents; drafts that are newer stay. Set-based: a thousand take as many statements as one."""
    ids = list(releases)
    await one_at_a_time(db)  # before playables are locked, which an ingest that ends meanwhile locks as well
    await apply(db, {id_: document for id_, (document, _) in releases.items()})
    unseen = ~exists().where(TITLE_CHANGE.c.title_id == TITLE.c.id)
    await db.execute(update(TITLE).where(among(TITLE.c.id, ids), unseen).values(added_at=now))
    new = given(TITLE, [{"id": id_, "published_revision": revision} for id_, (_, revision) in releases.items()])
    shown = {"state": PublicationState.PUBLISHED, "published_revision": new.c.published_revision}
    await db.execute(update(TITLE).where(TITLE.c.id == new.c.id).values(shown))
    await db.execute(delete(TITLE_SCHEDULE).where(among(TITLE_SCHEDULE.c.title_id, ids)))
    same = exists().where(TITLE.c.id == TITLE_DRAFT.c.title_id, TITLE.c.revision == TITLE.c.published_revision)
    await db.execute(delete(TITLE_DRAFT).where(among(TITLE_DRAFT.c.title_id, ids), same))
    await publish(db, ids)


async def unpublish_title(request: Request, *, id: Id) -> EditorialTitleChanged:
    """Withdraws the title at once, whatever its revision, and cancels what was to go out. Refusal TITLE_NOT_FOUND."""
    async with request.write("catalog") as db:
        title = await locked(db, id)
        if title.state in (PublicationState.DRAFT, PublicationState.UNPUBLISHED):
            return EditorialTitleChanged(title)
        await db.execute(delete(TITLE_SCHEDULE).where(TITLE_SCHEDULE.c.title_id == title.id))
        state = withdrawn(title)
        await stand(db, title.id, state, None)
        await publish(db, [title.id])
        await report(db, request, "WITHDREW_TITLE", title.id, f"revision {title.published_revision or title.revision}")
    return EditorialTitleChanged(replace(title, state=state, published_revision=None, publish_at=None))


def withdrawn(title: EditorialTitleRow) -> PublicationState:
    return PublicationState.DRAFT if title.added_at is None else PublicationState.UNPUBLISHED


async def stand(db: AsyncSession, title_id: UUID, state: PublicationState, published_revision: int | None) -> None:
    values = {"state": state, "published_revision": published_revision}
    await db.execute(update(TITLE).where(TITLE.c.id == title_id).values(values))


async def release_scheduled(resources: Resources, payload: bytes, now: datetime) -> None:
    """The job: publishes what was to go out by the instant that it was queued for, even if the clock here is behind."""
    await release_due(resources, max(now, datetime.fromisoformat(payload.decode())))


async def release_due(resources: Resources, now: datetime) -> None:
    """Publishes what was to go out by `now`, each title in a transaction of its own, once.

    One that can't be published keeps no other back, and stays due: raises an ExceptionGroup at the end.
    """
    due = select(TITLE_SCHEDULE.c.title_id).where(TITLE_SCHEDULE.c.publish_at <= now)
    async with resources.database.read("catalog") as db:
        ids: Sequence[UUID] = (await db.execute(due.order_by(TITLE_SCHEDULE.c.publish_at))).scalars().all()
    failed: list[Exception] = []
    for id_ in ids:
        try:
            async with resources.database.write("catalog") as db:
                await release_one(db, id_, now)
        except Exception as error:
            error.add_note(f"title {id_}")
            failed.append(error)
    if failed:
        raise ExceptionGroup("scheduled titles were not published", failed)


async def release_one(db: AsyncSession, title_id: UUID, now: datetime) -> None:
    """Publishes a title as it was approved. If there are problems by now, it is as if it had not been scheduled."""
    title = await locked(db, Id(str(title_id)))
    due = select(TITLE_SCHEDULE).where(TITLE_SCHEDULE.c.title_id == title_id, TITLE_SCHEDULE.c.publish_at <= now)
    scheduled = (await db.execute(due)).first()
    if scheduled is None:
        return  # another worker was first, or it was put off
    document = of_json(scheduled.document)
    (problems,) = await problems_in(db, [document], now)
    if problems:
        await give_up(db, title, scheduled.revision, problems)
        return
    await release(db, {title_id: (document, scheduled.revision)}, now)
    await report(db, None, "PUBLISHED_TITLE", title_id, f"revision {scheduled.revision}, as scheduled")


async def give_up(db: AsyncSession, title: EditorialTitleRow, revision: int, problems: Sequence[UserErrorRow]) -> None:
    """Takes a title off the schedule, and says why in the audit log."""
    await db.execute(delete(TITLE_SCHEDULE).where(TITLE_SCHEDULE.c.title_id == title.id))
    state = withdrawn(title) if title.published_revision is None else PublicationState.PUBLISHED
    await stand(db, title.id, state, title.published_revision)
    why = " ".join(problem.message for problem in problems)
    await report(db, None, "DID_NOT_PUBLISH", title.id, f"revision {revision}: {why}"[:LONGEST_REASON])
