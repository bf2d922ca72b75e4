"""What a profile has to do with titles and playables: all of it is null without one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlmodel import col

from models.viewing import ListItem, Thumb, TitleThumb
from resolvers.viewing.references import EpisodeRef, MovieRef
from runtime.database import among
from runtime.request import Request

PROGRESS = text(
    "select playable_id, position_ms, duration_ms, watched, play_count, updated_at from viewing.progress"
    " where profile_id = :profile and playable_id = any(cast(:ids as uuid[]))"
)
UP_NEXT = text(
    """
    select asked.id as title_id,
        coalesce(current.playable_id, following.playable_id, beginning.playable_id) as playable_id
    from unnest(cast(:ids as uuid[])) as asked(id)
    left join viewing.continue_watching current on current.profile_id = :profile and current.title_id = asked.id
    left join lateral (
        select p.season_number, p.number from viewing.progress g join catalog.published_playable p using (playable_id)
        where g.profile_id = :profile and g.title_id = asked.id and p.kind = 'EPISODE' and g.watched
        order by g.counted_at desc limit 1
    ) watched on true
    left join lateral (
        select p.playable_id from catalog.published_playable p where p.title_id = asked.id and p.kind = 'EPISODE'
        and (p.season_number, p.number) > (watched.season_number, watched.number)
        order by p.season_number, p.number limit 1
    ) following on true
    left join lateral (
        select p.playable_id from catalog.published_playable p where p.title_id = asked.id and p.kind = 'EPISODE'
        order by p.season_number, p.number limit 1
    ) beginning on true
    """
)


@dataclass(slots=True)
class ProgressRow:
    position_ms: int
    duration_ms: int
    percent: float
    watched: bool
    play_count: int
    last_watched_at: datetime


async def progress_of(request: Request, playable_ids: Sequence[UUID]) -> list[ProgressRow | None]:
    """Batch: how far the profile is in each playable; `percent` is from 0 to 100."""
    if request.profile_id is None:
        return [None] * len(playable_ids)
    given = {"profile": request.profile_id, "ids": list(playable_ids)}
    async with request.read("viewing") as db:
        rows = {row.playable_id: row for row in await db.execute(PROGRESS, given)}
    return [
        ProgressRow(r.position_ms, r.duration_ms, percent(r.position_ms, r.duration_ms), *r[3:])
        if (r := rows.get(playable_id))
        else None
        for playable_id in playable_ids
    ]


def percent(position_ms: int, duration_ms: int) -> float:
    return round(100 * position_ms / duration_ms, 2) if duration_ms else 0.0


async def in_my_list(request: Request, title_ids: Sequence[UUID]) -> list[bool | None]:
    """Batch: whether each title is on the profile's own list."""
    if request.profile_id is None:
        return [None] * len(title_ids)
    mine = (col(ListItem.profile_id) == request.profile_id, among(col(ListItem.title_id), title_ids))
    async with request.read("viewing") as db:
        listed = set((await db.execute(select(col(ListItem.title_id)).where(*mine))).scalars())
    return [title_id in listed for title_id in title_ids]


async def thumb_of(request: Request, title_ids: Sequence[UUID]) -> list[Thumb | None]:
    """Batch: the profile's thumb on each title; None where it gave none."""
    if request.profile_id is None:
        return [None] * len(title_ids)
    mine = (col(TitleThumb.profile_id) == request.profile_id, among(col(TitleThumb.title_id), title_ids))
    async with request.read("viewing") as db:
        rows = await db.execute(select(col(TitleThumb.title_id), col(TitleThumb.thumb)).where(*mine))
        thumbs = {row.title_id: row.thumb for row in rows}
    return [thumbs.get(title_id) for title_id in title_ids]


async def film_itself(request: Request, title_ids: Sequence[UUID]) -> list[MovieRef | None]:
    """Batch: a film is what to play of a film."""
    return [MovieRef(title_id) if request.profile_id else None for title_id in title_ids]


async def episode_up_next(request: Request, title_ids: Sequence[UUID]) -> list[EpisodeRef | None]:
    """Batch: the episode of each series to go on with: the one in continue-watching, else the one after the last that
    was watched, else the first."""
    if request.profile_id is None:
        return [None] * len(title_ids)
    async with request.read("viewing") as db:
        rows = await db.execute(UP_NEXT, {"ids": list(title_ids), "profile": request.profile_id})
        up_next = {row.title_id: row.playable_id for row in rows}
    return [EpisodeRef(up_next[i]) if up_next.get(i) else None for i in title_ids]
