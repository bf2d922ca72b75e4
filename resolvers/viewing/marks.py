"""What a profile says of titles: my list, thumbs, watched or not, and what it no longer goes on with."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.catalog import PlayableKind
from models.published import PublishedPlayable
from models.viewing import ListItem, Thumb, TitleThumb
from models.viewing import Progress as StoredProgress
from resolvers.viewing.beats import next_episodes, progress_at, progress_row, save_progress
from resolvers.viewing.changes import Change, entries_at, item_id, lock_profiles, post, save_entries
from resolvers.viewing.heartbeats import ProgressPayloadRow
from resolvers.viewing.messages import say
from resolvers.viewing.references import TitleRef, playable_ref, visible_titles
from resolvers.viewing.rules import Entry, Playable, continued, progressed
from resolvers.visible import visible
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of


@dataclass(slots=True)
class TitlePayloadRow:
    title: TitleRef | None
    user_errors: list[UserErrorRow] = field(default_factory=list)


@dataclass(slots=True)
class ContinueWatchingPayloadRow:
    removed_id: UUID | None
    user_errors: list[UserErrorRow] = field(default_factory=list)


def profile_of(request: Request) -> UUID:
    """The selected profile; Refusal PROFILE_REQUIRED without one."""
    if request.profile_id is None:
        raise Refusal("PROFILE_REQUIRED", say(request.languages, "PROFILE_REQUIRED"))
    return request.profile_id


async def title_of(request: Request, title_id: Id) -> TitleRef:
    """The title; Refusal NOT_FOUND (`titleId`) where it does not exist for the viewer."""
    key = uuid_of(title_id)
    title = (await visible_titles(request, [key])).get(key) if key else None
    if title is None:
        raise Refusal("NOT_FOUND", say(request.languages, "UNKNOWN_TITLE"), "titleId")
    return title


async def add_to_my_list(request: Request, *, title_id: Id) -> TitlePayloadRow:
    """Again, it changes nothing. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    row = {"profile_id": profile_id, "title_id": title.id, "added_at": request.now}
    async with request.write("viewing") as db:
        await db.execute(insert(ListItem).values(**row).on_conflict_do_nothing())
    return TitlePayloadRow(title)


async def remove_from_my_list(request: Request, *, title_id: Id) -> TitlePayloadRow:
    """Again, it changes nothing. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    mine = (col(ListItem.profile_id) == profile_id, col(ListItem.title_id) == title.id)
    async with request.write("viewing") as db:
        await db.execute(delete(ListItem).where(*mine))
    return TitlePayloadRow(title)


async def rate_title(request: Request, *, title_id: Id, thumb: Thumb | None = None) -> TitlePayloadRow:
    """Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    mine = (col(TitleThumb.profile_id) == profile_id, col(TitleThumb.title_id) == title.id)
    async with request.write("viewing") as db:
        if thumb is None:
            await db.execute(delete(TitleThumb).where(*mine))
        else:
            given = {"thumb": thumb, "rated_at": request.now}
            row = insert(TitleThumb).values(profile_id=profile_id, title_id=title.id, **given)
            await db.execute(row.on_conflict_do_update(index_elements=["profile_id", "title_id"], set_=given))
    return TitlePayloadRow(title)


async def remove_from_continue_watching(request: Request, *, title_id: Id) -> ContinueWatchingPayloadRow:
    """The id of the entry that left; null where there was none. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    place = (profile_id, title.id)
    async with request.write("viewing") as db:
        revisions = await lock_profiles(db, [profile_id])
        changes = await save_entries(db, revisions, await entries_at(db, [place]), {place: None})
    for change in changes:
        post(request.resources.hub, change, None)
    return ContinueWatchingPayloadRow(item_id(*place) if changes else None)


async def mark_watched(request: Request, *, playable_id: Id, watched: bool) -> ProgressPayloadRow:
    """As if it had been played to its end, or never. Refusals: PROFILE_REQUIRED, NOT_FOUND (`playableId`)."""
    profile_id = profile_of(request)
    async with request.write("viewing") as db:
        playable = await playable_of(request, db, playable_id)
        revisions = await lock_profiles(db, [profile_id])
        place, watching = (profile_id, playable.title_id), (profile_id, playable.playable_id)
        before = await entries_at(db, [place])
        if watched:
            entry = continued(before.get(place), playable, playable.duration_ms, request.now)
            await finish(request, db, watching, playable)
        else:
            entry = without(before.get(place), playable.playable_id)
            await unwatch(db, watching)
        changes: list[Change] = await save_entries(db, revisions, before, {place: entry})
    for change in changes:
        post(request.resources.hub, change, playable.kind)
    return ProgressPayloadRow(playable_ref(playable.kind, playable.playable_id))


def without(entry: Entry | None, playable_id: UUID) -> Entry | None:
    return None if entry is not None and entry.playable_id == playable_id else entry


async def playable_of(request: Request, db: AsyncSession, playable_id: Id) -> Playable:
    """The playable; Refusal NOT_FOUND (`playableId`) where it does not exist for the viewer."""
    key = uuid_of(playable_id)
    columns = (
        *(col(PublishedPlayable.playable_id), col(PublishedPlayable.title_id), col(PublishedPlayable.kind)),
        *(col(PublishedPlayable.duration_ms), col(PublishedPlayable.credits_start_ms)),
    )
    query = select(*columns).where(
        col(PublishedPlayable.playable_id) == key, visible(col(PublishedPlayable.title_id), request)
    )
    row = (await db.execute(query)).one_or_none() if key else None
    if row is None:
        raise Refusal("NOT_FOUND", say(request.languages, "UNKNOWN_TITLE"), "playableId")
    following = await next_episodes(db, [row.playable_id] if row.kind is PlayableKind.EPISODE else [])
    return Playable(
        *(row.playable_id, row.title_id, row.kind, row.duration_ms or 0, row.credits_start_ms),
        following.get(row.playable_id),
    )


async def finish(request: Request, db: AsyncSession, watching: tuple[UUID, UUID], playable: Playable) -> None:
    end = playable.duration_ms
    progress = progressed((await progress_at(db, [watching])).get(watching), playable, end)
    await save_progress(db, [progress_row(watching, progress, playable.title_id, end, request.now)])


async def unwatch(db: AsyncSession, watching: tuple[UUID, UUID]) -> None:
    profile_id, playable_id = watching
    mine = (col(StoredProgress.profile_id) == profile_id, col(StoredProgress.playable_id) == playable_id)
    await db.execute(delete(StoredProgress).where(*mine))
