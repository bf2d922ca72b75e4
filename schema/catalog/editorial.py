"""What editors see: titles in every language, country and state, and what of them is still missing."""

from datetime import date, datetime

import strawberry

from models.catalog import ArtworkKind, PlayableKind, PublicationState, SeriesStatus, TitleKind
from resolvers.catalog.editing.preview import preview_artwork_of, preview_synopses_of, previews_of
from resolvers.catalog.editing.problems import problems_of
from resolvers.catalog.editing.reading import (
    editorial_artwork_of,
    editorial_credits_of,
    editorial_genres_of,
    editorial_playables_of,
    media_lengths_of,
)
from resolvers.catalog.rows import Badge
from runtime.scalars import CountryCode, LanguageTag, Url
from schema.catalog.titles import Credit
from schema.catalog.values import Artwork, Availability, ExternalId, Genre, Marker, MaturityRating
from schema.fields import loads
from schema.shared import PageInfo, UserError, sized

for enum in (PlayableKind, PublicationState):
    strawberry.enum(enum)


@strawberry.type
class LocalizedText:
    language: LanguageTag
    name: str
    synopsis: str | None
    tagline: str | None


@strawberry.type
class AvailabilityWindow:
    countries: list[CountryCode]
    from_: datetime = strawberry.field(name="from")
    until: datetime | None


@strawberry.type
class TerritoryRating:
    country: CountryCode
    code: str
    minimum_age: int


@strawberry.type
class EditorialArtwork:
    kind: ArtworkKind
    language: LanguageTag | None
    url: Url
    alt: str


@strawberry.type
class EditorialPlayable:
    id: strawberry.ID
    kind: PlayableKind
    season: int | None
    number: int | None
    texts: list[LocalizedText]
    air_date: date | None
    runtime_ms: int | None = loads(media_lengths_of)
    markers: list[Marker]


@strawberry.type
class EditorialPlayableEdge:
    node: EditorialPlayable
    cursor: str


@strawberry.type
class EditorialPlayableConnection:
    edges: list[EditorialPlayableEdge]
    page_info: PageInfo


@strawberry.type(description="No entity: what it shows must not overwrite a client's cached title.")
class TitlePreview:
    name: str
    synopsis: str | None = loads(preview_synopses_of, key="itself")
    tagline: str | None
    maturity: MaturityRating
    artwork: Artwork | None = loads(preview_artwork_of, key="itself")
    availability: Availability
    badges: list[Badge]


@strawberry.type(description="What editors see of a title: every language, country and window.")
class EditorialTitle:
    id: strawberry.ID
    kind: TitleKind
    state: PublicationState
    revision: int = strawberry.field(description="Rises with every change; a change names the revision it was made on.")
    published_revision: int | None = strawberry.field(description="What viewers see; null while they see none.")
    slug: str
    original_language: LanguageTag
    release_year: int | None
    status: SeriesStatus | None
    texts: list[LocalizedText]
    genres: list[Genre] = loads(editorial_genres_of, key="itself")
    credits: list[Credit] = loads(editorial_credits_of, key="itself")
    external_ids: list[ExternalId]
    windows: list[AvailabilityWindow]
    ratings: list[TerritoryRating]
    artwork: list[EditorialArtwork] = loads(editorial_artwork_of)
    publish_at: datetime | None = strawberry.field(description="When it goes out by itself; set while SCHEDULED.")
    playables: EditorialPlayableConnection = loads(
        editorial_playables_of,
        key="itself",
        description="The film itself, or a series' episodes, and the trailers; without media too.",
        directives=[sized(50)],
    )
    problems: list[UserError] = loads(problems_of, key="itself", description="What keeps it from being published.")
    preview: TitlePreview | None = loads(
        previews_of,
        key="itself",
        description="The title as a viewer would see it then and there; null where it would be invisible.",
    )


@strawberry.type
class EditorialTitleEdge:
    node: EditorialTitle
    cursor: str


@strawberry.type
class EditorialTitleConnection:
    edges: list[EditorialTitleEdge]
    page_info: PageInfo
