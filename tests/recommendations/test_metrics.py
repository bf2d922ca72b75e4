"""Metrics against values worked out by hand."""

from math import isnan, log2, sqrt

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommendations.metrics import Metrics, Trial, measured

SCORES = np.array([[9, 8, 7, 6, 5, 4], [1, 2, 3, 4, 5, 6], [0, 0, 0, 0, 0, 0]], np.float32)
KNOWN = csr_array(np.array([[1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 0, 0]]))


def metrics(wanted: list[list[int]], among: list[int] | None = None, directions: np.ndarray | None = None) -> Metrics:
    mask = None if among is None else np.array(among, bool)
    trial = Trial(KNOWN, csr_array(np.array(wanted)), mask, directions)
    return measured(lambda profiles: SCORES[profiles], trial)


def test_metrics_are_what_they_are_by_hand() -> None:
    # The first profile's list is 1 2 3 4 5, with hits at places 2 and 4; the second's is 4 3 2 1 0, with one at 5.
    found = metrics([[0, 0, 1, 0, 1, 0], [1, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    first = (1 / log2(3) + 1 / log2(5)) / (1 + 1 / log2(3))
    assert found.ndcg == pytest.approx((first + 1 / log2(6)) / 2)
    assert found.recall == 1
    assert found.auc == pytest.approx((3 / 6 + 0) / 2)
    assert found.coverage == 1
    assert found.profiles == 2
    assert isnan(found.diversity)


def test_more_wanted_than_listed_is_divided_by_what_there_could_be() -> None:
    scores, wanted = np.arange(60, 0, -1, dtype=np.float32)[None], np.zeros((1, 60))
    wanted[0, [0, *range(19, 49)]] = 1
    found = measured(lambda profiles: scores[profiles], Trial(csr_array((1, 60)), csr_array(wanted)))
    assert found.recall == pytest.approx(2 / 20)
    assert found.ndcg == pytest.approx(1 / sum(1 / log2(place + 1) for place in range(1, 11)))
    assert found.coverage == pytest.approx(10 / 60)


def test_equal_scores_are_half_above_each_other_and_listed_by_index() -> None:
    found = metrics([[0] * 6, [0] * 6, [0, 0, 1, 0, 0, 0]])
    assert found.auc == pytest.approx(0.5)
    assert found.ndcg == pytest.approx(1 / log2(4))


def test_only_titles_of_the_mask_are_ranked() -> None:
    found = metrics([[0, 0, 0, 0, 1, 0], [0] * 6, [0] * 6], among=[1, 0, 0, 1, 1, 0])
    assert found.ndcg == pytest.approx(1 / log2(3))
    assert found.coverage == pytest.approx(2 / 3)
    assert found.auc == 0


def test_diversity_is_one_minus_the_mean_cosine_within_a_list() -> None:
    half = sqrt(0.5)
    directions = np.array([[1, 0], [1, 0], [0, 1], [half, half], [0, 0], [0, 0]])
    found = metrics([[0] * 6, [0] * 6, [0, 0, 1, 0, 0, 0]], [0, 1, 1, 1, 0, 0], directions)
    assert found.diversity == pytest.approx(1 - 2 * half / 3)


def test_with_nothing_held_out_there_is_nothing_to_measure() -> None:
    with pytest.raises(ValueError, match="held out"):
        metrics([[0] * 6] * 3)
