"""Training: the same bytes for the same input, and a model whose parts fit each other."""

import hashlib
import os
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommendations.maps import shortened
from recommendations.model import Model
from recommendations.training import recent, train
from tests.recommendations.planted import QUICK, planted, trained

ROOT = Path(__file__).parents[2]
DIGESTS = "from tests.recommendations.test_training import digests; print(digests())"


def digests(seed: int = 7) -> dict[str, str]:
    """A hash of each of a model's arrays."""
    model = trained(planted(), replace(QUICK, seed=seed))
    return {field.name: hashlib.sha256(stored(getattr(model, field.name))).hexdigest() for field in fields(Model)}


def stored(value: object) -> bytes:
    if isinstance(value, csr_array):
        return b"".join(part.tobytes() for part in (value.data, value.indices, value.indptr))
    return value.tobytes() if isinstance(value, np.ndarray) else repr(value).encode()


def elsewhere(hash_seed: str) -> "subprocess.Popen[str]":
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": hash_seed}
    command = [sys.executable, "-c", DIGESTS]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | one_thread, text=True, stdout=subprocess.PIPE)


def test_two_processes_train_the_same_bytes_from_the_same_input() -> None:
    with elsewhere("1") as first, elsewhere("2") as second:
        digests_of_first, digests_of_second = first.communicate()[0], second.communicate()[0]
    assert "neighbours" in digests_of_first
    assert digests_of_second == digests_of_first


def test_another_seed_trains_another_model() -> None:
    first, second = digests(), digests(seed=8)
    assert {name for name in first if first[name] != second[name]} >= {"vectors", "history_maps", "cold_map"}


def test_a_title_s_vector_is_that_of_its_id_and_its_features() -> None:
    data = planted()
    model = trained(data)
    alike = model.features @ model.feature_vectors
    apart = np.linalg.norm(model.vectors - alike, axis=1)
    assert model.features.toarray() == pytest.approx(data.features.matrix.toarray() * QUICK.feature_weight)
    assert (np.linalg.norm(alike, axis=1) > 0).all()
    assert (apart > 0).all()


def test_a_title_without_interactions_has_what_its_features_say() -> None:
    data = planted()
    model = trained(data)
    unseen = model.popularity == 0
    guessed = data.features.matrix @ model.cold_map + model.cold_mean
    assert unseen.sum() == 4
    assert np.column_stack([model.vectors, model.biases])[unseen] == pytest.approx(guessed[unseen], abs=1e-6)
    assert np.abs(np.column_stack([model.vectors, model.biases])[~unseen] - guessed[~unseen]).max() > 0.01


def test_recent_counts_half_for_each_so_many_days() -> None:
    data = planted()
    some = data.interactions.only(data.interactions.titles == 3)
    days = np.arange(len(some.times))
    aged = replace(some, times=1.7e9 - 86_400 * days)
    assert recent(aged, 10)[3] == pytest.approx((some.weights * 0.5 ** (days / 10)).sum(), rel=1e-5)
    assert np.count_nonzero(recent(aged, 10)) == 1


def test_many_interactions_take_fewer_epochs() -> None:
    data, steps = planted(), []
    recipe = replace(QUICK, steps=2 * len(data.interactions.weights))
    train(data.interactions, data.features, data.title_ids, recipe, lambda *step: steps.append(step))
    assert max(done for name, done, _ in steps if name == "factors") == 2


def test_training_says_how_far_it_is() -> None:
    data, steps = planted(), []
    train(data.interactions, data.features, data.title_ids, QUICK, lambda *step: steps.append(step))
    assert steps[: QUICK.epochs + 1] == [("factors", epoch, QUICK.epochs) for epoch in range(QUICK.epochs + 1)]
    assert {name for name, _, _ in steps} == {"factors", "maps", "neighbours"}


def test_features_may_be_indexed_by_long_integers() -> None:
    data = planted()
    matrix = data.features.matrix.copy()
    matrix.indices, matrix.indptr = matrix.indices.astype(np.int64), matrix.indptr.astype(np.int64)
    long = replace(data, features=replace(data.features, matrix=matrix))
    assert trained(long).vectors.tobytes() == trained(data).vectors.tobytes()


def test_without_interactions_there_is_nothing_to_train() -> None:
    data = planted()
    nothing = data.interactions.only(np.zeros(len(data.interactions.weights), bool))
    with pytest.raises(ValueError, match="no interactions"):
        train(nothing, data.features, data.title_ids, QUICK, lambda step, done, total: None)


def test_without_features_it_trains_on_titles_alone() -> None:
    data = planted()
    bare = replace(data.features, names=[], matrix=csr_array(data.features.matrix[:, :0]))
    model = train(data.interactions, bare, data.title_ids, QUICK, lambda step, done, total: None)
    assert model.cold_map.shape == (0, QUICK.components + 1)
    assert np.isfinite(model.vectors).all()


def test_a_shortened_history_is_a_part_of_the_whole() -> None:
    matrix = planted().interactions.matrix
    shorter = shortened(matrix, 10, np.random.default_rng(1))
    lengths = np.diff(matrix.indptr)
    assert lengths.min() < 10 < lengths.max()
    assert np.diff(shorter.indptr).tolist() == np.minimum(lengths, 10).tolist()
    assert ((shorter != 0).multiply(matrix).toarray() == shorter.toarray()).all()
    assert (shortened(matrix, 10, np.random.default_rng(2)) != shorter).nnz
