"""Who rates films and series where, and from which age each of their codes is."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from models.catalog import TitleKind

FILE = Path(__file__).parent / "rating-systems.json"


@dataclass(frozen=True, slots=True)
class RatingSystem:
    """A territory's body of classification; `codes` to the age in years from which each may be watched.

    `kind` is None where films and series share the system. Of a code that only advises parents the age is our choice.
    """

    country: str
    system: str
    codes: Mapping[str, int]
    kind: TitleKind | None = None


SYSTEMS = [
    RatingSystem(**known | {"kind": TitleKind(known["kind"]) if "kind" in known else None})
    for known in json.loads(FILE.read_bytes())
]


def system_of(country: str, kind: TitleKind) -> RatingSystem | None:
    """The system that the country (ISO 3166-1 alpha-2) rates such titles by; None where we know of none."""
    return next((s for s in SYSTEMS if s.country == country and s.kind in (None, kind)), None)
