"""What a film of ours is, before it is made."""

from collections.abc import Mapping
from dataclasses import dataclass

TITLE_CARD_MS = 4000
CREDITS_MS = 4500


@dataclass(frozen=True)
class Tune:
    """The sound track of one language: notes of `scale` (in semitones above `root`, in hertz), plucked or sung."""

    root: float
    scale: tuple[int, ...]
    beats_a_minute: int
    overtones: tuple[float, ...]
    decay: float
    meter: int


@dataclass(frozen=True)
class Words:
    """What a film says in one language."""

    name: str
    tagline: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Film:
    """A short film: `picture` is an ffmpeg filter graph that makes 720p at 24 frames a second.

    The first language of `words` is the one on the title card. Times are in milliseconds.
    """

    slug: str
    seconds: int
    picture: str
    words: Mapping[str, Words]

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.words)

    @property
    def intro(self) -> tuple[int, int]:
        """Where the title card starts and ends."""
        return 0, TITLE_CARD_MS

    @property
    def credits(self) -> tuple[int, int]:
        """Where the end credits start and end."""
        return self.seconds * 1000 - CREDITS_MS, self.seconds * 1000
