"""Nothing that is held out is ever seen in training or told in a history."""

import numpy as np
import pytest

from recommendations.interactions import Interactions, ranks
from recommendations.splits import Kind, at_random, by_time, of_newcomers, of_titles
from tests.recommendations.planted import planted

DATA = planted().interactions
KINDS: dict[str, Kind] = {"random": at_random, "time": by_time, "titles": of_titles, "newcomers": of_newcomers}


def pairs(interactions: Interactions) -> set[tuple[int, int]]:
    return set(zip(interactions.profiles.tolist(), interactions.titles.tolist(), strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_held_out_is_seen_nowhere_else(kind: str) -> None:
    split = KINDS[kind](DATA, 0.2)
    held = pairs(split.test)
    assert held
    assert not held & (pairs(split.train) | pairs(split.history) | pairs(split.known))
    assert pairs(split.history) <= pairs(split.known)
    assert held | pairs(split.train) | pairs(split.known) <= pairs(DATA)
    assert split.test.shape == split.train.shape == DATA.shape


@pytest.mark.parametrize("kind", KINDS)
def test_a_split_is_the_same_each_time(kind: str) -> None:
    first, second = KINDS[kind](DATA, 0.2), KINDS[kind](DATA, 0.2)
    assert pairs(first.test) == pairs(second.test)
    assert pairs(first.history) == pairs(second.history)


@pytest.mark.parametrize("kind", KINDS)
def test_the_validation_part_has_nothing_of_the_test_part(kind: str) -> None:
    split = KINDS[kind](DATA, 0.2)
    inner = KINDS[kind](split.train, 0.1)
    for part in (inner.train, inner.history, inner.known, inner.test):
        assert not pairs(part) & pairs(split.test)


def test_at_random_each_profile_gives_a_fifth() -> None:
    split = at_random(DATA, 0.2)
    whole = np.bincount(DATA.profiles, minlength=DATA.shape[0])
    held = np.bincount(split.test.profiles, minlength=DATA.shape[0])
    assert np.abs(held - whole * 0.2).max() <= 0.5
    assert len(split.train.titles) + len(split.test.titles) == len(DATA.titles)


def test_by_time_all_that_is_learnt_from_is_older_than_all_that_is_asked_for() -> None:
    split = by_time(DATA, 0.2)
    assert split.train.times.max() < split.test.times.min()
    assert len(split.test.times) == pytest.approx(0.2 * len(DATA.times), rel=0.05)


def test_by_time_one_instant_is_not_divided() -> None:
    one = Interactions(DATA.profiles, DATA.titles, DATA.weights, np.floor(DATA.times / 1e7), DATA.shape)
    split = by_time(one, 0.2)
    assert set(split.train.times) < set(one.times)
    assert set(split.test.times) == set(one.times) - set(split.train.times)


def test_hidden_titles_are_those_that_are_ranked() -> None:
    split = of_titles(DATA, 0.2)
    assert split.among is not None
    assert set(split.test.titles) == set(np.flatnonzero(split.among))
    assert split.among.sum() == int(0.2 * len(set(DATA.titles.tolist())))


def test_newcomers_are_unknown_to_training_and_tell_of_five_titles() -> None:
    split = of_newcomers(DATA, 0.2)
    new = set(split.test.profiles.tolist())
    assert len(new) == 30
    assert not new & set(split.train.profiles.tolist())
    assert set(np.bincount(split.history.profiles, minlength=DATA.shape[0]).tolist()) == {0, 5}
    assert len(split.known.titles) > len(split.history.titles)


def test_ranks_are_by_key_within_each_profile() -> None:
    profiles, keys = np.array([2, 0, 2, 2, 0]), np.array([0.5, 0.9, 0.1, 0.5, 0.2])
    assert ranks(profiles, keys).tolist() == [1, 1, 0, 2, 0]
