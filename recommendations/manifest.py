"""What an artifact says of itself, in the one JSON that two machines write alike."""

import hashlib
import json
from collections.abc import Mapping, Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeInt, ValidationError

from recommendations.model import Recipe

FORMAT = 1
"""Raised by whatever changes the meaning of a file, or the files."""
MANIFEST = "manifest.json"
BASELINE = "."
"""Stands between the name of a baseline and of its metric."""


class UnreadableArtifact(Exception):
    """A folder that no model can be read from."""


class DamagedArtifact(UnreadableArtifact):
    """The folder isn't what was written, or what was written makes no sense; the message names the file."""


class UnsupportedArtifact(UnreadableArtifact):
    """The folder is of another format than ours; the message says whether of an older or of a newer one."""


class FileEntry(BaseModel):
    """A file of the artifact: its size in bytes, and its SHA-256 in hexadecimal digits."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    size: NonNegativeInt
    sha256: str


class Manifest(BaseModel):
    """What an artifact is: all that follows from the data and the recipe, and nothing of when and where it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, revalidate_instances="always")

    format: int
    version: str
    """The watermark's day and a part of the SHA-256 of the manifest without its version."""
    recipe: Recipe
    watermark: AwareDatetime
    """The newest event that the model was trained on."""
    titles: NonNegativeInt
    features: NonNegativeInt
    profiles: NonNegativeInt
    """How many there were in the data; the artifact holds nothing about any of them."""
    interactions: NonNegativeInt
    metrics: Mapping[str, FiniteFloat] = Field(default_factory=dict)
    files: Mapping[str, FileEntry]


def entry_of(path: Path) -> FileEntry:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return FileEntry(size=path.stat().st_size, sha256=digest)


def manifest_in(folder: Path, files: Set[str]) -> Manifest:
    """The folder's manifest, in our format, true to its own version, and of exactly these files."""
    text = contents(folder, MANIFEST)
    said = parsed(MANIFEST, text)
    number = said.get("format") if isinstance(said, dict) else None
    if type(number) is not int:
        raise DamagedArtifact(f"{MANIFEST}: it says no format.")
    if number != FORMAT:
        raise UnsupportedArtifact(
            f"{MANIFEST}: format {number} is {'older' if number < FORMAT else 'newer'} than ours, {FORMAT}."
        )
    try:
        manifest = Manifest.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise DamagedArtifact(f"{MANIFEST}: {'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    if manifest.version != version_of(manifest.watermark, said):
        raise DamagedArtifact(f"{MANIFEST}: its content is not that of version {manifest.version!r}.")
    if manifest.files.keys() != files:
        odd = ", ".join(sorted(manifest.files.keys() ^ files))
        raise DamagedArtifact(f"{MANIFEST}: there is either no or too much mention of {odd}.")
    return manifest


def contents(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise DamagedArtifact(f"{name}: it can't be read: {error.strerror}.") from error


def parsed(name: str, text: bytes) -> Any:
    """What the JSON says; it must be the canonical one, in which no two texts say the same."""
    try:
        said = json.loads(text)
        if canonical(said) == text:
            return said
    except (ValueError, RecursionError) as error:
        raise DamagedArtifact(f"{name}: it is no JSON: {error}.") from error
    raise DamagedArtifact(f"{name}: its JSON is not in its canonical form.")


def canonical(value: object) -> bytes:
    """The one JSON of a value: ASCII, sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def version_of(watermark: datetime, said: Mapping[str, Any]) -> str:
    """The version of an artifact whose manifest, apart from the version, says this: `20261124-0123456789ab`."""
    rest = {name: value for name, value in said.items() if name != "version"}
    return f"{watermark.astimezone(UTC):%Y%m%d}-{hashlib.sha256(canonical(rest)).hexdigest()[:12]}"
