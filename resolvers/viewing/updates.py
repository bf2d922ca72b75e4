"""Continue-watching as it changes: a snapshot, then each change; a cursor replays what a lost connection missed."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlmodel import col

from models.viewing import ProfileState
from resolvers.paging import cursor_of, keys_of
from resolvers.viewing.changes import Upserted, item_id, parsed, topic_of
from resolvers.viewing.lists import CONTINUE, ContinueWatchingItemRow, item_row, listed
from resolvers.viewing.marks import profile_of
from resolvers.viewing.references import playable_ref, title_ref, visible_titles
from runtime.database import is_connection_lost
from runtime.errors import BadInput, Refusal
from runtime.events import Event, Missed
from runtime.request import Request

SNAPSHOT_SIZE = 100
AGAIN_SECONDS = 1.0
"""Until a subscription that met a dead Postgres looks at the list again."""
log = structlog.get_logger()


class ChangeKind(Enum):
    SNAPSHOT = "SNAPSHOT"
    UPSERT = "UPSERT"
    REMOVE = "REMOVE"


@dataclass(slots=True)
class ContinueWatchingEventRow:
    cursor: str
    kind: ChangeKind
    item: ContinueWatchingItemRow | None = None
    removed_id: UUID | None = None
    snapshot: Sequence[ContinueWatchingItemRow] | None = None


async def continue_watching_changed(
    request: Request, *, after: str | None = None
) -> AsyncGenerator[ContinueWatchingEventRow, None]:
    """A SNAPSHOT of the newest 100 entries, then each change; with `after` the changes since that cursor instead,
    as far as they are still kept. Whenever one is missed, or Postgres was away, a SNAPSHOT comes again.

    BadInput without a profile.
    """
    try:
        profile_id = profile_of(request)
    except Refusal as refusal:
        raise BadInput(str(refusal)) from refusal
    revision = seen_revision(after)
    while True:
        try:
            async with aclosing(changes_since(request, profile_id, revision)) as events:
                async for event in events:
                    yield fresh(request, event)
        except Exception as error:
            if not is_connection_lost(error):
                raise
            log.warning("push_delayed", error=type(error).__name__)
            await asyncio.sleep(AGAIN_SECONDS)
        revision = None


async def changes_since(
    request: Request, profile_id: UUID, revision: int | None
) -> AsyncGenerator[ContinueWatchingEventRow, None]:
    """The changes since the revision, or without one a snapshot and those since; it ends where one is missed."""
    if revision is None:
        revision, event = await snapshot(request, profile_id)
        yield event
    current = partial(revision_of, request, profile_id)
    async with aclosing(request.resources.hub.listen(topic_of(profile_id), revision, current)) as changes:
        async for change in changes:
            if isinstance(change, Missed):
                return
            yield await event_of(request, profile_id, change)


def seen_revision(after: str | None) -> int | None:
    keys = keys_of(after, int)
    return keys[0] if keys else None


def fresh(request: Request, event: ContinueWatchingEventRow) -> ContinueWatchingEventRow:
    """The event, whose fields see the world as it is now and not as it was at an earlier event."""
    request.forget()
    return event


async def revision_of(request: Request, profile_id: UUID) -> int:
    query = select(col(ProfileState.revision)).where(col(ProfileState.profile_id) == profile_id)
    async with request.read("viewing") as db:
        return (await db.execute(query)).scalar_one_or_none() or 0


async def snapshot(request: Request, profile_id: UUID) -> tuple[int, ContinueWatchingEventRow]:
    """The list and its revision, which is read first: a change in between is told again, which does no harm."""
    revision = await revision_of(request, profile_id)
    now = replace(request, now=datetime.now(UTC))
    [rows] = await listed(now, [(profile_id, request.maximum_age)], CONTINUE, SNAPSHOT_SIZE, None)
    items = [item_row(row) for row in rows[:SNAPSHOT_SIZE]]
    return revision, ContinueWatchingEventRow(cursor_of(revision), ChangeKind.SNAPSHOT, snapshot=items)


async def event_of(request: Request, profile_id: UUID, event: Event) -> ContinueWatchingEventRow:
    """The change as its listener may see it: a title that no longer exists for the viewer has left the list."""
    cursor, change = cursor_of(event.revision), parsed(event.payload)
    if not isinstance(change, Upserted):
        return ContinueWatchingEventRow(cursor, ChangeKind.REMOVE, removed_id=change.item_id)
    identity = item_id(profile_id, change.title_id)
    now = replace(request, now=datetime.now(UTC))
    if change.title_id not in await visible_titles(now, [change.title_id]):
        return ContinueWatchingEventRow(cursor, ChangeKind.REMOVE, removed_id=identity)
    title = title_ref(change.title_kind, change.title_id)
    playable = playable_ref(change.playable_kind, change.playable_id)
    item = ContinueWatchingItemRow(identity, title, playable, change.reason, change.updated_at)
    return ContinueWatchingEventRow(cursor, ChangeKind.UPSERT, item=item)
