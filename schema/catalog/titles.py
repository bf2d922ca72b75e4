"""Titles, what plays of them, and who made them: types that refer to each other."""

from datetime import date

import strawberry

from models.catalog import CreditRole, SeriesStatus
from resolvers.catalog.artwork import artwork_of, photos_of, stills_of
from resolvers.catalog.availability import availability_of, badges_of
from resolvers.catalog.details import external_ids_of, genres_of, maturity_of
from resolvers.catalog.media import audio_tracks_of, markers_of, maximum_heights_of, runtimes_of, subtitle_tracks_of
from resolvers.catalog.people import credits_of, filmographies_of
from resolvers.catalog.playables import (
    episode_counts_of,
    episodes_by_id,
    episodes_of,
    seasons_by_id,
    seasons_of,
    trailers_by_id,
    trailers_of,
)
from resolvers.catalog.rows import Badge, EpisodeRow, MovieRow, PersonRow, SeriesRow, TrailerRow
from resolvers.catalog.titles import (
    original_names_of,
    synopses_of,
    taglines_of,
    titles_by_id,
)
from runtime.scalars import LanguageTag
from schema.catalog.values import (
    Artwork,
    AudioTrack,
    Availability,
    ExternalId,
    Genre,
    Marker,
    MaturityRating,
    SubtitleTrack,
)
from schema.fields import loads, made_of
from schema.shared import PageInfo, sized


@strawberry.interface(
    description="Whatever a viewer browses: a film or a series. "
    "Only what the viewer's profile, country and the present moment allow is ever visible."
)
class Title:
    id: strawberry.ID
    slug: str
    name: str = strawberry.field(description="In the language of the request, or the nearest there is.")
    original_name: str = loads(original_names_of)
    original_language: LanguageTag
    synopsis: str | None = loads(synopses_of)
    tagline: str | None = loads(taglines_of)
    release_year: int | None
    genres: list[Genre] = loads(genres_of)
    maturity: MaturityRating = loads(maturity_of)
    artwork: Artwork | None = loads(artwork_of)
    credits: "CreditConnection" = loads(credits_of)
    availability: Availability = loads(availability_of)
    badges: list[Badge] = loads(badges_of)
    trailers: list["Trailer"] = loads(trailers_of)
    external_ids: list[ExternalId] = loads(external_ids_of)


@strawberry.interface(description="Whatever a player plays: a film, an episode or a trailer.")
class Playable:
    id: strawberry.ID
    title: Title = strawberry.field(description="The film itself, the series of an episode, or what a trailer is for.")
    name: str
    runtime_ms: int | None = loads(runtimes_of)
    maturity: MaturityRating = loads(maturity_of, key="title_id")
    artwork: Artwork | None = loads(stills_of, key="pictured")
    audio_tracks: list[AudioTrack] = loads(audio_tracks_of)
    subtitle_tracks: list[SubtitleTrack] = loads(subtitle_tracks_of)
    max_height: int | None = loads(maximum_heights_of)
    markers: list[Marker] = loads(markers_of)


@strawberry.federation.type(keys=["id"])
@made_of(MovieRow, titles_by_id)
class Movie(Title, Playable):
    title: Title
    name: str
    maturity: MaturityRating = loads(maturity_of)
    artwork: Artwork | None = loads(artwork_of)
    credits: "CreditConnection" = loads(credits_of, directives=[sized()])


@strawberry.federation.type(keys=["id"])
@made_of(SeriesRow, titles_by_id)
class Series(Title):
    name: str
    credits: "CreditConnection" = loads(credits_of, directives=[sized()])
    status: SeriesStatus
    seasons: list["Season"] = loads(seasons_of)


@strawberry.type
class Season:
    id: strawberry.ID
    number: int
    name: str
    series: Series = loads(titles_by_id, key="series_id")
    episode_count: int = loads(episode_counts_of)
    episodes: "EpisodeConnection" = loads(episodes_of, directives=[sized(50)])


@strawberry.federation.type(keys=["id"])
@made_of(EpisodeRow, episodes_by_id)
class Episode(Playable):
    title: Title = loads(titles_by_id, key="title_id")
    number: int
    synopsis: str | None
    air_date: date | None
    season: Season = loads(seasons_by_id, key="season_id")
    series: Series = loads(titles_by_id, key="title_id")


@strawberry.federation.type(keys=["id"])
@made_of(TrailerRow, trailers_by_id)
class Trailer(Playable):
    title: Title = loads(titles_by_id, key="title_id")


@strawberry.type
class EpisodeEdge:
    node: Episode
    cursor: str


@strawberry.type
class EpisodeConnection:
    edges: list[EpisodeEdge]
    page_info: PageInfo


@strawberry.federation.type(shareable=True)
class TitleEdge:
    node: Title | None
    cursor: str


@strawberry.federation.type(shareable=True)
class TitleConnection:
    edges: list[TitleEdge]
    page_info: PageInfo


@strawberry.type
@made_of(PersonRow)
class Person:
    id: strawberry.ID
    name: str
    photo: Artwork | None = loads(photos_of)
    titles: TitleConnection = loads(filmographies_of, directives=[sized()])


@strawberry.type
class Credit:
    person: Person
    role: CreditRole
    character: str | None


@strawberry.type
class CreditEdge:
    node: Credit
    cursor: str


@strawberry.type
class CreditConnection:
    edges: list[CreditEdge]
    page_info: PageInfo
