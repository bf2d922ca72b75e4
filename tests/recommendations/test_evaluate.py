"""A whole evaluation in small: every split, every ranking, and the command around it."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from recommendations import tuning
from recommendations.baselines import MissingLibrary, als, nearest, popularity
from recommendations.evaluate import SPLITS, evaluate, held_out
from recommendations.interactions import Features, Interactions
from recommendations.splits import at_random, matrix
from server.commands import Stop
from server.commands.recommend import evaluate_file
from server.main import cli
from tests.recommendations.planted import QUICK, Planted, planted

DATA = planted(profiles=120, titles=60, each=20)


def table(data: Planted = DATA, test: bool = True) -> dict[tuple[str, str], float]:
    lines = evaluate(data.interactions, data.features, QUICK, test)
    return {(line.split, line.ranking): line.metrics.ndcg for line in lines if line.metrics}


def written(data: Planted, folder: Path) -> tuple[Path, Path]:
    """The planted interactions and features as files."""
    some, names = data.interactions, np.array(data.features.names)
    lines = zip(some.profiles, some.titles, some.times, strict=True)
    (folder / "some.csv").write_text(
        "user,item,timestamp\n" + "".join(f"{who},{what},{when}\n" for who, what, when in lines)
    )
    having = [" ".join(names[row > 0]) for row in data.features.matrix.toarray()]
    (folder / "features.csv").write_text("item,class\n" + "".join(f"{at},{text}\n" for at, text in enumerate(having)))
    return folder / "some.csv", folder / "features.csv"


def test_the_blend_beats_popularity_where_tastes_were_planted() -> None:
    found = table()
    assert set(found) == {(split, ranking) for split, (_, rankings) in SPLITS.items() for ranking in rankings}
    for split in ("random", "temporal", "5 titles"):
        assert found[split, "blend as served"] > 1.1 * found[split, "popularity"]


def test_without_test_the_test_part_is_not_touched() -> None:
    outer, inner = (held_out(DATA.interactions, at_random, test) for test in (True, False))
    assert outer is not None
    assert inner is not None
    tested = matrix(outer.test)
    assert len(inner.train.titles) + len(inner.test.titles) == len(outer.train.titles)
    for part in (inner.train, inner.test):
        assert not matrix(part).multiply(tested).nnz


def test_without_times_there_is_no_split_by_time() -> None:
    timeless = replace(DATA.interactions, times=np.zeros_like(DATA.interactions.times))
    found = table(replace(DATA, interactions=timeless))
    assert {split for split, _ in found} == set(SPLITS) - {"temporal"}


def test_the_library_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "implicit.als", None)
    split = at_random(DATA.interactions, 0.2)
    with pytest.raises(MissingLibrary, match="implicit"):
        als(split, DATA.features, QUICK)
    lines = [str(line) for line in evaluate(DATA.interactions, DATA.features, QUICK, True) if line.ranking == "ALS"]
    assert len(lines) == 1
    assert "ALS comes from the distribution implicit" in lines[0]


def test_popularity_and_neighbours_are_what_they_are_called() -> None:
    watched = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 1), (2, 2)]
    profiles, titles = np.array(watched).T
    some = Interactions(profiles, titles, np.ones(6, np.float32), np.arange(6.0), (3, 4))
    split = replace(at_random(some, 0.0), test=some)
    features = Features([], DATA.features.matrix[:4, :0])
    assert popularity(split, features, QUICK)(np.array([2])).tolist() == [[2, 3, 1, 0]]
    near = 2 / np.sqrt(2 * 3)
    expected = [[near, near, 1 / np.sqrt(3), 0], [near, 1 / np.sqrt(3), 1 / np.sqrt(3), 0]]
    assert nearest(split, features, QUICK)(np.array([0, 2])) == pytest.approx(np.array(expected), rel=1e-5)


def test_tuning_keeps_the_best_of_what_it_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = {(4, 0.5): 0.3, (6, 0.5): 0.5, (9, 0.5): 0.4, (6, 0.1): 0.2, (6, 0.9): 0.6}
    monkeypatch.setattr(tuning, "GRID", {"epochs": (6, 9), "ease_share": (0.1, 0.9)})
    monkeypatch.setattr(tuning, "scored", lambda parts, features, recipe: scores[recipe.epochs, recipe.ease_share])
    tried = list(tuning.tune(DATA.interactions, DATA.features, QUICK))
    assert [one.score for one in tried] == [0.3, 0.5, 0.4, 0.2, 0.6]
    assert (tried[-1].best.epochs, tried[-1].best.ease_share) == (6, 0.9)


def test_a_recipe_is_tuned_without_the_test_part() -> None:
    tested = matrix(at_random(DATA.interactions, 0.2).test)
    parts = tuning.validation_parts(DATA.interactions, DATA.features)
    assert len(parts) == 6
    for part in parts:
        for used in (part.split.train, part.split.history, part.split.known, part.split.test):
            assert not matrix(used).multiply(tested).nnz


def test_a_setting_that_lightfm_does_not_know_does_not_train_it_again() -> None:
    part = tuning.validation_parts(DATA.interactions, DATA.features)[0]
    recipes = [QUICK, replace(QUICK, ease_share=0.0), replace(QUICK, feature_weight=0.9)]
    scores, learned = zip(*((part.score(DATA.features, one), part.learned) for one in recipes), strict=True)
    assert len(set(scores)) == 3
    assert learned[0] is learned[1]
    assert learned[1] is not learned[2]
    afresh = tuning.validation_parts(DATA.interactions, DATA.features)[0]
    assert afresh.score(DATA.features, recipes[1]) == scores[1]


def test_the_command_prints_a_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, features = written(DATA, tmp_path)
    monkeypatch.setattr("server.commands.recommend.Recipe", lambda: QUICK)
    found = CliRunner().invoke(cli, ["recommend", "evaluate", str(file), "--features", str(features), "--test"])
    assert found.exit_code == 0, found.output
    lines = found.output.splitlines()
    assert lines[0] == f"{len(DATA.interactions.titles)} interactions of 120 users with 57 titles, 10 features"
    assert lines[2].split()[:3] == ["split", "ranking", "nDCG@10"]
    assert len(lines) == 3 + sum(len(rankings) for _, rankings in SPLITS.values())
    assert all(0 < float(line[33:42]) < 1 for line in lines[3:])


def test_the_command_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("user,item,rating\n1,2,much\n")
    with pytest.raises(Stop, match=r"bad.csv, line 2, column rating: 'much' is not a number"):
        list(evaluate_file(tmp_path / "bad.csv", None, True, False))
    (tmp_path / "little.csv").write_text("user,item\n1,2\n")
    with pytest.raises(Stop, match=r"little.csv: there is too little to hold anything out"):
        list(evaluate_file(tmp_path / "little.csv", None, True, False))
    with pytest.raises(Stop, match=r"little.csv: There is too little to hold anything out"):
        list(evaluate_file(tmp_path / "little.csv", None, True, True))
