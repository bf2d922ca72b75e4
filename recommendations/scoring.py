"""Scores of every title for any history, and what they are made of: exact sums over the model's arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack

from recommendations.histories import bucket, rows, summaries
from recommendations.interactions import Features
from recommendations.model import Floats, Model

Mask = NDArray[np.bool_]
Key = TypeVar("Key", int, str)


@dataclass(frozen=True)
class Terms:
    """Why a title: parts of what speaks for it, largest first; all together they add up to 1, if anything does."""

    watched: Sequence[tuple[int, float]]
    """Titles of the history, and their share."""
    features: Sequence[tuple[str, float]]
    """The title's features, and their share."""
    own: float
    """The share of what only the title itself has: its id in LightFM."""
    recent: float
    """The share of its being popular of late."""


@dataclass(frozen=True)
class Contributions:
    """All that a score adds up from, with its sign."""

    watched: dict[int, float]
    features: dict[str, float]
    own: float
    recent: float
    constant: float
    """What is said about every title alike: the scores' means, and a new title's starting point."""

    @property
    def score(self) -> float:
        return sum(self.watched.values()) + sum(self.features.values()) + self.own + self.recent + self.constant

    @property
    def terms(self) -> Terms:
        """The positive ones, divided by their sum; the constant, which is no reason, is not among them."""
        watched, features = positive(self.watched), positive(self.features)
        own, recent = max(self.own, 0.0), max(self.recent, 0.0)
        total = sum(watched.values()) + sum(features.values()) + own + recent or 1.0
        return Terms(shares(watched, total), shares(features, total), own / total, recent / total)


def positive(values: dict[Key, float]) -> dict[Key, float]:
    return {key: value for key, value in values.items() if value > 0}


def shares(values: dict[Key, float], total: float) -> Sequence[tuple[Key, float]]:
    return [(key, value / total) for key, value in sorted(values.items(), key=lambda item: -item[1])]


@dataclass(frozen=True)
class Standard:
    """Values as standard scores: from their mean, in standard deviations, or all 0 where they don't differ."""

    values: Floats
    """(m, n)"""
    mean: Floats
    """(m, 1)"""
    scale: Floats
    """(m, 1): one over the standard deviation."""

    @property
    def scores(self) -> Floats:
        return (self.values - self.mean) * self.scale


def standard(values: Floats, among: Mask | None) -> Standard:
    some = values if among is None else values[:, among]
    if not some.shape[1]:
        nothing = np.zeros((len(values), 1), np.float32)
        return Standard(values, nothing, nothing)
    mean, deviation = some.mean(axis=1, keepdims=True), some.std(axis=1, keepdims=True)
    differs = deviation > 1e-6 * np.abs(mean)
    scale = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=differs)
    return Standard(values, mean, scale)


@dataclass(frozen=True)
class Blend:
    """m histories' scores, and what they were blended from."""

    profiles: Floats
    """(m, k)"""
    ease: Standard
    factors: Standard
    share: Floats
    """(m, n) or, for titles all alike, (m, 1): EASE's."""
    recent: Floats
    """(m, n): what being popular of late adds."""

    @property
    def scores(self) -> Floats:
        """(m, n)"""
        factors = self.factors.scores
        return factors + self.share * (self.ease.scores - factors) + self.recent


class Scorer:
    """Scores n titles of a model and t newer ones, which follow them; built once, then asked by many at a time."""

    def __init__(self, model: Model, newer: csr_array[Any] | None = None) -> None:
        """`newer` (t, f) says which of the model's features each newer title has; see `known`."""
        self.model = model
        features = model.features.astype(np.bool_).astype(np.float32)
        self.features = features if newer is None else csr_array(vstack([features, newer.astype(np.float32)]))
        """(n + t, f)"""
        count = self.features.shape[0]
        guessed = self.features[len(model.vectors) :] @ model.cold_map + model.cold_mean
        self.vectors = np.vstack([model.vectors, guessed[:, :-1]])
        self.biases = np.concatenate([model.biases, guessed[:, -1]])
        self.neighbours = extended(model.neighbours, count)
        self.in_ease = np.bincount(self.neighbours.indices, minlength=count) > 0
        self.ease_among = None if self.in_ease.all() else self.in_ease
        self.seen = np.zeros(count, bool)
        self.seen[: len(model.popularity)] = model.popularity > 0
        self.recent = np.zeros((1, count), np.float32)
        self.recent[0, : len(model.recent)] = model.recent

    @cached_property
    def directions(self) -> Floats:
        """(n + t, k): the vectors, as long as 1."""
        lengths = np.linalg.norm(self.vectors, axis=1, keepdims=True)
        result = np.zeros_like(self.vectors)
        np.divide(self.vectors, lengths, out=result, where=lengths > 0)
        return result

    def scores(self, history: csr_array[Any], among: Mask | None = None, ease_share: float | None = None) -> Floats:
        """(m, n + t), for histories (m, n + t) of weights, below 0 for what was disliked.

        The blend of EASE's and the factors' standard scores among the titles of the mask, or among all, and the less is
        known of a profile, the more of what is popular of late. Scores of other titles mean nothing.
        """
        return self.blend(history, among, ease_share).scores

    def blend(self, history: csr_array[Any], among: Mask | None = None, ease_share: float | None = None) -> Blend:
        profiles = self.profiles(history)
        factors = profiles @ self.vectors.T + self.biases
        ease = (history @ self.neighbours).toarray()
        in_ease = self.ease_among if among is None else among & self.in_ease
        share, recent = self.shares(history, self.model.recipe.ease_share if ease_share is None else ease_share)
        if self.ease_among is not None:
            share = share * self.in_ease
        return Blend(profiles, standard(ease, in_ease), standard(factors, among), share, recent * self.trend(among))

    def profiles(self, history: csr_array[Any]) -> Floats:
        """(m, k): each profile's vector, by the map for so many liked titles."""
        which = bucket(history, self.model.history_sizes)
        given, result = (
            summaries(history, self.vectors),
            np.empty((history.shape[0], self.vectors.shape[1]), np.float32),
        )
        for size in np.unique(which):
            result[which == size] = given[which == size] @ self.model.history_maps[size]
        return result

    def shares(self, history: csr_array[Any], ease_share: float) -> tuple[Floats, Floats]:
        """(m, 1) each: EASE's part, and how much is added of what is popular, for so many titles that EASE knows."""
        known = np.bincount(rows(history)[self.in_ease[history.indices]], minlength=history.shape[0])[:, None]
        recipe = self.model.recipe
        share = ease_share * known / (known + recipe.ease_titles)
        recent = recipe.recent_share * recipe.recent_titles / (known + recipe.recent_titles)
        return share.astype(np.float32), recent.astype(np.float32)

    def trend(self, among: Mask | None) -> Floats:
        """(1, n + t): how popular titles are of late, as standard scores among those that anybody has watched."""
        seen = self.seen if among is None else among & self.seen
        return standard(self.recent, seen).scores * self.seen

    def similar(self, titles: NDArray[np.int64]) -> Floats:
        """(len(titles), n + t): how alike each other title is, in standard deviations; minus infinity for itself.

        EASE's row blended with the vectors' cosine; the cosine alone where either title has no part in EASE.
        """
        rows = standard(self.neighbours[titles].toarray(), self.ease_among).scores
        cosines = standard(self.directions[titles] @ self.directions.T, None).scores
        both = self.in_ease[titles][:, None] & self.in_ease
        result = np.where(both, cosines + self.model.recipe.ease_share * (rows - cosines), cosines)
        result[np.arange(len(titles)), titles] = -np.inf
        return result

    def common(self, title: int, others: NDArray[np.int64]) -> list[Sequence[tuple[str, float]]]:
        """For each of the others the features that it shares with the title, largest first: their parts of all that
        speaks for the cosine of the two vectors."""
        mine = {self.model.feature_names[feature] for feature in self.having(title)}
        found: list[Sequence[tuple[str, float]]] = []
        for other in others:
            parts = self.feature_parts(self.directions[title], other, biased=False)
            rest = float(self.vectors[other] @ self.directions[title]) - sum(parts.values())
            total = sum(positive(parts).values()) + max(rest, 0.0) or 1.0
            found.append(shares(positive({name: part for name, part in parts.items() if name in mine}), total))
        return found

    def having(self, title: int | np.int64) -> NDArray[Any]:
        """The features of a title."""
        return self.features.indices[self.features.indptr[title] : self.features.indptr[title + 1]]

    def terms(
        self,
        history: csr_array[Any],
        titles: NDArray[np.int64],
        among: Mask | None = None,
        ease_share: float | None = None,
    ) -> list[Terms]:
        """Why each of the titles, for one history (1, n + t); the rest as for the scores that are explained."""
        return [parts.terms for parts in self.contributions(history, titles, among, ease_share)]

    def contributions(
        self,
        history: csr_array[Any],
        titles: NDArray[np.int64],
        among: Mask | None = None,
        ease_share: float | None = None,
    ) -> list[Contributions]:
        """For one history: for each title all that its score adds up from."""
        blend = self.blend(history, among, ease_share)
        said = history.data[:, None] * self.neighbours[history.indices][:, titles].toarray()
        return [
            self.parts(blend, title, dict(zip(history.indices.tolist(), column, strict=True)))
            for title, column in zip(titles, said.T.tolist(), strict=True)
        ]

    def parts(self, blend: Blend, title: np.int64, watched: dict[int, float]) -> Contributions:
        share = float(np.broadcast_to(blend.share, blend.factors.values.shape)[0, title])
        ease, factors = share * blend.ease.scale[0, 0], (1 - share) * blend.factors.scale[0, 0]
        features = self.feature_parts(blend.profiles[0], title)
        rest = float(blend.factors.values[0, title]) - sum(features.values())
        level = -ease * blend.ease.mean[0, 0] - factors * blend.factors.mean[0, 0]
        recent = float(blend.recent[0, title])
        own, start = (rest, 0.0) if self.seen[title] else (0.0, rest)
        weighed = {name: float(factors * value) for name, value in features.items()}
        said = {given: float(ease * value) for given, value in watched.items()}
        return Contributions(said, weighed, float(factors * own), recent, float(level + factors * start))

    def feature_parts(self, profile: Floats, title: np.int64, biased: bool = True) -> dict[str, float]:
        """What each of the title's features adds to the factors' score, or without its bias to the dot product."""
        model, having = self.model, self.having(title)
        if self.seen[title]:
            weights = model.features.data[model.features.indptr[title] : model.features.indptr[title + 1]]
            values = weights * (model.feature_vectors[having] @ profile + biased * model.feature_biases[having])
        else:
            values = model.cold_map[having] @ np.append(profile, np.float32(biased))
        return {model.feature_names[feature]: float(value) for feature, value in zip(having, values, strict=True)}


def extended(matrix: csr_array[Any], count: int) -> csr_array[Any]:
    """(count, count): the matrix with empty rows and columns after its own."""
    ends = np.full(count - matrix.shape[0], matrix.indptr[-1], matrix.indptr.dtype)
    return csr_array((matrix.data, matrix.indices, np.concatenate([matrix.indptr, ends])), shape=(count, count))


def known(features: Features, names: Sequence[str]) -> csr_array[Any]:
    """(t, f): the features of t newer titles by the model's names; those that it does not know are left out."""
    columns = {name: column for column, name in enumerate(names)}
    where = np.array([columns.get(name, -1) for name in features.names], np.int64)
    having = features.matrix.tocoo()
    row, column = having.coords[0], where[having.coords[1]]
    kept = column >= 0
    return csr_array(
        (np.ones(kept.sum(), np.float32), (row[kept], column[kept])), shape=(features.matrix.shape[0], len(names))
    )
