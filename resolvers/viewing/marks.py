"""What a profile says of titles: my list, thumbs, not interested, and watched or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.catalog import PlayableKind
from models.published import PublishedPlayable
from models.viewing import ListItem, NotInterested, Removal, Thumb, TitleThumb
from models.viewing import PlaybackSession as Session
from models.viewing import Progress as StoredProgress
from resolvers.viewing.changes import Change, item_id, lock_profiles, post
from resolvers.viewing.heartbeats import ProgressPayloadRow
from resolvers.viewing.messages import say
from resolvers.viewing.progress import Watching, next_episodes, progress_at, progress_row, save_progress
from resolvers.viewing.recommending.cache import forget_rankings, saying
from resolvers.viewing.references import TitleRef, playable_ref, visible_titles
from resolvers.viewing.rules import Playable, Progress
from resolvers.viewing.standings import save_continued, standings_at
from resolvers.visible import visible
from runtime.database import among
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
    async with saying(request, profile_id) as db:
        await db.execute(insert(ListItem).values(**row).on_conflict_do_nothing())
    return TitlePayloadRow(title)


async def remove_from_my_list(request: Request, *, title_id: Id) -> TitlePayloadRow:
    """Again, it changes nothing. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    async with saying(request, profile_id) as db:
        await take_back(db, ListItem, profile_id, title.id)
    return TitlePayloadRow(title)


async def rate_title(request: Request, *, title_id: Id, thumb: Thumb | None = None) -> TitlePayloadRow:
    """Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    async with saying(request, profile_id) as db:
        if thumb is None:
            await take_back(db, TitleThumb, profile_id, title.id)
        else:
            given = {"thumb": thumb, "rated_at": request.now}
            row = insert(TitleThumb).values(profile_id=profile_id, title_id=title.id, **given)
            await db.execute(row.on_conflict_do_update(index_elements=["profile_id", "title_id"], set_=given))
    return TitlePayloadRow(title)


async def not_interested(request: Request, *, title_id: Id, undo: bool = False) -> TitlePayloadRow:
    """Home and what else is proposed leave the title out until `undo`; what the profile began or listed stays.

    Again, it changes nothing. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`).
    """
    profile_id, title = profile_of(request), await title_of(request, title_id)
    row = {"profile_id": profile_id, "title_id": title.id, "said_at": request.now}
    async with saying(request, profile_id) as db:
        if undo:
            await take_back(db, NotInterested, profile_id, title.id)
        else:
            await db.execute(insert(NotInterested).values(**row).on_conflict_do_nothing())
    return TitlePayloadRow(title)


async def take_back(db: AsyncSession, table: type[SQLModel], profile_id: UUID, title_id: UUID) -> None:
    """Deletes what the profile said of the title in the table, if it did."""
    of: Any = table
    await db.execute(delete(table).where(col(of.profile_id) == profile_id, col(of.title_id) == title_id))


async def remove_from_continue_watching(request: Request, *, title_id: Id) -> ContinueWatchingPayloadRow:
    """The id of the entry that left, which stays away until the title is watched again, whatever episodes come; null
    where there was none. Refusals: PROFILE_REQUIRED, NOT_FOUND (`titleId`)."""
    profile_id, title = profile_of(request), await title_of(request, title_id)
    place = (profile_id, title.id)
    async with request.write("viewing") as db:
        revisions = await lock_profiles(db, [profile_id])
        changes = await save_continued(db, revisions, await standings_at(db, [place]), {place: None})
        if changes:
            row = insert(Removal).values(profile_id=profile_id, title_id=title.id, removed_at=request.now)
            given = {"removed_at": row.excluded.removed_at}
            await db.execute(row.on_conflict_do_update(index_elements=["profile_id", "title_id"], set_=given))
    post(request.resources.hub, changes)
    return ContinueWatchingPayloadRow(item_id(*place) if changes else None)


async def mark_watched(request: Request, *, playable_id: Id, watched: bool) -> ProgressPayloadRow:
    """As if it had been played to its end, or never. Refusals: PROFILE_REQUIRED, NOT_FOUND (`playableId`)."""
    profile_id = profile_of(request)
    async with request.write("viewing") as db:
        playable = await playable_of(request, db, playable_id)
        watching = (profile_id, playable.playable_id)
        going_on = await lock_plays(db, watching)  # before the profile, as heartbeats do
        revisions = await lock_profiles(db, [profile_id])
        if watched:
            await finish(db, watching, playable, request.now)
        else:
            await unwatch(db, watching)
        found = {"found_watched": watched, "found_at": request.now if watched else None, "counted": False}
        await db.execute(update(Session).where(among(col(Session.id), going_on)).values(**found))
        changes: list[Change] = []
        if playable.kind is not PlayableKind.TRAILER:
            place = (profile_id, playable.title_id)
            standings = await standings_at(db, [place])
            entry = standings[place].continued(standings[place].newest)
            changes = await save_continued(db, revisions, standings, {place: entry})
    post(request.resources.hub, changes)
    await forget_rankings(request.resources, [profile_id])
    return ProgressPayloadRow(playable_ref(playable.kind, playable.playable_id))


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


async def finish(db: AsyncSession, watching: Watching, playable: Playable, now: datetime) -> None:
    """Puts the profile at the end; where it was not there before, that is one play more."""
    before = (await progress_at(db, [watching])).get(watching)
    plays = before.play_count + (not before.watched) if before else 1
    progress = Progress(playable.duration_ms, True, plays, now)
    await save_progress(db, [progress_row(watching, progress, playable, now)])


async def unwatch(db: AsyncSession, watching: Watching) -> None:
    profile_id, playable_id = watching
    mine = (col(StoredProgress.profile_id) == profile_id, col(StoredProgress.playable_id) == playable_id)
    await db.execute(delete(StoredProgress).where(*mine))


async def lock_plays(db: AsyncSession, watching: Watching) -> Sequence[UUID]:
    """The profile's open plays of the playable, which start anew from what is said of it."""
    mine = (col(Session.profile_id) == watching[0], col(Session.playable_id) == watching[1])
    query = select(col(Session.id)).where(*mine, col(Session.ended_at).is_(None))
    return (await db.scalars(query.order_by(col(Session.id)).with_for_update())).all()
