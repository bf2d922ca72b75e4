"""Ridge maps: from a history to a profile's vector, and from features to the vector of a title nobody has watched."""

from typing import Any

import numpy as np
from scipy.sparse import csr_array
from sklearn.linear_model import Ridge

from recommendations.factors import Factors
from recommendations.histories import rows, summaries
from recommendations.interactions import ranks
from recommendations.model import Floats, Recipe


def history_maps(matrix: csr_array[Any], trained: Factors, recipe: Recipe) -> Floats:
    """(s, 2k + 1, k): for each of the recipe's sizes the map that best gives the trained vectors of the profiles.

    It sees so many titles at random of each profile, the last size's all of them; of profiles without any it sees none.
    """
    some = np.diff(matrix.indptr) > 0
    matrix, wanted = matrix[some], trained.profile_vectors[some]
    rng = np.random.default_rng(recipe.seed)
    *shorter, _ = recipe.history_sizes
    histories = [shortened(matrix, size, rng) for size in shorter] + [matrix]
    return np.stack([history_map(history, wanted, trained.vectors, recipe.map_regularisation) for history in histories])


def shortened(matrix: csr_array[Any], size: int, rng: np.random.Generator) -> csr_array[Any]:
    """The matrix with at most so many titles of each profile, drawn at random."""
    profiles = rows(matrix)
    kept = ranks(profiles, rng.random(matrix.nnz)) < size
    return csr_array((matrix.data[kept], (profiles[kept], matrix.indices[kept])), shape=matrix.shape)


def history_map(history: csr_array[Any], wanted: Floats, vectors: Floats, regularisation: float) -> Floats:
    given = summaries(history, vectors)[:, :-1]
    ridge = Ridge(regularisation, solver="cholesky").fit(given.astype(np.float64), wanted)
    return np.vstack([ridge.coef_.T, ridge.intercept_]).astype(np.float32)


def cold_map(features: csr_array[Any], trained: Factors, regularisation: float) -> tuple[Floats, Floats]:
    """(f, k + 1) and (k + 1,): a title's vector and bias are about `its features @ map + mean`.

    `features` (n, f) and `trained` are of titles with interactions.
    """
    wanted = np.column_stack([trained.vectors, trained.biases]).astype(np.float64)
    mean = wanted.mean(axis=0)
    if not features.shape[1]:
        return np.zeros((0, len(mean)), np.float32), mean.astype(np.float32)
    ridge = Ridge(regularisation, fit_intercept=False, solver="sparse_cg", tol=1e-6)
    ridge.fit(features.astype(np.float64), wanted - mean)
    return ridge.coef_.T.astype(np.float32), mean.astype(np.float32)
