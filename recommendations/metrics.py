"""How good rankings are, against what was held out."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.stats import rankdata

from recommendations.model import Floats
from recommendations.ranking import top

BATCH = 500
LISTED, RECALLED = 10, 20
Ranker = Callable[[NDArray[np.int64]], Floats]
"""Scores (p, n) of all titles for the profiles with these p indices."""


@dataclass(frozen=True)
class Trial:
    """What is asked of a ranking: (m, n) matrices, whose values don't count, only where they are."""

    known: csr_array[Any]
    """What is not ranked, since the profile has it already."""
    wanted: csr_array[Any]
    """What was held out. Profiles without any are not asked for."""
    among: NDArray[np.bool_] | None = None
    """(n,): the only titles that are ranked."""
    directions: Floats | None = None
    """(n, f): the titles' features as vectors of length 1, for the diversity of lists."""


@dataclass(frozen=True)
class Metrics:
    """Means over profiles, all from 0 to 1, the higher the better."""

    ndcg: float
    """nDCG@10 (Järvelin and Kekäläinen 2002), hits counting 1."""
    recall: float
    """Recall@20: hits in the first 20 by as many as there could be, 20 or fewer."""
    auc: float
    """How often a held-out title is above one that is neither held out nor known; equals count half."""
    coverage: float
    """The part of the ranked titles that is in anybody's first 10."""
    diversity: float
    """1 minus the mean cosine of the features of two titles in the same first 10; not a number without features."""
    profiles: int


def measured(ranker: Ranker, trial: Trial) -> Metrics:
    """The metrics of the full ranking of all titles that a profile doesn't know. ValueError with nothing held out."""
    asked = np.flatnonzero(np.diff(trial.wanted.indptr))
    if not len(asked):
        raise ValueError("Nothing was held out.")
    of_profiles: list[list[float]] = []
    lists: list[NDArray[np.int64]] = []
    for start in range(0, len(asked), BATCH):
        profiles = asked[start : start + BATCH]
        scores, wanted = ranked(ranker, trial, profiles), trial.wanted[profiles].toarray() != 0
        firsts = [top(row, np.isfinite(row), RECALLED) for row in scores]
        lists += [first[:LISTED] for first in firsts]
        areas = auc(scores, wanted)
        for first, hits, area in zip(firsts, wanted, areas, strict=True):
            of_profiles.append([ndcg(hits[first], hits.sum()), recall(hits[first], hits.sum()), area])
    means = [float(mean) for mean in np.array(of_profiles).mean(axis=0)]
    count = int(trial.wanted.shape[1] if trial.among is None else trial.among.sum())
    seen = len(np.unique(np.concatenate(lists)))
    return Metrics(means[0], means[1], means[2], seen / count, diversity(lists, trial.directions), len(asked))


def ranked(ranker: Ranker, trial: Trial, profiles: NDArray[np.int64]) -> NDArray[np.float64]:
    """Scores of the profiles; minus infinity for what is not ranked."""
    scores = ranker(profiles).astype(np.float64)
    scores[trial.known[profiles].nonzero()] = -np.inf
    if trial.among is not None:
        scores[:, ~trial.among] = -np.inf
    return scores


def ndcg(hits: NDArray[np.bool_], wanted: int) -> float:
    """Of whether each place of a list is a hit, out of so many that could be."""
    discounts = 1 / np.log2(np.arange(2, LISTED + 2))
    return float(discounts[: len(hits)] @ hits[:LISTED] / discounts[: min(wanted, LISTED)].sum())


def recall(hits: NDArray[np.bool_], wanted: int) -> float:
    return float(hits[:RECALLED].sum() / min(wanted, RECALLED))


def auc(scores: NDArray[np.float64], wanted: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(p,): by the rank sums of Mann and Whitney; 0.5 where there is nothing to be above of."""
    valid = np.isfinite(scores)
    count, hits = valid.sum(axis=1), (wanted & valid).sum(axis=1)
    ranks = rankdata(scores, axis=1) - (~valid).sum(axis=1, keepdims=True)
    above = (ranks * (wanted & valid)).sum(axis=1) - hits * (hits + 1) / 2
    pairs = hits * (count - hits)
    return np.where(pairs > 0, above / np.maximum(pairs, 1), 0.5)


def diversity(lists: list[NDArray[np.int64]], directions: Floats | None) -> float:
    """The mean of lists with two titles or more; not a number without any such, or without features."""
    if directions is None:
        return float("nan")
    inner = [apart(directions[listed]) for listed in lists if len(listed) > 1]
    return float(np.mean(inner)) if inner else float("nan")


def apart(directions: Floats) -> float:
    """1 minus the mean cosine of two of these directions, (l, f)."""
    count, whole = len(directions), directions.sum(axis=0)
    return float(1 - (whole @ whole - (directions**2).sum()) / (count * (count - 1)))
