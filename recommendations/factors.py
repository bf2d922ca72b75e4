"""LightFM (Kula 2015) with the WARP loss (Weston et al. 2011): a title is the sum of its id and of its features."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from lightfm import LightFM
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_array, csr_matrix, eye_array, hstack

from recommendations.interactions import Interactions
from recommendations.model import Floats, Recipe


@dataclass(frozen=True)
class Factors:
    """m profiles, n titles, f features, k components; a title's vector is all of it: its id's and its features'."""

    vectors: Floats
    """(n, k)"""
    biases: Floats
    """(n,)"""
    feature_vectors: Floats
    """(f, k)"""
    feature_biases: Floats
    """(f,)"""
    profile_vectors: Floats
    """(m, k): for the history maps and for comparison; they don't leave training."""


def factors(
    interactions: Interactions, features: csr_array[Any], recipe: Recipe, progress: Callable[[int, int], None]
) -> Factors:
    """Trains on one thread, so that one seed gives one result; `features` is (n, f) and already weighed.

    Calls progress(epochs done, epochs).
    """
    places = (interactions.profiles.astype(np.int32), interactions.titles.astype(np.int32))
    positive = coo_matrix((np.ones_like(interactions.weights), places), shape=interactions.shape)
    weights = coo_matrix((interactions.weights / interactions.weights.mean(), places), shape=interactions.shape)
    ids = eye_array(interactions.shape[1], dtype=np.float32, format="csr")
    items = csr_matrix(hstack([ids, features], format="csr", dtype=np.float32))
    items.indices, items.indptr = items.indices.astype(np.int32), items.indptr.astype(np.int32)
    model = LightFM(
        no_components=recipe.components,
        loss="warp",
        max_sampled=recipe.max_sampled,
        user_alpha=recipe.profile_regularisation,
        random_state=recipe.seed,
    )
    epochs = max(1, min(recipe.epochs, recipe.steps // len(interactions.weights)))
    for epoch in range(epochs):
        progress(epoch, epochs)
        model.fit_partial(positive, item_features=items, sample_weight=weights, num_threads=1)
    progress(epochs, epochs)
    return representations(model, items)


def representations(model: LightFM, items: csr_matrix[Any]) -> Factors:
    titles = items.shape[0]
    biases, vectors = model.get_item_representations(items)
    return Factors(
        single(vectors),
        single(biases),
        single(model.item_embeddings[titles:]),
        single(model.item_biases[titles:]),
        single(model.user_embeddings),
    )


def single(values: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(values, dtype=np.float32)
