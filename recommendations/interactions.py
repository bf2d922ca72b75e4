"""Who watched what and liked it, as training sees it: a matrix of weights without anybody's id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array


@dataclass(frozen=True)
class Interactions:
    """Positive preferences of m profiles for n titles, sorted by profile, then title; weights are above 0.

    `times` are seconds since 1970, the newest event of each pair.
    """

    profiles: NDArray[np.int64]
    titles: NDArray[np.int64]
    weights: NDArray[np.float32]
    times: NDArray[np.float64]
    shape: tuple[int, int]

    @property
    def matrix(self) -> csr_array[Any]:
        """(m, n)"""
        return csr_array((self.weights, (self.profiles, self.titles)), shape=self.shape)

    def only(self, which: NDArray[np.bool_]) -> "Interactions":
        """Those that the mask selects, of the same shape."""
        return Interactions(
            self.profiles[which], self.titles[which], self.weights[which], self.times[which], self.shape
        )


@dataclass(frozen=True)
class Features:
    """(n, f): which title has which feature, each once; names in ascending order."""

    names: Sequence[str]
    matrix: csr_array[Any]


def ranks(profiles: NDArray[np.int64], keys: NDArray[np.float64]) -> NDArray[np.int64]:
    """Each one's place among those of the same profile, from 0, by ascending key; of equals the first comes first."""
    order = np.lexsort((keys, profiles))
    counts = np.bincount(profiles)
    starts = np.cumsum(counts) - counts
    result = np.empty(len(profiles), np.int64)
    result[order] = np.arange(len(profiles)) - starts[profiles[order]]
    return result
