"""What the blend is compared with, each trained on the same part and asked in the same way."""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array

from recommendations.factors import factors
from recommendations.interactions import Features
from recommendations.metrics import Ranker
from recommendations.model import Floats, Recipe
from recommendations.splits import Split, matrix
from recommendations.training import learn, weights_of

ALS = {"factors": 64, "regularization": 30.0, "alpha": 3.0, "iterations": 15}
"""Chosen on the validation part, like the recipe."""
NEAREST = 100
"""Neighbours of each title, as is usual."""
Baseline = Callable[[Split, Features, Recipe], Ranker]


class MissingLibrary(RuntimeError):
    """A comparison needs a distribution that is not among those that Marquee runs with."""


def popularity(split: Split, features: Features, recipe: Recipe) -> Ranker:
    """How many have watched it."""
    counts = np.bincount(split.train.titles, minlength=split.train.shape[1]).astype(np.float32)
    return lambda profiles: np.tile(counts, (len(profiles), 1))


def nearest(split: Split, features: Features, recipe: Recipe) -> Ranker:
    """Item-kNN (Sarwar et al. 2001): the cosines with what is in the history, of each title's 100 nearest."""
    watched = matrix(split.train)
    lengths = np.sqrt(watched.power(2).sum(axis=0))
    unit = watched @ diags_array(np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0))
    near, history = strongest(csr_array(unit.T @ unit), NEAREST), matrix(split.history)
    return lambda profiles: single((history[profiles] @ near.T).toarray())


def strongest(cosines: csr_array[Any], count: int) -> csr_array[Any]:
    """(n, n): of each row the largest so many, itself aside."""
    cosines.setdiag(0)
    rows, columns, values = [], [], []
    for row in range(cosines.shape[0]):
        where = slice(cosines.indptr[row], cosines.indptr[row + 1])
        best = np.argsort(-cosines.data[where], kind="stable")[:count]
        rows.append(np.full(len(best), row))
        columns.append(cosines.indices[where][best])
        values.append(cosines.data[where][best])
    parts = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return coo_array(parts, shape=cosines.shape).tocsr()


def lightfm(split: Split, features: Features, recipe: Recipe) -> Ranker:
    """LightFM alone, with the vectors that it learned for the profiles, and for titles from their ids and features.

    As it is commonly used: titles without interactions are there in training, for WARP to take as turned down.
    """
    learned = factors(split.train, weights_of(features, recipe), recipe, lambda done, total: None)
    return lambda profiles: learned.profile_vectors[profiles] @ learned.vectors.T + learned.biases


def lightfm_features(split: Split, features: Features, recipe: Recipe) -> Ranker:
    """LightFM's sums of the features alone, trained without the titles that are hidden."""
    having = weights_of(features, recipe)
    learned = learn(split.train, features, recipe, lambda step, done, total: None)
    vectors, biases = having @ learned.feature_vectors, having @ learned.feature_biases
    return lambda profiles: learned.profile_vectors[profiles] @ vectors.T + biases


def als(split: Split, features: Features, recipe: Recipe) -> Ranker:
    """Matrix factorisation for implicit feedback (Hu, Koren and Volinsky 2008), of the library `implicit`."""
    try:
        from implicit.als import AlternatingLeastSquares
    except ImportError as error:
        raise MissingLibrary("ALS comes from the distribution implicit, which is among the dev extra's.") from error
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about threads, which it is asked not to use
        model = AlternatingLeastSquares(**ALS, num_threads=1, random_state=recipe.seed)
        model.fit(matrix(split.train), show_progress=False)
    profiles, titles = np.asarray(model.user_factors), np.asarray(model.item_factors)
    return lambda asked: single(profiles[asked] @ titles.T)


def single(values: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)
