"""How far profiles are in playables: read and written for many at once, with the profiles locked."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from resolvers.viewing.changes import columns
from resolvers.viewing.rules import Playable, Progress

NEXT = text(
    "select e.playable_id, n.playable_id as next_id from catalog.published_playable e cross join lateral ("
    " select n.playable_id, n.prefix from catalog.published_playable n"
    " where n.title_id = e.title_id and n.kind = 'EPISODE'"
    " and (n.season_number, n.number) > (e.season_number, e.number) order by n.season_number, n.number limit 1) n"
    " where e.kind = 'EPISODE' and e.playable_id = any(cast(:ids as uuid[])) and n.prefix is not null"
)
PROGRESS = text(
    "select profile_id, playable_id, position_ms, watched, play_count, counted_at from viewing.progress"
    " where (profile_id, playable_id) in (select * from unnest(cast(:profiles as uuid[]), cast(:playables as uuid[])))"
)
SAVE = text(
    "insert into viewing.progress"
    " (profile_id, playable_id, title_id, position_ms, duration_ms, watched, play_count, counted_at, updated_at)"
    " select * from unnest(cast(:profiles as uuid[]), cast(:playables as uuid[]), cast(:titles as uuid[]),"
    " cast(:positions as int[]), cast(:durations as int[]), cast(:watched as bool[]), cast(:plays as int[]),"
    " cast(:counted as timestamptz[]), cast(:moments as timestamptz[]))"
    " on conflict (profile_id, playable_id) do update set position_ms = excluded.position_ms,"
    " duration_ms = excluded.duration_ms, watched = excluded.watched, play_count = excluded.play_count,"
    " counted_at = excluded.counted_at, updated_at = excluded.updated_at"
)

Watching = tuple[UUID, UUID]
"""A profile and a playable."""


async def next_episodes(db: AsyncSession, playable_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The episode after each of the episodes, in the order of its series, where there is one and it plays already."""
    wanted = list(playable_ids)
    rows = await db.execute(NEXT, {"ids": wanted}) if wanted else ()
    return {row.playable_id: row.next_id for row in rows}


async def progress_at(db: AsyncSession, keys: Iterable[Watching]) -> dict[Watching, Progress]:
    rows = await db.execute(PROGRESS, columns("profiles playables", list(keys)))
    return {(r.profile_id, r.playable_id): Progress(r.position_ms, r.watched, r.play_count, r.counted_at) for r in rows}


def progress_row(key: Watching, progress: Progress, playable: Playable, now: datetime) -> Sequence[Any]:
    """A row of Progress for `save_progress`."""
    return (
        *(*key, playable.title_id, progress.position_ms, playable.duration_ms),
        *(progress.watched, progress.play_count, progress.counted_at, now),
    )


async def save_progress(db: AsyncSession, rows: Sequence[Sequence[Any]]) -> None:
    """Writes rows as `progress_row` makes them."""
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    names = "profiles playables titles positions durations watched plays counted moments"
    await db.execute(SAVE, columns(names, ordered))
