"""The best of scores, lists that keep to a profile's genres, and noise for the day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recommendations.ranking import calibrated, divergence, fresh, top

SCORES = st.lists(st.integers(-3, 3).map(float), max_size=40)
GENRES = np.array([[1, 0]] * 6 + [[0, 1]] * 4 + [[0.5, 0.5]] * 2)
SCORED = np.linspace(1, 0, 12, dtype=np.float32)
ALL = np.arange(12)


@settings(deadline=None)
@given(scores=SCORES, k=st.integers(0, 45), data=st.data())
def test_the_best_are_those_that_sorting_puts_first(scores: list[float], k: int, data: st.DataObject) -> None:
    values = np.array(scores, np.float32)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(scores), max_size=len(scores))), bool)
    sorted_all = np.argsort(-values, kind="stable")
    assert top(values, None, k).tolist() == sorted_all[:k].tolist()
    assert top(values, mask, k).tolist() == sorted_all[mask[sorted_all]][:k].tolist()


def test_a_list_comes_nearer_to_the_wanted_genres_the_stronger_it_is_calibrated() -> None:
    wanted, far = np.array([0.4, 0.6]), []
    for strength in (0.0, 0.25, 0.5, 0.9):
        listed = calibrated(ALL, SCORED, GENRES, wanted, 5, strength)
        assert len(set(listed.tolist())) == 5
        far.append(divergence(wanted, GENRES[listed].mean(axis=0, keepdims=True))[0])
    assert far == sorted(far, reverse=True)
    assert far[0] > 1 > 0.1 > far[-1]


def test_without_strength_it_is_the_order_of_scores() -> None:
    candidates = np.array([9, 1, 5, 7])
    assert calibrated(candidates, SCORED, GENRES, np.array([0.5, 0.5]), 3, 0.0).tolist() == [1, 5, 7]


def test_each_next_title_is_the_best_for_the_list_so_far() -> None:
    wanted, listed = np.array([0.5, 0.5]), []
    for place, found in enumerate(calibrated(ALL, SCORED, GENRES, wanted, 6, 0.3)):
        worth = {}
        for title in set(ALL.tolist()) - set(listed):
            mean = GENRES[[*listed, title]].sum(axis=0) / (place + 1)
            mixed = 0.99 * mean + 0.01 * wanted
            worth[title] = 0.7 * float(SCORED[title]) - 0.3 * float((wanted * np.log(wanted / mixed)).sum())
        assert worth[int(found)] == pytest.approx(max(worth.values()))
        listed.append(int(found))


def test_a_list_has_only_candidates_and_no_more_than_there_are() -> None:
    candidates = np.array([2, 8, 11])
    listed = calibrated(candidates, SCORED, GENRES, np.array([0.5, 0.5]), 10)
    assert sorted(listed.tolist()) == [2, 8, 11]
    assert not len(calibrated(candidates[:0], SCORED, GENRES, np.array([0.5, 0.5]), 10))


def test_titles_without_genres_and_profiles_without_wishes_can_be_listed() -> None:
    nothing = np.zeros_like(GENRES)
    assert calibrated(ALL, SCORED, nothing, np.array([0.5, 0.5]), 3).tolist() == [0, 1, 2]
    assert calibrated(ALL, SCORED, GENRES, np.zeros(2), 3).tolist() == [0, 1, 2]


def test_noise_is_the_same_for_a_day_whatever_titles_come_after() -> None:
    scores = np.array([3.0, -1.0, 0.5, 2.0], np.float32)
    deviation = scores.std()
    assert fresh(scores, 20260131, 0.1).tolist() == fresh(scores, 20260131, 0.1).tolist()
    assert fresh(scores, 20260131, 0.1).tolist() != fresh(scores, 20260201, 0.1).tolist()
    noise = (fresh(np.tile(scores, 5000), 1, 0.1) - np.tile(scores, 5000)) / deviation
    assert noise.std() == pytest.approx(0.1, rel=0.05)
    assert noise[:4] == pytest.approx((fresh(scores, 1, 0.1) - scores) / deviation, rel=1e-4)
    assert fresh(scores, 1, 0.0).tolist() == scores.tolist()
