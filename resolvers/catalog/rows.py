"""The rows that the catalog's types are made of, and the enums that only its API knows."""

import enum
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from models.catalog import CreditRole, MarkerKind, SeriesStatus, SubtitleKind
from runtime.scalars import LanguageTag, Url


class TextLength(enum.Enum):
    SHORT = "SHORT"
    MEDIUM = "MEDIUM"
    LONG = "LONG"


class AvailabilityState(enum.Enum):
    AVAILABLE = "AVAILABLE"
    COMING_SOON = "COMING_SOON"


class Badge(enum.Enum):
    NEW = "NEW"
    NEW_EPISODES = "NEW_EPISODES"
    LEAVING_SOON = "LEAVING_SOON"


class FacetField(enum.Enum):
    KIND = "KIND"
    GENRE = "GENRE"
    DECADE = "DECADE"
    AUDIO_LANGUAGE = "AUDIO_LANGUAGE"


@dataclass(slots=True)
class TitleRow:
    """`name` is in the language of the request, or the nearest there is; `status` is a series' alone."""

    id: UUID
    slug: str
    name: str
    original_language: LanguageTag
    release_year: int | None
    status: SeriesStatus | None


@dataclass(slots=True)
class MovieRow(TitleRow):
    @property
    def title(self) -> "MovieRow":
        """A film is its own playable."""
        return self


@dataclass(slots=True)
class SeriesRow(TitleRow):
    pass


@dataclass(slots=True)
class SeasonRow:
    id: UUID
    series_id: UUID
    number: int
    name: str


@dataclass(slots=True)
class EpisodeRow:
    id: UUID
    title_id: UUID
    name: str
    number: int
    synopsis: str | None
    air_date: date | None
    season_id: UUID

    @property
    def pictured(self) -> tuple[UUID, UUID]:
        """Whose pictures it shows: its own, else its title's."""
        return self.id, self.title_id


@dataclass(slots=True)
class TrailerRow:
    id: UUID
    title_id: UUID
    name: str

    @property
    def pictured(self) -> tuple[UUID, UUID]:
        """Whose pictures it shows: its own, else its title's."""
        return self.id, self.title_id


@dataclass(slots=True)
class GenreRow:
    id: UUID
    slug: str
    name: str


@dataclass(slots=True)
class MaturityRow:
    system: str
    code: str
    minimum_age: int
    advisories: list[str]


@dataclass(slots=True)
class ArtworkRow:
    url: Url
    width: int
    height: int
    blurhash: str | None
    alt: str


@dataclass(slots=True)
class PersonRow:
    id: UUID
    name: str


@dataclass(slots=True)
class CreditRow:
    person: PersonRow
    role: CreditRole
    character: str | None


@dataclass(slots=True)
class AvailabilityRow:
    state: AvailabilityState
    from_: datetime
    until: datetime | None


@dataclass(slots=True)
class ExternalIdRow:
    source: str
    value: str


@dataclass(slots=True)
class AudioTrackRow:
    id: UUID
    language: LanguageTag
    label: str
    channels: int
    descriptive: bool


@dataclass(slots=True)
class SubtitleTrackRow:
    id: UUID
    language: LanguageTag
    label: str
    kind: SubtitleKind


@dataclass(slots=True)
class MarkerRow:
    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str | None


@dataclass(slots=True)
class CollectionRow:
    id: UUID
    slug: str
    name: str


@dataclass(slots=True)
class BucketRow:
    value: str
    label: str
    count: int


@dataclass(slots=True)
class FacetRow:
    field: FacetField
    buckets: list[BucketRow]


@dataclass(slots=True)
class SuggestionRow:
    text: str
    hit: MovieRow | SeriesRow | PersonRow
