"""What artwork is made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class PosterSubject:
    """A title as its artwork sees it; equal subjects give equal pictures. ``director`` is empty where unknown."""

    slug: str
    name: str
    genres: tuple[str, ...]
    year: int
    director: str = ""

    def random(self, purpose: str) -> Random:
        """A generator of its own for each purpose, the same on every machine and in every process."""
        return Random(hashlib.sha256(f"{self.slug}/{purpose}".encode()).digest())  # noqa: S311 (drawing, not secrets)
