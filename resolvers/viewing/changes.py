"""Changes of continue-watching on their way to whoever listens: written with a revision, posted after the commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind, TitleKind
from models.viewing import ContinueReason
from resolvers.viewing.rules import Entry
from runtime.events import Event, Hub

LOCK = text(
    "select profile_id, revision from viewing.profile_state"
    " where profile_id = any(cast(:ids as uuid[])) order by profile_id for update"
)
BEGIN = text(
    "insert into viewing.profile_state (profile_id, revision)"
    " select id, 0 from unnest(cast(:ids as uuid[])) as new(id) order by id on conflict do nothing"
)
UPSERT = text(
    "insert into viewing.continue_watching (profile_id, title_id, playable_id, reason, updated_at)"
    " select * from unnest(cast(:profiles as uuid[]), cast(:titles as uuid[]), cast(:playables as uuid[]),"
    " cast(:reasons as text[]), cast(:moments as timestamptz[]))"
    " on conflict (profile_id, title_id) do update set playable_id = excluded.playable_id,"
    " reason = excluded.reason, updated_at = excluded.updated_at"
)
REMOVE = text(
    "delete from viewing.continue_watching where (profile_id, title_id) in"
    " (select * from unnest(cast(:profiles as uuid[]), cast(:titles as uuid[])))"
)
RAISE = text(
    "update viewing.profile_state s set revision = new.revision"
    " from unnest(cast(:ids as uuid[]), cast(:revisions as int[])) as new(profile_id, revision)"
    " where s.profile_id = new.profile_id"
)

Place = tuple[UUID, UUID]
"""A profile and a title."""


@dataclass(frozen=True, slots=True)
class Change:
    """A title's new entry in a profile's list, or None where it left; `revision` is the push's cursor."""

    profile_id: UUID
    title_id: UUID
    entry: Entry | None
    revision: int


def item_id(profile_id: UUID, title_id: UUID) -> UUID:
    """The id of a title's entry in a profile's list: the same each time it comes back, and no title's own."""
    return uuid5(profile_id, f"continue-watching:{title_id}")


def topic_of(profile_id: UUID) -> str:
    return f"continue:{profile_id}"


async def lock_profiles(db: AsyncSession, profile_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Locks the profiles' lists, always in one order; their revisions."""
    wanted = sorted(set(profile_ids))
    found = await locked(db, wanted)
    if missing := [i for i in wanted if i not in found]:
        await db.execute(BEGIN, {"ids": missing})
        found = await locked(db, wanted)
    return found


async def locked(db: AsyncSession, profile_ids: Sequence[UUID]) -> dict[UUID, int]:
    return {row.profile_id: row.revision for row in await db.execute(LOCK, {"ids": profile_ids})}


async def save_entries(
    db: AsyncSession, revisions: dict[UUID, int], before: Mapping[Place, Entry], after: Mapping[Place, Entry | None]
) -> list[Change]:
    """Writes the entries that differ, and raises a revision for each; the profiles are locked."""
    changes = []
    for place, entry in after.items():
        if entry != before.get(place):
            revisions[place[0]] += 1
            changes.append(Change(*place, entry, revisions[place[0]]))
    kept = [(c.profile_id, c.title_id, c.entry) for c in changes if c.entry]
    gone = [(c.profile_id, c.title_id) for c in changes if not c.entry]
    if kept:
        rows = [(p, t, e.playable_id, e.reason.name, e.updated_at) for p, t, e in kept]
        await db.execute(UPSERT, columns("profiles titles playables reasons moments", rows))
    if gone:
        await db.execute(REMOVE, columns("profiles titles", gone))
    if changes:
        raised = {c.profile_id: revisions[c.profile_id] for c in changes}
        await db.execute(RAISE, columns("ids revisions", list(raised.items())))
    return changes


def columns(names: str, rows: Sequence[Sequence[Any]]) -> dict[str, list[Any]]:
    """Rows turned into one array parameter a column."""
    keys = names.split()
    return {name: [row[n] for row in rows] for n, name in enumerate(keys)}


def post(hub: Hub, changes: Iterable[Change]) -> None:
    """Sends committed changes to their profiles' listeners."""
    for change in changes:
        hub.post(topic_of(change.profile_id), Event(change.revision, payload(change)))


def payload(change: Change) -> bytes:
    if change.entry is None:
        removed = {"kind": "REMOVE", "id": item_id(change.profile_id, change.title_id)}
        return orjson.dumps(removed, default=str)  # asyncpg's UUIDs are its own
    entry = change.entry
    is_film = entry.playable_id == change.title_id
    title_kind, playable_kind = (
        (TitleKind.MOVIE, PlayableKind.MOVIE) if is_film else (TitleKind.SERIES, PlayableKind.EPISODE)
    )
    return orjson.dumps(
        {
            "kind": "UPSERT",
            "title": [title_kind.name, change.title_id],
            "playable": [playable_kind.name, entry.playable_id],
            "reason": entry.reason.name,
            "at": entry.updated_at,
        },
        default=str,
    )


@dataclass(frozen=True, slots=True)
class Upserted:
    title_kind: TitleKind
    title_id: UUID
    playable_kind: PlayableKind
    playable_id: UUID
    reason: ContinueReason
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Removed:
    item_id: UUID


def parsed(payload: bytes) -> Upserted | Removed:
    """What `payload` wrote."""
    data = orjson.loads(payload)
    if data["kind"] == "REMOVE":
        return Removed(UUID(data["id"]))
    (title_kind, title_id), (playable_kind, playable_id) = data["title"], data["playable"]
    return Upserted(
        TitleKind[title_kind],
        UUID(title_id),
        PlayableKind[playable_kind],
        UUID(playable_id),
        ContinueReason[data["reason"]],
        datetime.fromisoformat(data["at"]),
    )
