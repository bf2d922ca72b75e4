"""EASE against the regression that it solves, and what limits it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommendations.ease import damping, ease, gram, neighbours, participants
from recommendations.model import Recipe
from tests.recommendations.planted import planted

PLAIN = Recipe(ease_regularisation=7.0, ease_dropout=0.0, ease_damping=0.0, ease_features=0.0, ease_kept=1000)


def regression(matrix: np.ndarray, penalty: np.ndarray) -> np.ndarray:
    """Column by column: the ridge regression of each title on all others (Steck 2019, equations 2 to 4)."""
    count = matrix.shape[1]
    result = np.zeros((count, count))
    for title in range(count):
        others = np.delete(np.arange(count), title)
        given = matrix[:, others]
        solved = np.linalg.solve(given.T @ given + np.diag(penalty[others]), given.T @ matrix[:, title])
        result[others, title] = solved
    return result


def test_ease_is_the_ridge_regression_of_each_title_on_all_others() -> None:
    data = planted()
    matrix = data.interactions.matrix
    dense = matrix.toarray().astype(float)
    found = neighbours(matrix, data.features.matrix, PLAIN).toarray()
    assert np.abs(found).max() > 0.1
    assert found == pytest.approx(regression(dense, np.full(dense.shape[1], 7.0)), abs=1e-6)


def test_dropout_regularises_by_a_title_s_own_count() -> None:
    dense = planted().interactions.matrix.toarray().astype(float)
    found = ease(dense.T @ dense, 7.0, dropout=0.5)
    assert found == pytest.approx(regression(dense, 7.0 + 0.5 * (dense**2).sum(axis=0)), abs=1e-9)


def test_profiles_weigh_by_their_length_and_shared_features_count() -> None:
    matrix = csr_array(np.array([[1, 1, 1, 1], [1, 1, 0, 0], [1, 0, 0, 0]], float))
    features = csr_array(np.array([[1, 1], [0, 1], [1, 1], [0, 1]], float))
    weights = (np.array([4, 2, 1]) / (7 / 3)) ** -0.5
    assert damping(matrix, 0.5) == pytest.approx(weights)
    found = gram(matrix, features, Recipe(ease_damping=0.5, ease_features=3.0))
    assert found[0, 1] == pytest.approx(weights[0] + weights[1])
    assert found[0, 2] == pytest.approx(weights[0] + 3 * np.log(2))
    assert found[1, 1] == pytest.approx(weights[0] + weights[1])


def test_of_each_row_the_values_farthest_from_zero_are_kept() -> None:
    data = planted()
    matrix, features = data.interactions.matrix, data.features.matrix
    whole = neighbours(matrix, features, PLAIN).toarray()
    some = neighbours(matrix, features, replace(PLAIN, ease_kept=5))
    assert set(np.diff(some.indptr)[whole.any(axis=1)]) == {5}
    for row, kept in zip(whole, some.toarray(), strict=True):
        wanted = np.argsort(-np.abs(row), kind="stable")[:5]
        assert kept[wanted].tolist() == row[wanted].tolist()


def test_only_the_titles_watched_most_take_part() -> None:
    data = planted()
    matrix = data.interactions.matrix
    counts = np.diff(matrix.tocsc().indptr)
    some = participants(matrix, 30)
    assert len(some) == 30
    assert counts[some].min() >= np.delete(counts, some).max()
    part = neighbours(matrix, data.features.matrix, replace(PLAIN, ease_limit=30)).toarray()
    alone = neighbours(matrix[:, some], data.features.matrix[some], PLAIN).toarray()
    assert part[np.ix_(some, some)] == pytest.approx(alone)
    assert np.count_nonzero(part) == np.count_nonzero(alone) > 0


def test_a_title_without_interactions_takes_no_part() -> None:
    matrix = planted().interactions.matrix
    assert set(np.arange(matrix.shape[1])) - set(participants(matrix, 1000)) == {7, 27, 47, 67}
