"""When progress counts, when a title is watched, and what to go on with: pure functions of positions.

Times are milliseconds. What a play leaves behind follows from what it found and from its last heartbeat, whatever came
in between, in whatever order it came; between plays the later one wins.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.catalog import PlayableKind
from models.viewing import ContinueReason

COUNTS_FROM = 0.05
WATCHED_FROM = 0.9


@dataclass(frozen=True, slots=True)
class Playable:
    """What is being played; `next_id` is the episode after it, where there is one."""

    playable_id: UUID
    title_id: UUID
    kind: PlayableKind
    duration_ms: int
    credits_start_ms: int | None = None
    next_id: UUID | None = None

    def clamped(self, position_ms: int) -> int:
        """Players overshoot the end by a frame or two: a position beyond it is the end."""
        return min(position_ms, self.duration_ms)

    def counts(self, position_ms: int) -> bool:
        """Whether it is far enough to go on from there: 5 %, or finished."""
        return position_ms >= COUNTS_FROM * self.duration_ms or self.finished(position_ms)

    def finished(self, position_ms: int) -> bool:
        """Whether it is watched: from 90 % on, or from where its credits start."""
        credits = self.credits_start_ms
        return position_ms >= WATCHED_FROM * self.duration_ms or (credits is not None and position_ms >= credits)


@dataclass(frozen=True, slots=True)
class Progress:
    """`counted_at` is when it last was far enough to count."""

    position_ms: int
    watched: bool
    play_count: int
    counted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a play found of the playable's progress when it began, and whether it counts as a play until now."""

    watched: bool = False
    counted_at: datetime | None = None
    counted: bool = False


@dataclass(frozen=True, slots=True)
class Reached:
    """Where a profile is in a title: its newest progress that counts, and the episode after it."""

    playable_id: UUID
    watched: bool
    counted_at: datetime
    next_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A title's place in continue-watching: what to play, and why."""

    playable_id: UUID
    reason: ContinueReason
    updated_at: datetime


def progressed(before: Progress | None, found: Found, playable: Playable, position_ms: int, now: datetime) -> Progress:
    """Progress once a play is at a position; it counts as a play while it is at the end.

    Going back unwatches it, but not below 5 %: a look at its start leaves what was found.
    """
    finished, counts = playable.finished(position_ms), playable.counts(position_ms)
    others = max((before.play_count if before else 0) - found.counted, 0)
    watched = finished or (found.watched and not counts)
    return Progress(position_ms, watched, others + finished, now if counts else found.counted_at)


def continued(before: Entry | None, newest: Reached | None, removed_at: datetime | None = None) -> Entry | None:
    """A title's entry for where the profile is in it; None where there is nothing to go on with, or the profile took
    it out since. `before` stays where it leads to the same episode: once it gave way, nothing changes."""
    if newest is None or (removed_at is not None and newest.counted_at <= removed_at):
        return None
    if not newest.watched:
        return Entry(newest.playable_id, ContinueReason.IN_PROGRESS, newest.counted_at)
    if newest.next_id is None:
        return None
    if before and before.playable_id == newest.next_id and before.reason is not ContinueReason.IN_PROGRESS:
        return before
    return Entry(newest.next_id, ContinueReason.NEXT_EPISODE, newest.counted_at)


def resume_at(progress: Progress | None, playable: Playable) -> int:
    """Where to resume: 0 where it was never played far enough, or is watched."""
    if progress is None or progress.watched or not playable.counts(progress.position_ms):
        return 0
    return progress.position_ms
