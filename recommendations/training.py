"""From interactions to a model."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommendations.ease import neighbours
from recommendations.events import DAY
from recommendations.factors import Factors, factors
from recommendations.interactions import Features, Interactions
from recommendations.maps import cold_map, history_maps
from recommendations.model import Floats, Model, Recipe

Progress = Callable[[str, int, int], None]
"""What is being done, how much of it is done, and out of how much."""


def train(
    interactions: Interactions, features: Features, title_ids: NDArray[np.uint8], recipe: Recipe, progress: Progress
) -> Model:
    """A model of all n titles, `title_ids` being (n, 16); the same input gives the same bytes, on one thread.

    Titles without interactions get what their features say. ValueError without any interactions.
    """
    learned = learn(interactions, features, recipe, progress)
    return assemble(interactions, features, title_ids, recipe, learned, progress)


def learn(interactions: Interactions, features: Features, recipe: Recipe, progress: Progress) -> Factors:
    """LightFM's factors of the titles with interactions, ascending; ValueError where there are none."""
    if not len(interactions.weights):
        raise ValueError("There are no interactions to train on.")
    seen = np.unique(interactions.titles)
    weighed = weights_of(features, recipe)[seen]
    return factors(of_titles(interactions, seen), weighed, recipe, lambda done, total: progress("factors", done, total))


def assemble(
    interactions: Interactions,
    features: Features,
    title_ids: NDArray[np.uint8],
    recipe: Recipe,
    learned: Factors,
    progress: Progress,
) -> Model:
    """The model, as `train` gives it, from what `learn` has given."""
    progress("maps", 0, 1)
    seen = np.unique(interactions.titles)
    maps = history_maps(of_titles(interactions, seen).matrix, learned, recipe)
    from_features, mean = cold_map(features.matrix[seen], learned, recipe.map_regularisation)
    every = with_unseen(learned, seen, features.matrix @ from_features + mean)
    progress("neighbours", 0, 1)
    near = neighbours(interactions.matrix, features.matrix, recipe)
    progress("neighbours", 1, 1)
    return Model(
        title_ids=title_ids,
        vectors=every.vectors,
        biases=every.biases,
        feature_names=features.names,
        feature_vectors=every.feature_vectors,
        feature_biases=every.feature_biases,
        features=weights_of(features, recipe),
        neighbours=near,
        history_sizes=np.asarray(recipe.history_sizes, np.int64),
        history_maps=maps,
        cold_map=from_features,
        cold_mean=mean,
        popularity=sums(interactions, interactions.weights),
        recent=recent(interactions, recipe.recent_days),
        recipe=recipe,
    )


def weights_of(features: Features, recipe: Recipe) -> csr_array[Any]:
    """(n, f): what LightFM is given of each title's features."""
    return (features.matrix * recipe.feature_weight).astype(np.float32)


def of_titles(interactions: Interactions, titles: NDArray[np.int64]) -> Interactions:
    """The same interactions with only these titles, ascending, which are all that have any.

    WARP would otherwise push the others away as titles that everybody turned down, and their features with them.
    """
    places, shape = np.searchsorted(titles, interactions.titles), (interactions.shape[0], len(titles))
    return replace(interactions, titles=places, shape=shape)


def with_unseen(learned: Factors, seen: NDArray[np.int64], guessed: NDArray[Any]) -> Factors:
    """Factors of all titles: the seen ones' learned, the others' guessed, (n, k + 1), from their features."""
    vectors, biases = guessed[:, :-1].astype(np.float32), guessed[:, -1].astype(np.float32)
    vectors[seen], biases[seen] = learned.vectors, learned.biases
    return replace(learned, vectors=np.ascontiguousarray(vectors), biases=biases)


def recent(interactions: Interactions, days: float) -> Floats:
    """(n,): weights summed up, half as much for each so many days between an interaction and the newest."""
    ages = (interactions.times.max() - interactions.times) / DAY
    return sums(interactions, interactions.weights * 0.5 ** (ages / days))


def sums(interactions: Interactions, weights: NDArray[Any]) -> Floats:
    return np.bincount(interactions.titles, weights, interactions.shape[1]).astype(np.float32)
