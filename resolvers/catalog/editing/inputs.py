"""What editors send. Of a change, what is not given stays as it is; null empties what may be empty."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from models.catalog import CreditRole, MarkerKind, PlayableKind, SeriesStatus
from runtime.scalars import CountryCode, Id, LanguageTag


@dataclass
class LocalizedTextInput:
    language: LanguageTag
    name: str
    synopsis: str | None = None
    tagline: str | None = None


@dataclass
class CreditInput:
    """Somebody by id, or by name: whoever has exactly that name, or else somebody new."""

    role: CreditRole
    person_id: Id | None = None
    person_name: str | None = None
    character: str | None = None


@dataclass
class ExternalIdInput:
    source: str
    value: str


@dataclass
class TerritoryRatingInput:
    country: CountryCode
    code: str
    minimum_age: int


@dataclass
class AvailabilityWindowInput:
    countries: list[CountryCode]
    from_: datetime
    until: datetime | None = None


@dataclass
class MarkerInput:
    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str | None = None


@dataclass
class TitleInput:
    """`given` names what was sent, null or not."""

    slug: str | None = None
    status: SeriesStatus | None = None
    texts: list[LocalizedTextInput] | None = None
    release_year: int | None = None
    genre_ids: list[Id] | None = None
    windows: list[AvailabilityWindowInput] | None = None
    credits: list[CreditInput] | None = None
    ratings: list[TerritoryRatingInput] | None = None
    external_ids: list[ExternalIdInput] | None = None
    given: ClassVar[frozenset[str]] = frozenset()


@dataclass
class PlayableInput:
    """`given` names what was sent, null or not."""

    kind: PlayableKind | None = None
    season: int | None = None
    number: int | None = None
    texts: list[LocalizedTextInput] | None = None
    air_date: date | None = None
    markers: list[MarkerInput] | None = None
    given: ClassVar[frozenset[str]] = frozenset()


@dataclass
class CollectionInput:
    slug: str
    texts: list[LocalizedTextInput]
    title_ids: list[Id]
