"""What stays in a list keeps its place."""

import random
from itertools import pairwise

import pytest

from models.columns import GAP
from resolvers.catalog.editing.places import placed


@pytest.mark.parametrize(
    ("keys", "old", "places"),
    [
        ("", {"a": 7}, []),
        ("abc", {}, [0, GAP, 2 * GAP]),
        ("abc", {"a": 0, "b": 10, "c": 20}, [0, 10, 20]),
        ("ac", {"a": 0, "b": 10, "c": 20}, [0, 20]),
        ("xabcy", {"a": 0, "b": 10, "c": 20}, [-GAP, 0, 10, 20, 20 + GAP]),
        ("axyb", {"a": 0, "b": 9}, [0, 3, 6, 9]),
        ("cab", {"a": 0, "b": 10, "c": 20}, [-GAP, 0, 10]),
        ("bca", {"a": 0, "b": 10, "c": 20}, [10, 20, 20 + GAP]),
        ("axb", {"a": 0, "b": 1}, [0, GAP, 2 * GAP]),
        ("ab", {"a": 5, "b": 5}, [5 - GAP, 5]),
    ],
)
def test_places(keys: str, old: dict[str, int], places: list[int]) -> None:
    assert placed(keys, old) == places


def test_places_rise_and_as_many_stay_as_can() -> None:
    rnd = random.Random(1)
    for _ in range(500):
        before = rnd.sample(range(20), rnd.randint(0, 12))
        old = dict(zip(before, sorted(rnd.sample(range(0, 100 * GAP, GAP), len(before))), strict=True))
        keys = rnd.sample(range(20), rnd.randint(0, 12))
        places = placed(keys, old)
        assert all(low < high for low, high in pairwise(places))
        stayed = sum(old.get(key) == place for key, place in zip(keys, places, strict=True))
        assert stayed == longest([old[key] for key in keys if key in old])


def longest(places: list[int]) -> int:
    """The length of the longest rising part, tried one place after another."""
    lengths: list[int] = []
    for n, place in enumerate(places):
        lengths.append(1 + max((lengths[m] for m in range(n) if places[m] < place), default=0))
    return max(lengths, default=0)
