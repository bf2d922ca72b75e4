"""Where profiles stand in titles, which is what their entries in continue-watching follow from."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.viewing import ContinueReason
from resolvers.viewing.changes import Change, Place, columns, save_entries
from resolvers.viewing.progress import Watching
from resolvers.viewing.rules import Entry, Reached, continued

STANDINGS = text(
    """
    select asked.profile_id, asked.title_id, removed.removed_at,
        entry.playable_id as entry_id, entry.reason, entry.updated_at,
        newest.playable_id, newest.watched, newest.counted_at, following.playable_id as next_id
    from unnest(cast(:profiles as uuid[]), cast(:titles as uuid[])) as asked(profile_id, title_id)
    left join viewing.removal removed using (profile_id, title_id)
    left join viewing.continue_watching entry using (profile_id, title_id)
    left join lateral (
        select g.playable_id, g.watched, g.counted_at, p.kind, p.season_number, p.number
        from viewing.progress g join catalog.published_playable p using (playable_id)
        where g.profile_id = asked.profile_id and g.title_id = asked.title_id
        and g.counted_at is not null and p.kind <> 'TRAILER' and (g.profile_id, g.playable_id) not in
            (select * from unnest(cast(:watchers as uuid[]), cast(:playables as uuid[])))
        order by g.counted_at desc, g.playable_id limit 1
    ) newest on true
    left join lateral (
        select p.playable_id, p.prefix from catalog.published_playable p
        where p.title_id = asked.title_id and p.kind = 'EPISODE' and newest.kind = 'EPISODE' and newest.watched
        and (p.season_number, p.number) > (newest.season_number, newest.number)
        order by p.season_number, p.number limit 1
    ) following on following.prefix is not null
    """
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A profile's entry for a title, when it took it out, and its newest progress that counts."""

    entry: Entry | None
    removed_at: datetime | None
    newest: Reached | None

    def continued(self, newest: Reached | None) -> Entry | None:
        """The entry, should `newest` be where the profile is now."""
        return continued(self.entry, newest, self.removed_at)


async def standings_at(
    db: AsyncSession, places: Collection[Place], besides: Collection[Watching] = ()
) -> dict[Place, Standing]:
    """The standing at each place, as far as progress tells that is not `besides`."""
    given = columns("profiles titles", list(places)) | columns("watchers playables", list(besides))
    return {(row.profile_id, row.title_id): standing(row) for row in await db.execute(STANDINGS, given)}


def standing(row: Any) -> Standing:
    entry = Entry(row.entry_id, ContinueReason[row.reason], row.updated_at) if row.entry_id else None
    newest = Reached(row.playable_id, row.watched, row.counted_at, row.next_id) if row.playable_id else None
    return Standing(entry, row.removed_at, newest)


async def save_continued(
    db: AsyncSession, revisions: dict[Any, int], standings: dict[Place, Standing], after: dict[Place, Entry | None]
) -> list[Change]:
    """Writes the entries that differ from the standings'; the profiles are locked."""
    before = {place: standing.entry for place, standing in standings.items() if standing.entry}
    return await save_entries(db, revisions, before, after)
