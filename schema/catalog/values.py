"""The catalog's enums and its small types, which refer to no other."""

from datetime import datetime

import strawberry

from models.catalog import ArtworkKind, CreditRole, MarkerKind, SeriesStatus, SubtitleKind, TitleKind
from resolvers.catalog.lists import TitleFilter, TitleSort
from resolvers.catalog.rows import AvailabilityState, Badge, FacetField, TextLength
from runtime.scalars import LanguageTag, Url
from schema.inputs import as_input

for enum in (
    ArtworkKind,
    AvailabilityState,
    Badge,
    CreditRole,
    FacetField,
    MarkerKind,
    SeriesStatus,
    SubtitleKind,
    TextLength,
    TitleKind,
    TitleSort,
):
    strawberry.enum(enum)

as_input(TitleFilter)


@strawberry.type
class Genre:
    id: strawberry.ID
    slug: str
    name: str


@strawberry.type(description="By the viewer's territory, such as PG-13 in the US and 12 in Germany.")
class MaturityRating:
    system: str
    code: str
    minimum_age: int
    advisories: list[str]


@strawberry.type
class Artwork:
    url: Url
    width: int
    height: int
    blurhash: str | None
    alt: str


@strawberry.type(description="For the viewer's country, now.")
class Availability:
    state: AvailabilityState
    from_: datetime | None = strawberry.field(name="from")
    until: datetime | None


@strawberry.type
class ExternalId:
    source: str
    value: str


@strawberry.type
class AudioTrack:
    id: strawberry.ID
    language: LanguageTag
    label: str
    channels: int
    descriptive: bool


@strawberry.type
class SubtitleTrack:
    id: strawberry.ID
    language: LanguageTag
    label: str
    kind: SubtitleKind


@strawberry.type
class Marker:
    kind: MarkerKind
    start_ms: int
    end_ms: int
    label: str | None
