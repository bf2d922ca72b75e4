"""A simulated history as rows, by the rules that heartbeats follow."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.catalog import PlayableKind
from models.viewing import PlayerState
from resolvers.viewing.rules import Entry, Found, Playable, Progress, Reached, continued, progressed
from sandbox.households import Member, Play

DEVICES = ("Living room TV", "Laptop", "Phone", "Tablet")
HEIGHT = 720
BEAT_MS = 10_000
"""How much is played between two heartbeats."""


@dataclass
class Diary:
    """Where a profile stands after its plays: `revision` counts the changes of its continue-watching."""

    progress: dict[UUID, tuple[Progress, Play]] = field(default_factory=dict)
    newest: dict[UUID, Reached] = field(default_factory=dict)
    entries: dict[UUID, Entry | None] = field(default_factory=dict)
    revision: int = 0

    def note(self, play: Play, playable: Playable) -> None:
        position, at = position_of(play, playable), play.ended_at
        before, _ = self.progress.get(playable.playable_id, (None, None))
        found = Found(before.watched, before.counted_at) if before else Found()
        progress = progressed(before, found, playable, position, at)
        self.progress[playable.playable_id] = progress, play
        if progress.counted_at == at and playable.kind is not PlayableKind.TRAILER:
            self.newest[play.title_id] = Reached(playable.playable_id, progress.watched, at, playable.next_id)
        entry = continued(self.entries.get(play.title_id), self.newest.get(play.title_id))
        self.revision += entry != self.entries.get(play.title_id)
        self.entries[play.title_id] = entry


def position_of(play: Play, playable: Playable) -> int:
    """Where the play stopped, in milliseconds."""
    return int(play.fraction * playable.duration_ms)


def diary_of(member: Member, playables: Mapping[UUID, Playable]) -> Diary:
    diary = Diary()
    for play in member.plays:
        diary.note(play, playables[play.playable_id])
    return diary


def session_rows(
    account_id: UUID, country: str, member: Member, playables: Mapping[UUID, Playable]
) -> Iterator[dict[str, Any]]:
    """Rows of viewing.playback_session, all ended."""
    for number, play in enumerate(member.plays):
        position = position_of(play, playables[play.playable_id])
        yield {
            "id": play.id,
            "account_id": account_id,
            "profile_id": member.id,
            "playable_id": play.playable_id,
            "title_id": play.title_id,
            "device_name": DEVICES[play.id.int % len(DEVICES)],
            "idempotency_key": f"simulated-{number}",
            "request_hash": hashlib.sha256(play.id.bytes).digest(),
            "sequence": position // BEAT_MS + 1,
            "position_ms": position,
            "watched_ms": position,
            "state": PlayerState.ENDED if play.finished else PlayerState.PAUSED,
            "counted": playables[play.playable_id].finished(position),
            "country": country,
            "max_height": HEIGHT,
            "started_at": play.started_at,
            "beat_at": play.ended_at,
            "lease_until": play.ended_at,
            "ended_at": play.ended_at,
        }


def progress_rows(member: Member, diary: Diary, playables: Mapping[UUID, Playable]) -> Iterator[dict[str, Any]]:
    """Rows of viewing.progress."""
    for playable_id, (progress, play) in diary.progress.items():
        yield {
            "profile_id": member.id,
            "playable_id": playable_id,
            "title_id": play.title_id,
            "position_ms": progress.position_ms,
            "duration_ms": playables[playable_id].duration_ms,
            "watched": progress.watched,
            "play_count": progress.play_count,
            "counted_at": progress.counted_at,
            "updated_at": play.ended_at,
        }


def entry_rows(member: Member, diary: Diary) -> Iterator[dict[str, Any]]:
    """Rows of viewing.continue_watching."""
    for title_id, entry in diary.entries.items():
        if entry is not None:
            yield {
                "profile_id": member.id,
                "title_id": title_id,
                "playable_id": entry.playable_id,
                "reason": entry.reason,
                "updated_at": entry.updated_at,
            }


def list_rows(member: Member) -> Iterator[dict[str, Any]]:
    """Rows of viewing.list_item."""
    for item in member.additions:
        yield {"profile_id": member.id, "title_id": item.title_id, "added_at": item.added_at}


def thumb_rows(member: Member) -> Iterator[dict[str, Any]]:
    """Rows of viewing.title_thumb."""
    for opinion in member.opinions:
        yield {
            "profile_id": member.id,
            "title_id": opinion.title_id,
            "thumb": opinion.thumb,
            "rated_at": opinion.rated_at,
        }
