"""A model as a folder: one file an array, mapped when read, and a manifest from which every damage shows."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from recommendations.manifest import (
    FORMAT,
    MANIFEST,
    DamagedArtifact,
    FileEntry,
    Manifest,
    canonical,
    contents,
    entry_of,
    manifest_in,
    parsed,
    version_of,
)
from recommendations.model import Model

NAMES = "feature_names.json"
DENSE = {
    "title_ids": "|u1",
    "vectors": "<f4",
    "biases": "<f4",
    "feature_vectors": "<f4",
    "feature_biases": "<f4",
    "history_sizes": "<i8",
    "history_maps": "<f4",
    "cold_map": "<f4",
    "cold_mean": "<f4",
    "popularity": "<f4",
    "recent": "<f4",
}
SPARSE = ("features", "neighbours")
PARTS = {"data": "<f4", "indices": "<i4", "indptr": "<i4"}
TYPES = {f"{name}.npy": dtype for name, dtype in DENSE.items()} | {
    f"{name}.{part}.npy": dtype for name in SPARSE for part, dtype in PARTS.items()
}
FILES = frozenset([NAMES, *TYPES])
Arrays = dict[str, NDArray[Any]]


def write(model: Model, folder: Path, watermark: datetime, *, profiles: int, interactions: int) -> Manifest:
    """Writes the model into a folder, which need not exist, and reads it again; returns its manifest.

    Equal models, watermarks and counts give equal bytes on every machine; fractions are kept to 32 bits. Raises
    ValueError where a watermark has no time zone or an integer no room, and DamagedArtifact where the model's arrays
    don't fit together.
    """
    arrays = encoded(model)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (MANIFEST, *FILES):
        # Whoever has mapped a file that was there keeps it; truncating it would take its pages away.
        (folder / name).unlink(missing_ok=True)
    for name, array in arrays.items():
        with (folder / name).open("wb") as file:
            np.lib.format.write_array(file, array, version=(1, 0), allow_pickle=False)
    (folder / NAMES).write_bytes(canonical(list(model.feature_names)))
    described = Manifest(
        format=FORMAT,
        version="",
        recipe=model.recipe,
        watermark=watermark,
        titles=len(model.title_ids),
        features=len(model.feature_names),
        profiles=profiles,
        interactions=interactions,
        metrics={name: float(value) for name, value in model.metrics.items()},
        files={name: entry_of(folder / name) for name in sorted(FILES)},
    )
    said = described.model_dump(mode="json") | {"watermark": watermark.astimezone(UTC).isoformat()}
    # Last of all, so that a folder whose writing broke off is none of ours.
    (folder / MANIFEST).write_bytes(canonical(said | {"version": version_of(watermark, said)}))
    return read(folder)[1]


def read(folder: Path) -> tuple[Model, Manifest]:
    """The model in a folder, its arrays mapped and read-only, and its manifest.

    Every file is compared with its size and SHA-256, and the arrays with one another. Raises DamagedArtifact and
    UnsupportedArtifact; files beside those of the manifest don't matter.
    """
    manifest = manifest_in(folder, FILES)
    for name in sorted(FILES):
        compare(folder, name, manifest.files[name])
    arrays = {name: mapped(folder, name) for name in TYPES}
    names = names_in(folder)
    check_shapes(arrays, manifest)
    check_order(arrays, names, manifest)
    dense = {name: arrays[f"{name}.npy"] for name in DENSE}
    titles, features = manifest.titles, manifest.features
    model = Model(
        **dense,
        feature_names=names,
        features=sparse(arrays, "features", (titles, features)),
        neighbours=sparse(arrays, "neighbours", (titles, titles)),
        recipe=manifest.recipe,
        metrics=manifest.metrics,
    )
    return model, manifest


def encoded(model: Model) -> Arrays:
    """The model's arrays by the names of their files, in the types and the order that they are written in."""
    arrays = {f"{name}.npy": np.asarray(getattr(model, name)) for name in DENSE}
    for name in SPARSE:
        matrix = csr_array(getattr(model, name), copy=True)
        matrix.sum_duplicates()
        arrays |= {f"{name}.{part}.npy": getattr(matrix, part) for part in PARTS}
    return {name: typed(name, array) for name, array in arrays.items()}


def typed(name: str, array: NDArray[Any]) -> NDArray[Any]:
    kept = np.ascontiguousarray(array, TYPES[name])
    if kept.dtype.kind != "f" and not np.array_equal(kept, array):
        raise ValueError(f"{name}: there are numbers that are no {kept.dtype}.")
    return kept


def compare(folder: Path, name: str, expected: FileEntry) -> None:
    """Raises DamagedArtifact where the file isn't the one that was written."""
    try:
        found = entry_of(folder / name)
    except OSError as error:
        raise DamagedArtifact(f"{name}: it can't be read: {error.strerror}.") from error
    if found.size != expected.size:
        raise DamagedArtifact(f"{name}: it has {found.size} bytes instead of {expected.size}.")
    if found.sha256 != expected.sha256:
        raise DamagedArtifact(f"{name}: its SHA-256 is {found.sha256}, not {expected.sha256}.")


def mapped(folder: Path, name: str) -> NDArray[Any]:
    try:
        # Unlike np.load it knows one kind of file alone: no pickle, no archive.
        array: NDArray[Any] = np.lib.format.open_memmap(folder / name, mode="r")
    except Exception as error:
        # NumPy reads the header as Python, and what comes of that has no end of kinds.
        raise DamagedArtifact(f"{name}: it holds no array: {error}.") from error
    if array.dtype != TYPES[name] or not array.flags.c_contiguous:
        raise DamagedArtifact(f"{name}: it holds {array.dtype.str}, or its columns first, instead of {TYPES[name]}.")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise DamagedArtifact(f"{name}: it holds values that are not finite.")
    return array


def names_in(folder: Path) -> Sequence[str]:
    names = parsed(NAMES, contents(folder, NAMES))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise DamagedArtifact(f"{NAMES}: it is not a list of names.")
    return names


def check_shapes(arrays: Arrays, manifest: Manifest) -> None:
    """Raises DamagedArtifact where the arrays contradict the manifest's numbers, or one another."""
    n, f = manifest.titles, manifest.features
    k = arrays["vectors.npy"].shape[-1] if arrays["vectors.npy"].ndim else 0
    s = arrays["history_sizes.npy"].size
    expected: dict[str, tuple[int, ...]] = {
        "title_ids": (n, 16),
        "vectors": (n, k),
        "biases": (n,),
        "feature_vectors": (f, k),
        "feature_biases": (f,),
        "history_sizes": (s,),
        "history_maps": (s, 2 * k + 1, k),
        "cold_map": (f, k + 1),
        "cold_mean": (k + 1,),
        "popularity": (n,),
        "recent": (n,),
        "features.indptr": (n + 1,),
        "neighbours.indptr": (n + 1,),
    }
    for matrix in SPARSE:
        weights = (arrays[f"{matrix}.data.npy"].size,)
        expected |= {f"{matrix}.data": weights, f"{matrix}.indices": weights}
    for name, shape in expected.items():
        found = arrays[f"{name}.npy"].shape
        if found != shape:
            raise DamagedArtifact(f"{name}.npy: its shape is {found} instead of {shape}.")


def check_order(arrays: Arrays, names: Sequence[str], manifest: Manifest) -> None:
    """Raises DamagedArtifact where titles, names or sizes don't ascend."""
    # Eight bytes at a time, highest first: two such numbers of an identifier compare as its bytes do.
    high, low = arrays["title_ids.npy"].view(">u8").T
    if not ((high[:-1] < high[1:]) | ((high[:-1] == high[1:]) & (low[:-1] < low[1:]))).all():
        raise DamagedArtifact("title_ids.npy: the identifiers are not in ascending order, each once.")
    if (np.diff(arrays["history_sizes.npy"]) <= 0).any():
        raise DamagedArtifact("history_sizes.npy: the sizes are not in ascending order.")
    if len(names) != manifest.features:
        raise DamagedArtifact(f"{NAMES}: it has {len(names)} names instead of {manifest.features}.")
    if any(before >= after for before, after in pairwise(names)):
        raise DamagedArtifact(f"{NAMES}: the names are not in ascending order, each once.")


def sparse(arrays: Arrays, name: str, shape: tuple[int, int]) -> csr_array[Any]:
    """The matrix of three arrays, which it shares with them."""
    try:
        matrix: csr_array[Any] = csr_array(tuple(arrays[f"{name}.{part}.npy"] for part in PARTS), shape=shape)
        matrix.check_format(full_check=True)
    except ValueError as error:
        raise DamagedArtifact(f"{name}.indices.npy, {name}.indptr.npy: they make no matrix: {error}.") from error
    if matrix.nnz != arrays[f"{name}.data.npy"].size:
        raise DamagedArtifact(f"{name}.indptr.npy: it ends before the weights do.")
    if not matrix.has_canonical_format:
        raise DamagedArtifact(f"{name}.indices.npy: a row's indices are not in ascending order, each once.")
    return matrix
