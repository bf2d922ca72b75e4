"""When progress counts, when a title is watched, and what to go on with: pure functions of positions.

Times are milliseconds. The later heartbeat always wins; nothing depends on those that never arrived.
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
        """Whether it is far enough to go on from there: 5 %."""
        return position_ms >= COUNTS_FROM * self.duration_ms

    def finished(self, position_ms: int) -> bool:
        """Whether it is watched: from 90 % on, or from where its credits start."""
        credits = self.credits_start_ms
        return position_ms >= WATCHED_FROM * self.duration_ms or (credits is not None and position_ms >= credits)


@dataclass(frozen=True, slots=True)
class Progress:
    position_ms: int
    watched: bool
    play_count: int


@dataclass(frozen=True, slots=True)
class Entry:
    """A title's place in continue-watching: what to play, and why."""

    playable_id: UUID
    reason: ContinueReason
    updated_at: datetime


def progressed(before: Progress | None, playable: Playable, position_ms: int) -> Progress:
    """Progress after reaching a position; each time that it becomes watched is one play.

    Going back unwatches it, but not below 5 %: a look at its start changes nothing.
    """
    was_watched, plays = (before.watched, before.play_count) if before else (False, 0)
    watched = playable.finished(position_ms) or (was_watched and not playable.counts(position_ms))
    return Progress(position_ms, watched, plays + (watched and not was_watched))


def continued(before: Entry | None, playable: Playable, position_ms: int, now: datetime) -> Entry | None:
    """The title's entry after reaching a position of one of its playables; None where it leaves the list."""
    if playable.kind is PlayableKind.TRAILER or not playable.counts(position_ms):
        return before
    if not playable.finished(position_ms):
        return Entry(playable.playable_id, ContinueReason.IN_PROGRESS, now)
    if playable.next_id is None:
        return None
    if before and (before.playable_id, before.reason) == (playable.next_id, ContinueReason.NEXT_EPISODE):
        return before
    return Entry(playable.next_id, ContinueReason.NEXT_EPISODE, now)


def resume_at(progress: Progress | None, playable: Playable) -> int:
    """Where to resume: 0 where it was never played far enough, or is watched."""
    if progress is None or progress.watched or not playable.counts(progress.position_ms):
        return 0
    return progress.position_ms
