"""From scores to lists: the best, the same calibrated to a profile's genres, and a little shuffled for the day."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommendations.model import Floats

SMOOTHING = 0.01
"""So much of what is wanted is in every list, so that a genre still missing from it makes no logarithm of 0."""


def top(scores: NDArray[Any], mask: NDArray[np.bool_] | None, k: int) -> NDArray[np.int64]:
    """Indices of the k best of (n,) scores, best first, among those of the mask; of equals the lower index."""
    candidates = np.arange(len(scores)) if mask is None else np.flatnonzero(mask)
    values = scores[candidates]
    if 0 < k < len(values):
        least = np.partition(values, len(values) - k)[len(values) - k]
        above = np.flatnonzero(values > least)
        chosen = np.concatenate([above, np.flatnonzero(values == least)[: k - len(above)]])
        candidates, values = candidates[chosen], values[chosen]
    return candidates[np.lexsort((candidates, -values))][:k]


def calibrated(
    candidates: NDArray[np.int64],
    scores: Floats,
    genres: NDArray[Any],
    wanted: NDArray[Any],
    k: int,
    strength: float = 0.25,
) -> NDArray[np.int64]:
    """k of the candidates, in an order in which the genres keep near to the wanted ones (Steck 2018).

    `scores` (n,) and `genres` (n, g) are of all titles, a row of genres adding up to 1 (or to 0), `wanted` (g,) too.
    Each next title is the one with the most of (1 - strength) * score - strength * KL(wanted, list's), the scores
    taken from 0 for the worst candidate to 1 for the best. Strength 0 orders by score.
    """
    order = candidates[np.lexsort((candidates, -scores[candidates]))]
    value, having = spread(scores[order]), genres[order].astype(np.float64)
    chosen: list[int] = []
    listed, left = np.zeros(len(wanted)), np.ones(len(order), bool)
    for place in range(min(k, len(order))):
        worth = (1 - strength) * value - strength * divergence(wanted, (listed + having) / (place + 1))
        best = int(np.argmax(np.where(left, worth, -np.inf)))
        chosen.append(best)
        left[best] = False
        listed += having[best]
    return order[chosen]


def spread(values: Floats) -> NDArray[np.float64]:
    """The values from 0 to 1; all 0 where they don't differ."""
    width = float(np.ptp(values)) if len(values) else 0.0
    return (values - values.min()) / width if width else np.zeros(len(values))


def divergence(wanted: NDArray[Any], lists: NDArray[Any]) -> NDArray[np.float64]:
    """(c,): the Kullback-Leibler divergence of each of (c, g) distributions from the wanted one, in nats."""
    some = wanted > 0
    smoothed = (1 - SMOOTHING) * lists[:, some] + SMOOTHING * wanted[some]
    return np.asarray((wanted[some] * np.log(wanted[some] / smoothed)).sum(axis=1))


def fresh(scores: Floats, seed: int, spread: float) -> Floats:
    """The scores (n,) with noise of so many standard deviations; one seed, one noise, whatever titles come after."""
    noise: Floats = np.random.default_rng(seed).standard_normal(len(scores), dtype=np.float32)
    noise *= spread * float(scores.std())
    return scores + noise
