"""An artifact is what was written, byte for byte, or it is refused."""

import os
import subprocess
import sys
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from recommendations.artifact import FILES, read, write
from recommendations.manifest import (
    MANIFEST,
    DamagedArtifact,
    Manifest,
    UnreadableArtifact,
    UnsupportedArtifact,
    canonical,
    entry_of,
    parsed,
    version_of,
)
from recommendations.model import Model
from tests.recommendations.models import made_up

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
NAMES = sorted([MANIFEST, *FILES])
NO_MANIFESTS = [
    "",
    "[]",
    "7",
    "{}",
    '{"format":true}',
    '{"format":"1"}',
    '{"format": 1}',
    '{"format":1}',
    "[" * 99999,
    "ÿ",
]
WATERMARK = datetime(2026, 11, 24, 3, 4, 5, 678, UTC)
PROFILES = 1009
"""Like no other number in the models, so that an array with one row a profile would show."""


def written(folder: Path, model: Model | None = None) -> Manifest:
    return write(model or made_up(), folder, WATERMARK, profiles=PROFILES, interactions=20011)


def refused(folder: Path, *names: str) -> None:
    """Raises AssertionError unless the folder is refused, because of one of these files."""
    with pytest.raises(UnreadableArtifact, match="|".join(f"^{name}: " for name in names)):
        read(folder)


def seal(folder: Path, **changes: object) -> None:
    """Makes the manifest fit the folder's files again, so that only what they mean can be wrong."""
    said = parsed(MANIFEST, (folder / MANIFEST).read_bytes())
    said["files"] = {name: entry_of(folder / name).model_dump() for name in said["files"]}
    said |= changes
    said["version"] = version_of(WATERMARK, said)
    (folder / MANIFEST).write_bytes(canonical(said))


def assert_equal(found: Model, expected: Model) -> None:
    for field in fields(Model):
        one, other = getattr(found, field.name), getattr(expected, field.name)
        if isinstance(other, csr_array):
            assert one.shape == other.shape
            assert (one != other).nnz == 0
        elif isinstance(other, np.ndarray):
            assert (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes()), field.name
        else:
            assert one == other


@pytest.mark.parametrize("titles", [0, 1, 2, 40])
@pytest.mark.parametrize("features", [0, 9])
def test_what_is_read_equals_what_was_written(tmp_path: Path, titles: int, features: int) -> None:
    model = made_up(titles, features, sizes=titles)
    manifest = written(tmp_path / "a" / "b", model)
    found, read_manifest = read(tmp_path / "a" / "b")
    assert_equal(found, model)
    assert read_manifest == manifest
    assert (manifest.titles, manifest.features, manifest.profiles) == (titles, features, PROFILES)
    assert manifest.watermark == WATERMARK
    assert manifest.version.startswith("20261124-")


def test_arrays_are_mapped_and_read_only(tmp_path: Path) -> None:
    written(tmp_path)
    model, _ = read(tmp_path)
    matrices = [getattr(matrix, part) for matrix in (model.features, model.neighbours) for part in ("data", "indices")]
    for array in (model.title_ids, model.vectors, model.history_maps, *matrices):
        owner = array
        while isinstance(owner, np.ndarray) and not isinstance(owner, np.memmap):
            owner = owner.base
        assert isinstance(owner, np.memmap)
        assert not array.flags.writeable


def test_who_has_mapped_an_artifact_keeps_it_when_another_takes_its_place(tmp_path: Path) -> None:
    written(tmp_path, made_up(seed=1))
    mapped, _ = read(tmp_path)
    written(tmp_path, made_up(titles=3, seed=2))
    assert_equal(mapped, made_up(seed=1))


def test_the_version_follows_from_the_content_alone(tmp_path: Path) -> None:
    manifest = written(tmp_path / "one")
    vienna = WATERMARK.astimezone(timezone(timedelta(hours=1)))
    shuffled = replace(made_up(), metrics=dict(reversed(made_up().metrics.items())))
    again = write(shuffled, tmp_path / "other", vienna, profiles=PROFILES, interactions=20011)
    assert again.version == manifest.version
    others = [
        written(tmp_path / "seed", made_up(seed=2)),
        written(tmp_path / "metrics", made_up(metrics={"auc": 0.5})),
        written(tmp_path / "recipe", replace(made_up(), recipe=replace(made_up().recipe, seed=8))),
        write(made_up(), tmp_path / "later", WATERMARK + timedelta(days=1), profiles=PROFILES, interactions=20011),
        write(made_up(), tmp_path / "more", WATERMARK, profiles=PROFILES, interactions=20012),
    ]
    assert len({manifest.version, *(other.version for other in others)}) == 6


def test_a_matrix_has_one_form(tmp_path: Path) -> None:
    model = made_up(titles=2, features=0)
    tidy = csr_array(np.array([[0, 3], [1, 2]], dtype=np.float32))
    untidy = csr_array((np.array([1, 2, 2, 1], dtype=np.float32), [1, 1, 1, 0], [0, 2, 4]), shape=(2, 2))
    versions = {written(tmp_path, replace(model, neighbours=matrix)).version for matrix in (tidy, untidy)}
    assert len(versions) == 1
    assert untidy.nnz == 4, "a caller's matrix stays as it is"


def test_two_processes_write_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from tests.recommendations.test_artifact import written;"
        "written(Path(sys.argv[1]))"
    )
    for seed in ("1", "2"):
        environment = os.environ | {"PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", script, tmp_path / seed], check=True, env=environment)
    one, other = ({file.name: file.read_bytes() for file in (tmp_path / seed).iterdir()} for seed in ("1", "2"))
    assert one == other
    assert sorted(one) == NAMES


def test_nothing_in_it_is_about_a_profile(tmp_path: Path) -> None:
    manifest = written(tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == NAMES
    sizes = {size for name in FILES if name.endswith(".npy") for size in np.load(tmp_path / name).shape}
    assert PROFILES not in sizes
    said = parsed(MANIFEST, (tmp_path / MANIFEST).read_bytes())
    assert said.keys() == {"features", "files", "format", "interactions", "metrics", "profiles", "recipe", "titles"} | {
        "version",
        "watermark",
    }
    assert manifest.profiles == PROFILES


def places(size: int) -> list[int]:
    """Where a file of so many bytes is damaged: in the short form at both ends and some places between."""
    return list(range(size)) if SOAK else sorted({0, 6, size // 3, size // 2, size - 2, size - 1})


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_no_flipped_bit_gets_past(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    whole = (tmp_path / name).read_bytes()
    for place in places(len(whole)):
        bit = 1 << place % 8
        (tmp_path / name).write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        refused(tmp_path, name)
    (tmp_path / name).write_bytes(whole)
    read(tmp_path)


@pytest.mark.soak
@pytest.mark.parametrize("name", NAMES)
def test_no_cut_and_nothing_added_gets_past(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    whole = (tmp_path / name).read_bytes()
    cuts = [whole[:place] for place in places(len(whole))]
    holes = [whole[:place] + whole[place + 1 :] for place in places(len(whole))]
    doubled = [whole[: place + 1] + whole[place:] for place in places(len(whole))]
    for changed in [*cuts, *holes, *doubled, whole + b"\0", whole + b"\n", b" " + whole, whole * 2]:
        (tmp_path / name).write_bytes(changed)
        refused(tmp_path, name)
    (tmp_path / name).write_bytes(whole)
    read(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_no_file_may_be_missing(tmp_path: Path, name: str) -> None:
    written(tmp_path)
    (tmp_path / name).unlink()
    refused(tmp_path, name)
    (tmp_path / name).mkdir()
    refused(tmp_path, name)


def test_the_message_says_what_is_wrong(tmp_path: Path) -> None:
    written(tmp_path)
    whole = (tmp_path / "vectors.npy").read_bytes()
    (tmp_path / "vectors.npy").write_bytes(whole[:-4])
    with pytest.raises(DamagedArtifact, match=r"^vectors.npy: it has 924 bytes instead of 928.$"):
        read(tmp_path)
    (tmp_path / "vectors.npy").write_bytes(whole[:-4] + b"else")
    with pytest.raises(DamagedArtifact, match=r"^vectors.npy: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}.$"):
        read(tmp_path)


@pytest.mark.soak
def test_no_two_files_may_change_places(tmp_path: Path) -> None:
    written(tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in NAMES}
    assert len(set(whole.values())) == len(NAMES)
    for distance in range(1, len(NAMES) if SOAK else 3):
        for name, other in zip(NAMES, NAMES[distance:], strict=False):
            (tmp_path / name).write_bytes(whole[other])
            (tmp_path / other).write_bytes(whole[name])
            refused(tmp_path, name, other)
            for changed in (name, other):
                (tmp_path / changed).write_bytes(whole[changed])
    read(tmp_path)


@pytest.mark.parametrize("name", NAMES)
def test_no_file_of_another_artifact_fits(tmp_path: Path, name: str) -> None:
    # `history_sizes` alone are equal in models that differ in their seed alone.
    written(tmp_path / "one", made_up(seed=1, sizes=3))
    written(tmp_path / "other", made_up(seed=2, features=10, sizes=4))
    (tmp_path / "one" / name).write_bytes((tmp_path / "other" / name).read_bytes())
    with pytest.raises(DamagedArtifact):
        read(tmp_path / "one")


@pytest.mark.parametrize(("number", "age"), [(0, "older"), (2, "newer")])
def test_another_format_is_refused(tmp_path: Path, number: int, age: str) -> None:
    written(tmp_path)
    seal(tmp_path, format=number)
    with pytest.raises(UnsupportedArtifact, match=f"format {number} is {age} than ours, 1"):
        read(tmp_path)
    (tmp_path / MANIFEST).write_bytes(canonical({"format": number}))
    with pytest.raises(UnsupportedArtifact, match=age):
        read(tmp_path)


@pytest.mark.parametrize("text", NO_MANIFESTS, ids=range(len(NO_MANIFESTS)))
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    written(tmp_path)
    (tmp_path / MANIFEST).write_bytes(text.encode("latin-1"))
    refused(tmp_path, MANIFEST)
