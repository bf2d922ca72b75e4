"""Storing heartbeats: whatever arrived together shares one transaction, one set of statements, whatever its size.

Locks are always taken in one order: sessions by id, then profiles by id, so that two processes never deadlock.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind
from models.viewing import PlaybackCommandReason, PlayerState
from resolvers.viewing.changes import Change, Place, columns, lock_profiles, post
from resolvers.viewing.progress import Watching, next_episodes, progress_at, progress_row, save_progress
from resolvers.viewing.recommending.cache import forget_rankings
from resolvers.viewing.rules import Entry, Found, Playable, Progress, Reached, progressed
from resolvers.viewing.standings import Standing, save_continued, standings_at
from resolvers.viewing.streams import tell_streams
from runtime.group_commit import GroupCommit
from runtime.request import Request
from runtime.resources import Resources

LEASE = timedelta(seconds=90)

SESSIONS = text(
    "select s.id, s.account_id, s.profile_id, s.playable_id, s.title_id, s.sequence, s.position_ms, s.watched_ms,"
    " s.state, s.bitrate, s.bits, s.rebuffers, s.rebuffer_ms, s.found_watched, s.found_at, s.counted,"
    " s.beat_at, s.lease_until, s.ended_at, s.end_reason, s.ended_by, p.kind, p.duration_ms, p.credits_start_ms"
    " from viewing.playback_session s left join catalog.published_playable p using (playable_id)"
    " where s.id = any(cast(:ids as uuid[])) order by s.id for update of s"
)
SAVE_SESSIONS = text(
    "update viewing.playback_session s set sequence = n.sequence, position_ms = n.position_ms,"
    " watched_ms = n.watched_ms, state = n.state, bitrate = n.bitrate, bits = n.bits, rebuffers = n.rebuffers,"
    " rebuffer_ms = n.rebuffer_ms, found_watched = n.found_watched, found_at = n.found_at, counted = n.counted,"
    " beat_at = n.beat_at, lease_until = n.lease_until, ended_at = n.ended_at"
    " from unnest(cast(:ids as uuid[]), cast(:sequences as int[]), cast(:positions as int[]), cast(:watched as int[]),"
    " cast(:states as text[]), cast(:bitrates as int[]), cast(:bits as bigint[]), cast(:rebuffers as int[]),"
    " cast(:stalls as bigint[]), cast(:found_watched as bool[]), cast(:found_at as timestamptz[]),"
    " cast(:counted as bool[]), cast(:beats as timestamptz[]), cast(:leases as timestamptz[]),"
    " cast(:ends as timestamptz[])) as n(id, sequence, position_ms, watched_ms, state, bitrate, bits, rebuffers,"
    " rebuffer_ms, found_watched, found_at, counted, beat_at, lease_until, ended_at) where s.id = n.id"
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
    account_id: UUID
    profile_id: UUID
    playable_id: UUID
    title_id: UUID
    sequence: int
    position_ms: int
    watched_ms: int
    state: str
    bitrate: int | None
    bits: int
    rebuffers: int
    rebuffer_ms: int
    found_watched: bool
    found_at: datetime | None
    counted: bool
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

    @property
    def found(self) -> Found:
        return Found(self.found_watched, self.found_at, self.counted)

    def find(self, progress: Progress | None) -> None:
        """Notes what there is of the playable before the first heartbeat."""
        if self.sequence == 0 and progress is not None:
            self.found_watched, self.found_at = progress.watched, progress.counted_at

    def hear(self, beat: Beat, position_ms: int) -> None:
        """Takes a heartbeat's numbers over. Time watched grows by what was played, at most at double speed."""
        elapsed = max(int((beat.now - self.beat_at) / timedelta(milliseconds=1)), 0)
        played = min(max(position_ms - self.position_ms, 0), 2 * elapsed)
        self.bitrate = beat.bitrate if beat.bitrate is not None else self.bitrate
        self.watched_ms += played
        self.bits += (self.bitrate or 0) * played // 1000
        self.position_ms, self.beat_at = position_ms, beat.now
        if beat.sequence is None:
            self.ended_at = self.lease_until = beat.now
            return
        self.sequence, self.state, self.lease_until = beat.sequence, beat.state.name, beat.now + LEASE
        self.rebuffers += beat.rebuffer_ms > 0
        self.rebuffer_ms += beat.rebuffer_ms


@dataclass(frozen=True, slots=True)
class Heard:
    """The session after a heartbeat. `refused` where it had ended and the heartbeat is new."""

    session: Session
    refused: bool


@dataclass(slots=True)
class Ledger:
    """What one batch reads, changes and writes; the sessions and profiles are locked. `returned` are the accounts of
    which a session holds a slot again, or no more; `told` the profiles that stopped, or came to an end."""

    sessions: dict[UUID, Session]
    revisions: dict[UUID, int] = field(default_factory=dict)
    next_ids: dict[UUID, UUID] = field(default_factory=dict)
    progress: dict[Watching, Progress] = field(default_factory=dict)
    standings: dict[Place, Standing] = field(default_factory=dict)
    heard: dict[UUID, Session] = field(default_factory=dict)
    moved: dict[Watching, tuple[Playable, datetime]] = field(default_factory=dict)
    returned: set[UUID] = field(default_factory=set)
    told: set[UUID] = field(default_factory=set)

    def apply(self, beat: Beat) -> Heard | None:
        """The outcome of one heartbeat; None where the profile has no such session."""
        session = self.sessions.get(beat.session_id)
        if session is None or session.profile_id != beat.profile_id:
            return None
        if beat.sequence is not None and beat.sequence <= session.sequence:
            return Heard(session, refused=False)
        if session.ended_at is not None or session.kind is None:
            return Heard(session, refused=beat.sequence is not None)
        if beat.sequence is None or session.lease_until <= beat.now:
            self.returned.add(session.account_id)
        self.move(session, beat)
        return Heard(session, refused=False)

    def move(self, session: Session, beat: Beat) -> None:
        playable, watching = self.playable_of(session), (session.profile_id, session.playable_id)
        before, position = self.progress.get(watching), playable.clamped(beat.position_ms)
        session.find(before)
        session.hear(beat, position)
        self.progress[watching] = progressed(before, session.found, playable, position, beat.now)
        finished = playable.finished(position)
        if beat.sequence is None or finished != session.counted:
            self.told.add(session.profile_id)
        session.counted = finished
        self.heard[session.id] = session
        self.moved.pop(watching, None)
        self.moved[watching] = playable, beat.now  # last, for of what counts at the same moment the later wins

    def playable_of(self, session: Session) -> Playable:
        kind = session.playable_kind
        assert kind is not None, "an unpublished playable is not moved on"
        next_id = self.next_ids.get(session.playable_id)
        length = session.duration_ms or 0
        return Playable(session.playable_id, session.title_id, kind, length, session.credits_start_ms, next_id)

    def entries(self) -> dict[Place, Entry | None]:
        """The entries of the titles that were played."""
        played = {(s.profile_id, s.playable_id): self.playable_of(s) for s in self.sessions.values() if s.kind}
        touched = {(profile_id, playable.title_id) for (profile_id, _), (playable, _) in self.moved.items()}
        newest = {place: self.standings[place].newest for place in touched}
        for watching in (*(played.keys() - self.moved.keys()), *self.moved):
            playable, progress = played[watching], self.progress.get(watching)
            place = watching[0], playable.title_id
            if playable.kind is PlayableKind.TRAILER or progress is None or place not in touched:
                continue
            known, at = newest[place], progress.counted_at
            if at and (known is None or at >= known.counted_at):
                newest[place] = Reached(playable.playable_id, progress.watched, at, playable.next_id)
        return {place: self.standings[place].continued(reached) for place, reached in newest.items()}


async def open_ledger(db: AsyncSession, beats: Sequence[Beat]) -> Ledger:
    """Locks and reads all that the heartbeats may change."""
    rows = await db.execute(SESSIONS, {"ids": list({beat.session_id for beat in beats})})
    ledger = Ledger({row.id: Session(*row) for row in rows})
    if sessions := ledger.sessions.values():
        ledger.revisions = await lock_profiles(db, (s.profile_id for s in sessions))
        watched = {(s.profile_id, s.playable_id) for s in sessions}
        ledger.progress = await progress_at(db, watched)
        ledger.standings = await standings_at(db, {(s.profile_id, s.title_id) for s in sessions}, watched)
        episodes = {s.playable_id for s in sessions if s.playable_kind is PlayableKind.EPISODE}
        ledger.next_ids = await next_episodes(db, episodes)
    return ledger


async def close_ledger(db: AsyncSession, ledger: Ledger) -> list[Change]:
    """Writes what the heartbeats changed."""
    if not ledger.heard:
        return []
    names = "ids sequences positions watched states bitrates bits rebuffers stalls found_watched found_at counted beats"
    await db.execute(SAVE_SESSIONS, columns(f"{names} leases ends", [session_row(s) for s in ledger.heard.values()]))
    moved = ledger.moved.items()
    await save_progress(db, [progress_row(key, ledger.progress[key], playable, at) for key, (playable, at) in moved])
    return await save_continued(db, ledger.revisions, ledger.standings, ledger.entries())


def session_row(s: Session) -> Sequence[Any]:
    return (
        *(s.id, s.sequence, s.position_ms, s.watched_ms, s.state, s.bitrate, s.bits, s.rebuffers, s.rebuffer_ms),
        *(s.found_watched, s.found_at, s.counted, s.beat_at, s.lease_until, s.ended_at),
    )


async def store(resources: Resources, beats: Sequence[Beat]) -> Sequence[Heard | None]:
    """Applies the heartbeats in the order they came and answers once they are durable; then tells the listeners."""
    async with resources.database.write("viewing") as db:
        ledger = await open_ledger(db, beats)
        heard = [ledger.apply(beat) for beat in beats]
        changes = await close_ledger(db, ledger)
    post(resources.hub, changes)
    tell_streams(resources.hub, ledger.returned)
    await forget_rankings(resources, sorted(ledger.told))
    return heard


async def keep(request: Request, beat: Beat) -> Heard | None:
    """The heartbeat's outcome, durable: it shares its transaction with the process's other heartbeats."""
    shared = request.resources.shared
    if store not in shared:
        shared[store] = GroupCommit(partial(store, request.resources))
    batcher: GroupCommit[Beat, Heard | None] = shared[store]
    heard = await batcher(beat)
    request.forget()
    return heard
