"""A title as editors see it: all that is published at once. A draft is one of these, kept as JSON."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import attrgetter
from typing import Any, TypeVar
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, TypeAdapter, with_config

from models.catalog import CreditRole, MarkerKind, PlayableKind, SeriesStatus, TitleKind

T = TypeVar("T")
STRICT = ConfigDict(extra="forbid")


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class TextEntry:
    """What it is called and about, in one language (BCP 47)."""

    language: str
    name: str
    synopsis: str | None = None
    tagline: str | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class CreditEntry:
    person_id: UUID
    role: CreditRole
    character: str | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class WindowEntry:
    """Countries in which it may be watched from `from_` on, until just before `until`; None is for good."""

    countries: tuple[str, ...]
    from_: AwareDatetime
    until: AwareDatetime | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class RatingEntry:
    """A territory's rating; `system` is the body that gave it, `minimum_age` in years."""

    country: str
    code: str
    minimum_age: int
    system: str
    advisories: tuple[str, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class ExternalIdEntry:
    source: str
    value: str


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class MarkerEntry:
    """A stretch in milliseconds from the start."""

    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str | None = None


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class SeasonEntry:
    """`names` maps languages to a name of its own, which most seasons have not."""

    number: int
    id: UUID
    names: Mapping[str, str]


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class PlayableEntry:
    """The film itself, whose texts are its title's; an episode, numbered within its season; or a trailer."""

    id: UUID
    kind: PlayableKind
    season: int | None = None
    number: int | None = None
    texts: tuple[TextEntry, ...] = ()
    air_date: date | None = None
    markers: tuple[MarkerEntry, ...] = ()


@with_config(STRICT)
@dataclass(frozen=True, slots=True)
class TitleDocument:
    """`genres` has the foremost first, `credits` are in billing order, `playables` in the order of the series."""

    kind: TitleKind
    slug: str
    original_language: str
    status: SeriesStatus | None = None
    release_year: int | None = None
    texts: tuple[TextEntry, ...] = ()
    genres: tuple[UUID, ...] = ()
    credits: tuple[CreditEntry, ...] = ()
    windows: tuple[WindowEntry, ...] = ()
    ratings: tuple[RatingEntry, ...] = ()
    external_ids: tuple[ExternalIdEntry, ...] = ()
    seasons: tuple[SeasonEntry, ...] = ()
    playables: tuple[PlayableEntry, ...] = ()

    @property
    def names(self) -> str:
        """Its names in all languages, a line each: what editors search."""
        return "\n".join(dict.fromkeys(text.name for text in self.texts))


def ordered(document: TitleDocument) -> TitleDocument:
    """The document with what has no order of its own sorted, so that equal ones are equal."""
    return replace(
        document,
        texts=by(document.texts, "language"),
        windows=by(document.windows, "from_", "countries"),
        ratings=by(document.ratings, "country"),
        external_ids=by(document.external_ids, "source"),
        seasons=by(document.seasons, "number"),
        playables=tuple(
            replace(entry, texts=by(entry.texts, "language"), markers=by(entry.markers, "start_ms", "end_ms"))
            for entry in document.playables
        ),
    )


def by(entries: Iterable[T], *names: str) -> tuple[T, ...]:
    return tuple(sorted(entries, key=attrgetter(*names)))


DOCUMENT = TypeAdapter(TitleDocument)


def as_json(document: TitleDocument) -> dict[str, Any]:
    """The document as a JSON column holds it."""
    stored: dict[str, Any] = DOCUMENT.dump_python(document, mode="json")
    return stored


def of_json(stored: Mapping[str, Any]) -> TitleDocument:
    return DOCUMENT.validate_python(stored, strict=False)
