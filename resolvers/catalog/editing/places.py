"""Places in lists that people put in order. What stays keeps its own: cursors name them, and who pages through a list
while it is saved should neither meet anything twice nor miss it."""

from bisect import bisect_left
from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

from models.columns import GAP

Key = TypeVar("Key", bound=Hashable)


def placed(keys: Sequence[Key], old: Mapping[Key, int]) -> list[int]:
    """Rising places for the keys, which are all different.

    As many as can keep the places they had; where there is no more room between two of them, all get new ones.
    """
    had = [old.get(key) for key in keys]
    kept = rising(had)
    if not kept:
        return [GAP * n for n in range(len(keys))]
    (start, lowest), (end, highest) = kept[0], kept[-1]
    places = [lowest - GAP * n for n in range(start, 0, -1)]
    for (n, low), (m, high) in pairwise(kept):
        if high - low < m - n:
            return [GAP * n for n in range(len(keys))]
        places += [low + (high - low) * step // (m - n) for step in range(m - n)]
    return places + [highest + GAP * n for n in range(len(keys) - end)]


def rising(places: Sequence[int | None]) -> list[tuple[int, int]]:
    """The longest rising part of the places, each with its index (patience sorting: Fredman 1975)."""
    ends: list[int] = []
    """The lowest place that a rising part of each length ends with."""
    found: list[tuple[int, int, int]] = []
    for n, place in enumerate(places):
        if place is not None:
            length = bisect_left(ends, place)
            ends[length : length + 1] = [place]
            found.append((length, n, place))
    part: list[tuple[int, int]] = []
    wanted = len(ends) - 1
    for length, n, place in reversed(found):
        if length == wanted and (not part or place < part[-1][1]):
            part.append((n, place))
            wanted -= 1
    return part[::-1]
