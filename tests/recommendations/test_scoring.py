"""Scores against sums written out title by title, and the reasons for them."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from recommendations.interactions import Features
from recommendations.model import Model
from recommendations.scoring import Scorer, known
from tests.recommendations.planted import QUICK, history, planted, trained

DATA = planted()
COUNT, NEWER = 80, 5
NEW = csr_array(np.eye(NEWER, len(DATA.features.names), dtype=np.float32))
MODEL = trained(DATA, replace(QUICK, ease_limit=60, ease_kept=30))
WEIGHTS = st.sampled_from([-1.0, 0.5, 1.0])
HISTORIES = st.dictionaries(st.integers(0, COUNT + NEWER - 1), WEIGHTS, max_size=30)
MASKS = st.none() | st.lists(st.booleans(), min_size=COUNT + NEWER, max_size=COUNT + NEWER).map(np.array)


def by_hand(model: Model, watched: dict[int, float], among: np.ndarray | None) -> list[float]:
    """The scores of all titles, the newer ones included, in Python's own numbers, one after another."""
    every = range(COUNT + NEWER)
    near, new = model.neighbours.toarray(), NEW.toarray()
    vectors = [
        model.vectors[t] if t < COUNT else (new @ model.cold_map + model.cold_mean)[t - COUNT, :-1] for t in every
    ]
    biases = [model.biases[t] if t < COUNT else (new @ model.cold_map + model.cold_mean)[t - COUNT, -1] for t in every]
    liked = {title: weight for title, weight in watched.items() if weight > 0}
    size = next((at for at, most in enumerate(model.history_sizes) if len(liked) <= most), len(model.history_sizes) - 1)
    total = sum((weight * vectors[title].astype(float) for title, weight in liked.items()), np.zeros(QUICK.components))
    length = np.sqrt(sum(weight**2 for weight in liked.values())) or 1.0
    summary = [*(total / (sum(liked.values()) or 1.0)), *(total / length), 1.0]
    profile = np.array(summary) @ model.history_maps[size]
    factors = standard([float(profile @ vectors[t] + biases[t]) for t in every], [in_mask(t, among) for t in every])
    knows = [t < COUNT and bool(near[:, t].any()) for t in every]
    ease = [sum(w * float(near[h, t]) for h, w in watched.items() if h < COUNT) if t < COUNT else 0.0 for t in every]
    ease = standard(ease, [knows[t] and in_mask(t, among) for t in every])
    known = sum(knows[h] for h in watched)
    share = model.recipe.ease_share * known / (known + model.recipe.ease_titles)
    seen = [title < COUNT and model.popularity[title] > 0 for title in every]
    trend = standard(
        [float(model.recent[t]) if seen[t] else 0.0 for t in every], [seen[t] and in_mask(t, among) for t in every]
    )
    added = model.recipe.recent_share / (1 + known / model.recipe.recent_titles)
    return [
        (share * ease[t] + (1 - share) * factors[t] if knows[t] else factors[t]) + (added * trend[t] if seen[t] else 0)
        for t in every
    ]


def in_mask(title: int, among: np.ndarray | None) -> bool:
    return among is None or bool(among[title])


def standard(values: list[float], among: list[bool]) -> list[float]:
    some = [value for value, counts in zip(values, among, strict=True) if counts]
    deviation = float(np.std(some)) if some else 0.0
    return [(value - float(np.mean(some))) / deviation if deviation > 1e-6 else 0.0 for value in values]


@settings(deadline=None, max_examples=60)
@given(watched=HISTORIES, among=MASKS)
def test_scores_are_the_blend_written_out(watched: dict[int, float], among: np.ndarray | None) -> None:
    found = Scorer(MODEL, NEW).scores(history(COUNT + NEWER, watched), among)
    assert found.dtype == np.float32
    assert found[0] == pytest.approx(by_hand(MODEL, watched, among), abs=2e-4, rel=2e-4)


def test_a_profile_s_scores_do_not_depend_on_whom_it_is_asked_with() -> None:
    scorer = Scorer(MODEL, NEW)
    many = [{}, {3: 1.0}, dict.fromkeys(range(0, 60, 2), 1.0), {4: -1.0}, {82: 1.0}]
    together = scorer.scores(history(COUNT + NEWER, *many))
    for row, watched in zip(together, many, strict=True):
        assert row == pytest.approx(scorer.scores(history(COUNT + NEWER, watched))[0], abs=1e-5)


@settings(deadline=None, max_examples=40)
@given(watched=HISTORIES, among=MASKS)
def test_all_terms_add_up_to_the_score(watched: dict[int, float], among: np.ndarray | None) -> None:
    scorer, row = Scorer(MODEL, NEW), history(COUNT + NEWER, watched)
    titles = np.array([0, 7, 33, 79, COUNT, COUNT + 4])
    scores = scorer.scores(row, among)[0]
    for title, parts in zip(titles, scorer.contributions(row, titles, among), strict=True):
        assert parts.score == pytest.approx(scores[title], abs=1e-4, rel=1e-4)
        assert set(parts.watched) == set(watched)


def test_terms_are_parts_of_what_speaks_for_a_title() -> None:
    scorer, row = Scorer(MODEL, NEW), history(COUNT + NEWER, {0: 1.0, 1: 1.0, 2: -1.0, 3: 1.0, 5: 1.0, 81: 1.0})
    titles = np.arange(COUNT + NEWER)
    for parts, terms in zip(scorer.contributions(row, titles), scorer.terms(row, titles), strict=True):
        given = [*parts.watched.items(), *parts.features.items()]
        total = sum(value for _, value in given if value > 0) + max(parts.own, 0) + max(parts.recent, 0)
        assert dict([*terms.watched, *terms.features]) == pytest.approx(
            {key: value / total for key, value in given if value > 0}
        )
        assert [share for _, share in terms.watched] == sorted((share for _, share in terms.watched), reverse=True)
        assert sum(share for _, share in [*terms.watched, *terms.features]) + terms.own + terms.recent == pytest.approx(
            float(total > 0)
        )


def test_a_title_s_reasons_are_its_own_features() -> None:
    scorer, row = Scorer(MODEL, NEW), history(COUNT + NEWER, {0: 1.0, 1: 1.0})
    having = [set(np.array(DATA.features.names)[line > 0]) for line in DATA.features.matrix.toarray()]
    for title, parts in enumerate(scorer.contributions(row, np.arange(COUNT))):
        assert set(parts.features) == having[title]
    newest = scorer.contributions(row, np.array([COUNT + 2]))[0]
    assert set(newest.features) == {DATA.features.names[2]}
    assert newest.own == 0


def test_a_feature_s_part_is_its_own_vector_and_bias_for_the_profile() -> None:
    scorer, row = Scorer(MODEL, NEW), history(COUNT + NEWER, {0: 1.0, 1: 1.0})
    profile = scorer.profiles(row)[0]
    titles = np.array([0, 1, 2, 7, COUNT + 4])
    blend, names = scorer.blend(row), list(MODEL.feature_names)
    for title, parts in zip(titles, scorer.contributions(row, titles), strict=True):
        for name, value in parts.features.items():
            at = names.index(name)
            learned = QUICK.feature_weight * (profile @ MODEL.feature_vectors[at] + MODEL.feature_biases[at])
            guessed = profile @ MODEL.cold_map[at, :-1] + MODEL.cold_map[at, -1]
            factors = learned if scorer.seen[title] else guessed
            weight = (1 - blend.share[0, title]) * blend.factors.scale[0, 0]
            assert value == pytest.approx(weight * factors, abs=1e-5)


def test_what_is_disliked_counts_against_its_neighbours_and_not_in_the_profile() -> None:
    scorer = Scorer(MODEL)
    liked = dict.fromkeys((0, 2, 4, 6, 8, 10, 12), 1.0)
    without, disliking = (history(COUNT, liked), history(COUNT, liked | {1: -1.0}))
    assert scorer.profiles(disliking).tolist() == scorer.profiles(without).tolist()
    ease = scorer.blend(disliking).ease.values - scorer.blend(without).ease.values
    assert ease[0] == pytest.approx(-MODEL.neighbours.toarray()[1], abs=1e-6)
    assert np.abs(ease).max() > 0


def test_the_longer_a_history_the_more_ease_counts_and_the_less_what_is_popular() -> None:
    scorer, sizes = Scorer(MODEL), (0, 5, 10, 35, 50)
    histories = [dict.fromkeys(np.flatnonzero(scorer.in_ease)[:size].tolist(), 1.0) for size in sizes]
    ease, recent = scorer.shares(history(COUNT, *histories), MODEL.recipe.ease_share)
    assert ease[:, 0].tolist() == pytest.approx([0, 0.5 * 5 / 40, 0.5 * 10 / 45, 0.25, 0.5 * 50 / 85])
    assert recent[:, 0].tolist() == pytest.approx([0.2, 0.2 * 10 / 15, 0.1, 0.2 * 10 / 45, 0.2 * 10 / 60])


def test_like_each_other_are_titles_that_the_same_profiles_watch() -> None:
    scorer, genres = Scorer(MODEL, NEW), DATA.features.matrix[:, 4:].toarray()
    titles = np.flatnonzero(MODEL.popularity > 10)
    found = scorer.similar(titles)
    assert found.shape == (len(titles), COUNT + NEWER)
    assert (found[np.arange(len(titles)), titles] == -np.inf).all()
    best = np.argsort(-found[:, titles], axis=1)[:, :3]
    shared = (genres[titles] @ genres[titles].T > 0).astype(float)
    among_best = np.take_along_axis(shared, best, axis=1).mean()
    assert among_best > 0.8 > shared.mean() + 0.2


def test_a_new_title_is_for_those_who_like_its_genre() -> None:
    scorer, newest = Scorer(MODEL, NEW), COUNT + 4
    assert DATA.features.names[4] == "genre:0"
    matrix = DATA.interactions.matrix.toarray()
    told = csr_array(np.hstack([matrix, np.zeros((len(matrix), NEWER), np.float32)]))
    scores = scorer.scores(told)[:, newest]
    fans, others = scores[DATA.tastes[:, 0] > 0.7], scores[DATA.tastes[:, 0] < 0.1]
    assert min(len(fans), len(others)) > 5
    assert fans.mean() > others.mean() + 0.5


def test_features_that_the_model_does_not_know_do_not_count() -> None:
    newest = Features(["era:1980", "era:2090", "genre:3"], csr_array(np.array([[0, 1, 1], [1, 1, 0]], np.float32)))
    found = known(newest, MODEL.feature_names).toarray()
    assert found.shape == (2, len(MODEL.feature_names))
    assert [[MODEL.feature_names[column] for column in np.flatnonzero(line)] for line in found] == [
        ["genre:3"],
        ["era:1980"],
    ]
