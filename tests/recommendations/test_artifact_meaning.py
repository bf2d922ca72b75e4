"""What no hash tells: arrays that were written and sealed as they are, and yet make no model."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from recommendations.artifact import read, write
from recommendations.manifest import DamagedArtifact, canonical, parsed
from tests.recommendations.models import made_up
from tests.recommendations.test_artifact import WATERMARK, seal, written

Change = Callable[[Any], Any]


def with_value(place: int, value: float) -> Change:
    def change(array: np.ndarray) -> np.ndarray:
        changed = np.array(array)
        changed.flat[place] = value
        return changed

    return change


DAMAGES: list[tuple[str, str, Change]] = [
    ("vectors", "its shape is", lambda array: array[:-1]),
    ("vectors", "its shape is", lambda array: array.ravel()),
    ("vectors", "its shape is", lambda array: np.float32(1)),
    ("vectors", "it holds <f8", lambda array: array.astype("<f8")),
    ("vectors", "it holds >f4", lambda array: array.astype(">f4")),
    ("vectors", "columns first", np.asfortranarray),
    ("vectors", "not finite", with_value(3, np.nan)),
    ("biases", "not finite", with_value(-1, np.inf)),
    ("features.data", "not finite", with_value(0, -np.inf)),
    ("title_ids", "its shape is", lambda array: array[:, :8]),
    ("title_ids", "ascending", lambda array: array[::-1]),
    ("title_ids", "ascending", lambda array: array[[0, 0, *range(2, len(array))]]),
    ("history_sizes", "ascending", lambda array: array[::-1]),
    ("history_maps", "its shape is", lambda array: array[:2]),
    ("cold_map", "its shape is", lambda array: array[:, :-1]),
    ("cold_mean", "its shape is", lambda array: array[:, None]),
    ("popularity", "its shape is", lambda array: array[1:]),
    ("feature_vectors", "its shape is", lambda array: array[1:]),
    ("feature_biases", "its shape is", lambda array: array[1:]),
    ("neighbours.indices", "make no matrix", with_value(5, 40)),
    ("neighbours.indices", "make no matrix", with_value(5, -1)),
    ("neighbours.indices", "its shape is", lambda array: array[:-1]),
    ("neighbours.indices", "ascending", lambda array: array * 0),
    ("neighbours.indptr", "make no matrix", with_value(0, 1)),
    ("neighbours.indptr", "make no matrix", with_value(-1, 2**31 - 1)),
    ("neighbours.indptr", "make no matrix", with_value(5, 99)),
    ("neighbours.indptr", "ends before", lambda array: np.minimum(array, 9)),
    ("features.indptr", "its shape is", lambda array: array[:-1]),
]


@pytest.mark.parametrize("number", range(len(DAMAGES)))
def test_arrays_that_make_no_model_are_refused(tmp_path: Path, number: int) -> None:
    name, complaint, change = DAMAGES[number]
    written(tmp_path)
    np.save(tmp_path / f"{name}.npy", change(np.load(tmp_path / f"{name}.npy")))
    seal(tmp_path)
    with pytest.raises(DamagedArtifact, match=f"{name}.*{complaint}"):
        read(tmp_path)


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}}}"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode()


NO_ARRAYS = [
    b"",
    b"\x93NUMPY",
    b"\x93NUMPY\x01\x00\x05\x00{'x'}",
    b"nothing at all",
    b"PK\3\4",
    header("(7, 7)"),
    header("(-1, 7)"),
    header(f"({10**30}, 7)"),
    header("[" * 500),
]


@pytest.mark.parametrize("data", NO_ARRAYS, ids=range(len(NO_ARRAYS)))
def test_what_is_no_array_is_refused(tmp_path: Path, data: bytes) -> None:
    written(tmp_path)
    (tmp_path / "vectors.npy").write_bytes(data)
    seal(tmp_path)
    with pytest.raises(DamagedArtifact, match=r"^vectors.npy: it holds no array: "):
        read(tmp_path)


def test_no_pickle_is_ever_opened(tmp_path: Path) -> None:
    written(tmp_path)
    np.save(tmp_path / "vectors.npy", np.array([{"any": "object"}], dtype=object), allow_pickle=True)
    seal(tmp_path)
    with pytest.raises(DamagedArtifact, match=r"^vectors.npy: it holds no array: "):
        read(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda names: names[:-1], "8 names instead of 9"),
        (lambda names: names[::-1], "ascending"),
        (lambda names: [names[0], *names[:-1]], "ascending"),
        (lambda names: [7, *names[1:]], "not a list"),
        (lambda names: {"names": names}, "not a list"),
    ],
    ids=["fewer", "reversed", "twice", "numbers", "object"],
)
def test_names_that_fit_no_feature_are_refused(tmp_path: Path, change: Change, complaint: str) -> None:
    written(tmp_path)
    path = tmp_path / "feature_names.json"
    path.write_bytes(canonical(change(parsed(path.name, path.read_bytes()))))
    seal(tmp_path)
    with pytest.raises(DamagedArtifact, match=rf"^feature_names.json: .*{complaint}"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"titles": 39}, "title_ids.npy"),
        ({"titles": -1}, "manifest.json: titles"),
        ({"features": 10}, "its shape is"),
        ({"surplus": 1}, "manifest.json: surplus"),
        ({"recipe": {"seed": 7, "surplus": 1}}, "manifest.json: recipe"),
        ({"recipe": {"seed": "7"}}, "manifest.json: recipe.seed"),
        ({"watermark": "2026-11-24T03:04:05"}, "manifest.json: watermark"),
        ({"metrics": {"auc": "high"}}, "manifest.json: metrics.auc"),
        ({"files": {}}, "manifest.json: .*vectors.npy"),
        ({"files": {"vectors.npy": {"size": 1}}}, "manifest.json: files.vectors.npy.sha256"),
    ],
    ids=range(10),
)
def test_a_manifest_that_makes_no_sense_is_refused(tmp_path: Path, changes: dict[str, Any], complaint: str) -> None:
    written(tmp_path)
    seal(tmp_path, **changes)
    with pytest.raises(DamagedArtifact, match=complaint):
        read(tmp_path)


def test_what_could_not_be_read_is_not_written(tmp_path: Path) -> None:
    model = made_up()
    with pytest.raises(DamagedArtifact, match=r"^vectors.npy: .* not finite"):
        written(tmp_path, replace(model, vectors=model.vectors * np.float32(np.nan)))
    with pytest.raises(DamagedArtifact, match=r"^biases.npy: its shape is"):
        written(tmp_path, replace(model, biases=model.biases[1:]))
    with pytest.raises(ValueError, match=r"^history_sizes.npy: "):
        written(tmp_path, replace(model, history_sizes=np.array([0.5, 1, 2])))
    with pytest.raises(ValueError, match="watermark"):
        write(model, tmp_path, WATERMARK.replace(tzinfo=None), profiles=1, interactions=1)
    with pytest.raises(ValueError, match="auc"):
        written(tmp_path, replace(model, metrics={"auc": float("nan")}))
