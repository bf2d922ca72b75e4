"""EASE: the linear model from a history to titles (Steck 2019), solved exactly."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import inv
from scipy.sparse import coo_array, csr_array, diags_array

from recommendations.model import Recipe

BLOCK = 1000
"""Rows at a time, where sparse becomes dense or dense sparse: what is in between stays small."""


def neighbours(matrix: csr_array[Any], features: csr_array[Any], recipe: Recipe) -> csr_array[Any]:
    """(n, n) float32: row h is what having h in the history says for each title; the diagonal is 0.

    Of the (m, n) matrix only the `recipe.ease_limit` titles with most interactions take part, the others' rows and
    columns are empty; `features` (n, f) says which title has which. The largest `recipe.ease_kept` of each row stay.
    """
    some = participants(matrix, recipe.ease_limit)
    weights = ease(gram(matrix[:, some], features[some], recipe), recipe.ease_regularisation, recipe.ease_dropout)
    rows, columns, values = largest(weights, recipe.ease_kept)
    places, count = (some[rows], some[columns]), matrix.shape[1]
    return coo_array((values, places), shape=(count, count)).tocsr()


def participants(matrix: csr_array[Any], limit: int) -> NDArray[np.int64]:
    """Indices, ascending, of at most so many titles: those with most interactions, and with one at least."""
    counts = np.bincount(matrix.indices, minlength=matrix.shape[1])
    most = np.argsort(-counts, kind="stable")[:limit]
    return np.sort(most[counts[most] > 0])


def gram(matrix: csr_array[Any], features: csr_array[Any], recipe: Recipe) -> NDArray[np.float64]:
    """(n, n): what pairs of titles have in common: profiles, and features as if those had watched (Jeunen 2020)."""
    damped = diags_array(damping(matrix, recipe.ease_damping)) @ matrix.astype(np.float64)
    rare = features.astype(np.float64) @ diags_array(recipe.ease_features * rarity(features))
    result = np.empty((matrix.shape[1],) * 2)
    for start in range(0, len(result), BLOCK):
        block = slice(start, start + BLOCK)
        result[block] = (matrix[:, block].T @ damped + features[block] @ rare.T).toarray()
    return result


def damping(matrix: csr_array[Any], power: float) -> NDArray[np.float64]:
    """A weight for each profile, 1 for one of average length."""
    lengths = np.maximum(np.diff(matrix.indptr), 1)
    return np.asarray((lengths / lengths.mean()) ** -power)


def rarity(features: csr_array[Any]) -> NDArray[np.float64]:
    """ln(n / titles that have it) for each feature: what all titles have says nothing."""
    counts = np.bincount(features.indices, minlength=features.shape[1])
    return np.log(features.shape[0] / np.maximum(counts, 1))


def ease(gram: NDArray[np.float64], regularisation: float, dropout: float = 0.0) -> NDArray[np.float64]:
    """(n, n): B = I - P diag(P)^-1 with P = (G + diag(regularisation + dropout * diag(G)))^-1.

    The gram matrix is overwritten. Dropout as in Steck 2020, "Autoencoders that don't overfit towards the identity".
    """
    diagonal = np.einsum("ii->i", gram)
    diagonal += regularisation + dropout * diagonal
    inverse = inv(gram, assume_a="pos", overwrite_a=True)
    inverse /= -inverse.diagonal()
    np.fill_diagonal(inverse, 0.0)
    return inverse


def largest(
    weights: NDArray[np.float64], kept: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Rows, columns and values of each row's `kept` values farthest from 0."""
    parts = [block_largest(weights[start : start + BLOCK], kept) for start in range(0, len(weights), BLOCK)]
    rows = [rows + number * BLOCK for number, (rows, _, _) in enumerate(parts)]
    values = np.concatenate([values for _, _, values in parts]).astype(np.float32)
    return np.concatenate(rows), np.concatenate([columns for _, columns, _ in parts]), values


def block_largest(
    block: NDArray[np.float64], kept: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    if kept < block.shape[1]:
        size = np.abs(block)
        block = np.where(size < np.partition(size, -kept, axis=1)[:, [-kept]], 0.0, block)
    rows, columns = np.nonzero(block)
    return rows, columns, block[rows, columns]
