"""What is held out to measure by: of each profile, of time, of titles, and of short histories."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommendations.interactions import Interactions, ranks

SEED = 42
FEW = 5


@dataclass(frozen=True)
class Split:
    """All of one shape (m, n); nothing that is held out is in the training part or in a history."""

    train: Interactions
    """What a model may learn from."""
    history: Interactions
    """What it is told of the profiles when they ask."""
    known: Interactions
    """What is not ranked: the history, and what else of the profile is neither told nor held out."""
    test: Interactions
    """What was held out."""
    among: NDArray[np.bool_] | None = None
    """(n,): the only titles that are ranked, where it isn't all."""


Kind = Callable[[Interactions, float], Split]
"""Holds out about so much, from 0 to 1."""


def places(interactions: Interactions, seed: int) -> NDArray[np.float64]:
    """A place from 0 to 1 for each interaction, among those of its profile, at random but evenly."""
    profiles = interactions.profiles
    counts = np.bincount(profiles, minlength=interactions.shape[0])
    return (ranks(profiles, np.random.RandomState(seed).rand(len(profiles))) + 0.5) / counts[profiles]


def at_random(interactions: Interactions, part: float, seed: int = SEED) -> Split:
    """So much of each profile."""
    kept = places(interactions, seed) < 1 - part
    return plain(interactions, kept)


def by_time(interactions: Interactions, part: float) -> Split:
    """What happened at one instant or later, for everybody the same one."""
    instant = np.quantile(interactions.times, 1 - part)
    return plain(interactions, interactions.times < instant)


def plain(interactions: Interactions, kept: NDArray[np.bool_]) -> Split:
    train = interactions.only(kept)
    return Split(train, train, train, interactions.only(~kept))


def of_titles(interactions: Interactions, part: float) -> Split:
    """So many of the titles, wholly; only those are ranked."""
    titles = np.unique(interactions.titles)
    hidden = np.zeros(interactions.shape[1], bool)
    hidden[np.random.RandomState(SEED).permutation(titles)[: int(len(titles) * part)]] = True
    split = plain(interactions, ~hidden[interactions.titles])
    return Split(split.train, split.history, split.known, split.test, hidden)


def of_newcomers(interactions: Interactions, part: float, seed: int = SEED) -> Split:
    """So much of each profile; and so many profiles that training knows nothing of, who tell of 5 titles each."""
    kept = places(interactions, seed) < 1 - part
    profiles = np.unique(interactions.profiles)
    new = np.zeros(interactions.shape[0], bool)
    new[np.random.RandomState(seed).permutation(profiles)[: max(1, int(len(profiles) * part))]] = True
    theirs = new[interactions.profiles]
    told = theirs & kept & first(interactions, theirs & kept, FEW, seed + 1)
    return Split(
        interactions.only(kept & ~theirs),
        interactions.only(told),
        interactions.only(kept & theirs),
        interactions.only(~kept & theirs),
    )


def first(interactions: Interactions, which: NDArray[np.bool_], count: int, seed: int) -> NDArray[np.bool_]:
    """Of those that the mask selects, so many of each profile, at random."""
    profiles = interactions.profiles[which]
    rank = ranks(profiles, np.random.RandomState(seed).rand(len(profiles)))
    result = np.zeros(len(which), bool)
    result[np.flatnonzero(which)[rank < count]] = True
    return result


def matrix(interactions: Interactions) -> csr_array[Any]:
    """(m, n), in single precision."""
    return interactions.matrix.astype(np.float32)
