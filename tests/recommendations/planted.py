"""Tastes that are known because they were planted: profiles that like some genres, titles that have one or two."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommendations.interactions import Features, Interactions
from recommendations.model import Model, Recipe
from recommendations.training import train

GENRES, ERAS = 6, 4
QUICK = Recipe(components=12, epochs=4, ease_regularisation=20.0)


@dataclass(frozen=True)
class Planted:
    interactions: Interactions
    features: Features
    tastes: NDArray[np.float64]
    """(m, genres): how much each profile likes each genre; rows add up to 1."""

    @property
    def title_ids(self) -> NDArray[np.uint8]:
        return ids(self.interactions.shape[1])


def ids(count: int) -> NDArray[np.uint8]:
    """(count, 16), ascending."""
    return np.arange(count, dtype=">u4").view(np.uint8).reshape(count, 4).repeat(4, axis=1)


def planted(profiles: int = 150, titles: int = 80, each: int = 14, seed: int = 5) -> Planted:
    """About `each` titles a profile, by its taste and by the title's fame; some titles have nobody."""
    rng = np.random.default_rng(seed)
    features = features_of(titles, rng)
    tastes = rng.dirichlet(np.full(GENRES, 0.25), profiles)
    fame = rng.lognormal(0.0, 0.7, titles) * (np.arange(titles) % 20 != 7)
    liking = tastes @ features.matrix[:, ERAS:].toarray().T * fame + 1e-3 * (fame > 0)
    chance = np.minimum(liking / liking.sum(axis=1, keepdims=True) * each, 0.95)
    who, what = np.nonzero(rng.random(chance.shape) < chance)
    times = 1.7e9 + rng.uniform(0, 3e7, len(who))
    weights = rng.choice(np.array([0.5, 1.0], np.float32), len(who))
    return Planted(Interactions(who, what, weights, times, (profiles, titles)), features, tastes)


def features_of(titles: int, rng: np.random.Generator) -> Features:
    """(titles, eras + genres): an era and one or two genres each."""
    names = [f"era:{1980 + 10 * era}" for era in range(ERAS)] + [f"genre:{genre}" for genre in range(GENRES)]
    matrix = np.zeros((titles, len(names)), np.float32)
    every = np.arange(titles)
    for columns in (rng.integers(0, ERAS, titles), *(ERAS + rng.integers(0, GENRES, titles) for _ in range(2))):
        matrix[every, columns] = 1
    return Features(names, csr_array(matrix))


def trained(data: Planted, recipe: Recipe = QUICK) -> Model:
    return train(data.interactions, data.features, data.title_ids, recipe, lambda step, done, total: None)


def history(titles: int, *given: dict[int, float]) -> csr_array[Any]:
    """(len(given), titles): a row for each profile, by title."""
    matrix = np.zeros((len(given), titles), np.float32)
    for row, weights in enumerate(given):
        matrix[row, list(weights)] = list(weights.values())
    return csr_array(matrix)
