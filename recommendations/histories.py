"""What a history sums up to, for the map that training learned: serving needs this much of it, and no more."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommendations.model import Floats


def summaries(history: csr_array[Any], vectors: Floats) -> Floats:
    """(m, 2k + 1): the titles' mean vector, their sum over the square root of how many there are, and 1.

    Only what is liked counts, weights above 0; one factor for all of a history's weights changes nothing.
    """
    liked = history.maximum(0)
    total = np.maximum(liked.sum(axis=1), 1e-9)[:, None]
    length = np.maximum(np.sqrt(liked.power(2).sum(axis=1)), 1e-9)[:, None]
    sums = liked @ vectors
    return np.hstack([sums / total, sums / length, np.ones_like(total)]).astype(np.float32)


def bucket(history: csr_array[Any], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """(m,): which of the ascending sizes' maps is for each history."""
    liked = np.bincount(rows(history)[history.data > 0], minlength=history.shape[0])
    return np.minimum(np.searchsorted(sizes, liked), len(sizes) - 1)


def rows(matrix: csr_array[Any]) -> NDArray[np.int64]:
    """The row of each stored value."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
