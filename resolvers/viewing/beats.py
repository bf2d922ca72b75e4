"""Storing heartbeats: whatever arrived together shares one transaction, one set of statements, whatever its size.

Locks are always taken in one order: sessions by id, then profiles by id, so that two processes never deadlock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind
from models.viewing import PlaybackCommandReason, PlayerState
from resolvers.viewing.changes import Change, Place, columns, entries_at, lock_profiles, post, save_entries
from resolvers.viewing.rules import Entry, Playable, Progress, continued, progressed
from runtime.group_commit import GroupCommit
from runtime.request import Request
from runtime.resources import Resources

LEASE = timedelta(seconds=90)

SESSIONS = text(
    "select s.id, s.profile_id, s.playable_id, s.title_id, s.sequence, s.position_ms, s.watched_ms, s.state, s.bitrate,"
    " s.rebuffer_ms, s.beat_at, s.lease_until, s.ended_at, s.end_reason, s.ended_by,"
    " p.kind, p.duration_ms, p.credits_start_ms"
    " from viewing.playback_session s left join catalog.published_playable p using (playable_id)"
    " where s.id = any(cast(:ids as uuid[])) order by s.id for update of s"
)
NEXT = text(
    "select e.playable_id, n.playable_id as next_id from catalog.published_playable e cross join lateral ("
    " select n.playable_id from catalog.published_playable n where n.title_id = e.title_id and n.kind = 'EPISODE'"
    " and (n.season_number, n.number) > (e.season_number, e.number) order by n.season_number, n.number limit 1) n"
    " where e.kind = 'EPISODE' and e.playable_id = any(cast(:ids as uuid[]))"
)
PROGRESS = text(
    "select profile_id, playable_id, position_ms, watched, play_count from viewing.progress"
    " where (profile_id, playable_id) in (select * from unnest(cast(:profiles as uuid[]), cast(:playables as uuid[])))"
)
SAVE_SESSIONS = text(
    "update viewing.playback_session s set sequence = n.sequence, position_ms = n.position_ms,"
    " watched_ms = n.watched_ms, state = n.state, bitrate = n.bitrate, rebuffer_ms = n.rebuffer_ms,"
    " beat_at = n.beat_at, lease_until = n.lease_until, ended_at = n.ended_at"
    " from unnest(cast(:ids as uuid[]), cast(:sequences as int[]), cast(:positions as int[]), cast(:watched as int[]),"
    " cast(:states as text[]), cast(:bitrates as int[]), cast(:rebuffers as int[]), cast(:beats as timestamptz[]),"
    " cast(:leases as timestamptz[]), cast(:ends as timestamptz[])) as n(id, sequence, position_ms, watched_ms, state,"
    " bitrate, rebuffer_ms, beat_at, lease_until, ended_at) where s.id = n.id"
)
SAVE_PROGRESS = text(
    "insert into viewing.progress"
    " (profile_id, playable_id, title_id, position_ms, duration_ms, watched, play_count, updated_at)"
    " select * from unnest(cast(:profiles as uuid[]), cast(:playables as uuid[]), cast(:titles as uuid[]),"
    " cast(:positions as int[]), cast(:durations as int[]), cast(:watched as bool[]), cast(:plays as int[]),"
    " cast(:moments as timestamptz[]))"
    " on conflict (profile_id, playable_id) do update set position_ms = excluded.position_ms,"
    " duration_ms = excluded.duration_ms, watched = excluded.watched, play_count = excluded.play_count,"
    " updated_at = excluded.updated_at"
)


@dataclass(frozen=True, slots=True)
class Beat:
    """A heartbeat, or with `sequence` None the last word of a session, which ends it. Numbers are checked before."""

    profile_id: UUID
    session_id: UUID
    sequence: int | None
    position_ms: int
    now: datetime
    state: PlayerState = PlayerState.PLAYING
    bitrate: int | None = None
    rebuffer_ms: int = 0


@dataclass(slots=True)
class Session:
    """A playback session's row while its heartbeats are applied."""

    id: UUID
    profile_id: UUID
    playable_id: UUID
    title_id: UUID
    sequence: int
    position_ms: int
    watched_ms: int
    state: str
    bitrate: int | None
    rebuffer_ms: int
    beat_at: datetime
    lease_until: datetime
    ended_at: datetime | None
    end_reason: str | None
    ended_by: str | None
    kind: str | None
    duration_ms: int | None
    credits_start_ms: int | None

    @property
    def playable_kind(self) -> PlayableKind | None:
        return PlayableKind[self.kind] if self.kind else None

    @property
    def reason(self) -> PlaybackCommandReason | None:
        return PlaybackCommandReason[self.end_reason] if self.end_reason else None

    def hear(self, beat: Beat, position_ms: int) -> None:
        """Takes a heartbeat's numbers over. Time watched grows by what was played, at most at double speed."""
        elapsed = max(int((beat.now - self.beat_at) / timedelta(milliseconds=1)), 0)
        self.watched_ms += min(max(position_ms - self.position_ms, 0), 2 * elapsed)
        self.position_ms, self.beat_at = position_ms, beat.now
        if beat.sequence is None:
            self.ended_at = self.lease_until = beat.now
            return
        self.sequence, self.state, self.lease_until = beat.sequence, beat.state.name, beat.now + LEASE
        self.bitrate = beat.bitrate if beat.bitrate is not None else self.bitrate
        self.rebuffer_ms += beat.rebuffer_ms


@dataclass(frozen=True, slots=True)
class Heard:
    """The session after a heartbeat. `refused` where it had ended and the heartbeat is new."""

    session: Session
    refused: bool


@dataclass(slots=True)
class Ledger:
    """What one batch reads, changes and writes. The sessions and profiles are locked."""

    sessions: dict[UUID, Session]
    revisions: dict[UUID, int]
    next_ids: dict[UUID, UUID]
    progress: dict[tuple[UUID, UUID], Progress]
    entries: dict[Place, Entry]
    new_entries: dict[Place, Entry | None] = field(default_factory=dict)
    heard: dict[UUID, Session] = field(default_factory=dict)
    moved: dict[tuple[UUID, UUID], tuple[Session, datetime]] = field(default_factory=dict)

    def apply(self, beat: Beat) -> Heard | None:
        """The outcome of one heartbeat; None where the profile has no such session."""
        session = self.sessions.get(beat.session_id)
        if session is None or session.profile_id != beat.profile_id:
            return None
        if beat.sequence is not None and beat.sequence <= session.sequence:
            return Heard(session, refused=False)
        if session.ended_at is not None or session.kind is None:
            return Heard(session, refused=beat.sequence is not None)
        playable = self.playable_of(session)
        position = playable.clamped(beat.position_ms)
        session.hear(beat, position)
        self.heard[session.id] = session
        self.move(session, playable, position, beat.now)
        return Heard(session, refused=False)

    def playable_of(self, session: Session) -> Playable:
        kind = session.playable_kind
        assert kind is not None, "an unpublished playable is not moved on"
        next_id = self.next_ids.get(session.playable_id)
        length = session.duration_ms or 0
        return Playable(session.playable_id, session.title_id, kind, length, session.credits_start_ms, next_id)

    def move(self, session: Session, playable: Playable, position_ms: int, now: datetime) -> None:
        watching, place = (session.profile_id, session.playable_id), (session.profile_id, session.title_id)
        self.progress[watching] = progressed(self.progress.get(watching), playable, position_ms)
        self.moved[watching] = (session, now)
        before = self.new_entries.get(place, self.entries.get(place))
        self.new_entries[place] = continued(before, playable, position_ms, now)


async def open_ledger(db: AsyncSession, beats: Sequence[Beat]) -> Ledger:
    """Locks and reads all that the heartbeats may change."""
    rows = await db.execute(SESSIONS, {"ids": list({beat.session_id for beat in beats})})
    sessions = {row.id: Session(*row) for row in rows}
    if not sessions:
        return Ledger({}, {}, {}, {}, {})
    revisions = await lock_profiles(db, (s.profile_id for s in sessions.values()))
    progress = await progress_at(db, {(s.profile_id, s.playable_id) for s in sessions.values()})
    entries = await entries_at(db, {(s.profile_id, s.title_id) for s in sessions.values()})
    episodes = {s.playable_id for s in sessions.values() if s.kind == PlayableKind.EPISODE.name}
    return Ledger(sessions, revisions, await next_episodes(db, episodes), progress, entries)


async def next_episodes(db: AsyncSession, playable_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The episode after each of the episodes, in the order of its series; the last has none."""
    wanted = list(playable_ids)
    rows = await db.execute(NEXT, {"ids": wanted}) if wanted else ()
    return {row.playable_id: row.next_id for row in rows}


async def progress_at(db: AsyncSession, keys: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], Progress]:
    rows = await db.execute(PROGRESS, columns("profiles playables", list(keys)))
    return {(r.profile_id, r.playable_id): Progress(r.position_ms, r.watched, r.play_count) for r in rows}


async def close_ledger(db: AsyncSession, ledger: Ledger) -> list[Change]:
    """Writes what the heartbeats changed."""
    if not ledger.heard:
        return []
    names = "ids sequences positions watched states bitrates rebuffers beats leases ends"
    await db.execute(SAVE_SESSIONS, columns(names, [session_row(s) for s in ledger.heard.values()]))
    rows = [
        progress_row(key, ledger.progress[key], s.title_id, s.duration_ms or 0, now)
        for key, (s, now) in ledger.moved.items()
    ]
    await save_progress(db, rows)
    return await save_entries(db, ledger.revisions, ledger.entries, ledger.new_entries)


def session_row(s: Session) -> Sequence[Any]:
    return (
        *(s.id, s.sequence, s.position_ms, s.watched_ms, s.state),
        *(s.bitrate, s.rebuffer_ms, s.beat_at, s.lease_until, s.ended_at),
    )


def progress_row(
    key: tuple[UUID, UUID], progress: Progress, title_id: UUID, duration_ms: int, now: datetime
) -> Sequence[Any]:
    return (*key, title_id, progress.position_ms, duration_ms, progress.watched, progress.play_count, now)


async def save_progress(db: AsyncSession, rows: Sequence[Sequence[Any]]) -> None:
    """Writes progress rows as `progress_row` makes them; the profiles are locked."""
    ordered = sorted(rows, key=lambda row: (row[0], row[1]))
    await db.execute(
        SAVE_PROGRESS, columns("profiles playables titles positions durations watched plays moments", ordered)
    )


async def store(resources: Resources, beats: Sequence[Beat]) -> Sequence[Heard | None]:
    """Applies the heartbeats in the order they came and answers once they are durable; then tells the listeners."""
    async with resources.database.write("viewing") as db:
        ledger = await open_ledger(db, beats)
        heard = [ledger.apply(beat) for beat in beats]
        changes = await close_ledger(db, ledger)
    played = [s for s in ledger.sessions.values() if s.kind != PlayableKind.TRAILER.name]
    kinds = {(s.profile_id, s.title_id): s.playable_kind for s in played}
    for change in changes:
        post(resources.hub, change, kinds[change.profile_id, change.title_id])
    return heard


async def keep(request: Request, beat: Beat) -> Heard | None:
    """The heartbeat's outcome, durable: it shares its transaction with the process's other heartbeats."""
    shared = request.resources.shared
    if store not in shared:
        shared[store] = GroupCommit(partial(store, request.resources))
    batcher: GroupCommit[Beat, Heard | None] = shared[store]
    heard = await batcher(beat)
    forget(request)
    return heard


def forget(request: Request) -> None:
    """Lets the payload see what was written: nothing that was loaded before counts any more."""
    request.loaders.clear()
    request.references.clear()
