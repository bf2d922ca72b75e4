"""Measures rankings on interactions, as they would be served, beside what they are compared with."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommendations.baselines import MissingLibrary, als, lightfm, lightfm_features, nearest, popularity
from recommendations.interactions import Features, Interactions
from recommendations.metrics import Metrics, Ranker, Trial, measured
from recommendations.model import Floats, Recipe
from recommendations.scoring import Blend, Scorer
from recommendations.splits import Kind, Split, at_random, by_time, matrix, of_newcomers, of_titles
from recommendations.training import train

PART, VALIDATION = 0.2, 0.1
BASELINES = {
    "popularity": popularity,
    "item-kNN": nearest,
    "LightFM": lightfm,
    "LightFM, features": lightfm_features,
    "ALS": als,
}
OURS: dict[str, Callable[[Blend], Floats]] = {
    "factors as served": lambda blend: blend.factors.scores,
    "EASE": lambda blend: blend.ease.scores,
    "blend as served": lambda blend: blend.scores,
}
SPLITS: dict[str, tuple[Kind, Sequence[str]]] = {
    "random": (at_random, ("popularity", "item-kNN", "ALS", "LightFM", "factors as served", "EASE", "blend as served")),
    "temporal": (by_time, ("popularity", "item-kNN", "blend as served")),
    "cold titles": (of_titles, ("LightFM", "LightFM, features", "blend as served")),
    "5 titles": (of_newcomers, ("popularity", "item-kNN", "EASE", "blend as served")),
}
WIDTH = 20
HEADER = f"{'split':<13}{'ranking':<{WIDTH}}{'nDCG@10':>9}{'Recall@20':>11}{'AUC':>8}{'cover@10':>10}{'diverse':>9}" + (
    f"{'profiles':>10}{'CPU s':>8}"
)


@dataclass(frozen=True)
class Line:
    """One ranking on one split."""

    split: str
    ranking: str
    metrics: Metrics | None
    seconds: float
    """CPU time of its training."""
    missing: str = ""
    """Why there are no metrics."""

    def __str__(self) -> str:
        found = self.metrics
        if found is None:
            return f"{self.split:<13}{self.ranking:<{WIDTH}}  {self.missing}"
        diverse = "–" if np.isnan(found.diversity) else f"{found.diversity:.3f}"
        return (
            f"{self.split:<13}{self.ranking:<{WIDTH}}{found.ndcg:>9.4f}{found.recall:>11.4f}{found.auc:>8.4f}"
            f"{found.coverage:>10.3f}{diverse:>9}{found.profiles:>10}{self.seconds:>8.1f}"
        )


def evaluate(interactions: Interactions, features: Features, recipe: Recipe, test: bool) -> Iterator[Line]:
    """A line for each ranking of each split, as soon as it is known.

    Without `test` only the training part of each split is used, and a part of that is held out: for all choices. Where
    nothing is held out, as by time where there are no times, a split has no lines.
    """
    for name, (kind, rankings) in SPLITS.items():
        split = held_out(interactions, kind, test)
        if split is not None:
            yield from compare(name, split, features, recipe, rankings)


def held_out(interactions: Interactions, kind: Kind, test: bool) -> Split | None:
    """None where it would leave nothing to learn from or nothing to ask for."""
    split = kind(interactions, PART)
    if not test:
        split = kind(split.train, VALIDATION)
    return split if len(split.train.weights) and len(split.test.weights) else None


def compare(name: str, split: Split, features: Features, recipe: Recipe, rankings: Sequence[str]) -> Iterator[Line]:
    asked = trial(split, features)
    for ranking in rankings:
        if ranking in BASELINES:
            yield baseline(name, ranking, split, features, recipe, asked)
    started = time.process_time()
    scorer = Scorer(train(split.train, features, no_ids(features), recipe, lambda step, done, total: None))
    spent = time.process_time() - started
    for ranking in rankings:
        if ranking in OURS:
            yield Line(name, ranking, measured(served(scorer, split, OURS[ranking]), asked), spent)


def baseline(name: str, ranking: str, split: Split, features: Features, recipe: Recipe, asked: Trial) -> Line:
    started = time.process_time()
    try:
        ranker = BASELINES[ranking](split, features, recipe)
    except MissingLibrary as error:
        return Line(name, ranking, None, 0.0, str(error))
    spent = time.process_time() - started
    return Line(name, ranking, measured(ranker, asked), spent)


def trial(split: Split, features: Features) -> Trial:
    having = features.matrix.toarray()
    lengths = np.linalg.norm(having, axis=1, keepdims=True)
    directions = having / np.maximum(lengths, 1.0) if features.names else None
    return Trial(matrix(split.known), matrix(split.test), split.among, directions)


def no_ids(features: Features) -> NDArray[np.uint8]:
    """For titles that nobody asks for by id."""
    return np.zeros((features.matrix.shape[0], 16), np.uint8)


def served(scorer: Scorer, split: Split, part: Callable[[Blend], Floats]) -> Ranker:
    """Ranks by a part of the blend, asked for as in serving: for one profile, among what it doesn't know."""
    history, known = matrix(split.history), matrix(split.known)
    every = np.ones(history.shape[1], bool) if split.among is None else split.among

    def scores(profile: np.int64) -> Floats:
        among = every.copy()
        among[known.indices[known.indptr[profile] : known.indptr[profile + 1]]] = False
        return part(scorer.blend(history[[profile]], among))

    return lambda profiles: np.vstack([scores(profile) for profile in profiles])
