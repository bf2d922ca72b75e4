"""Puts small catalogues together: every call adds a title with what a test cares about, the rest is filled in."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import SQLModel

from models.catalog import (
    Artwork,
    ArtworkKind,
    Collection,
    CollectionTitle,
    Credit,
    CreditRole,
    ExternalId,
    Genre,
    Marker,
    MarkerKind,
    MediaAsset,
    MediaAssetStatus,
    Person,
    Playable,
    PlayableKind,
    PlayableText,
    PublicationState,
    Rating,
    Rendition,
    RenditionKind,
    Season,
    SeriesStatus,
    SubtitleKind,
    Title,
    TitleGenre,
    TitleKind,
    TitleText,
    Window,
)
from resolvers.catalog.publish import publish
from runtime.resources import Resources
from tests.requests import NOW

LONG_AGO = NOW - timedelta(days=400)
ORDER: list[type[SQLModel]] = [
    Genre, Person, Title, TitleText, TitleGenre, Rating, Window, Artwork, ExternalId, Credit, MediaAsset, Rendition,
    Season, Playable, PlayableText, Marker, Collection, CollectionTitle,
]  # fmt: skip
"""Parents before their children."""


@dataclass
class Shelf:
    """Rows by table, not stored until `store`."""

    rows: defaultdict[type[SQLModel], list[SQLModel]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: Any) -> Any:
        self.rows[type(row)].append(row)
        return row

    def title(
        self,
        slug: str,
        kind: TitleKind,
        texts: dict[str, str] | None = None,
        synopsis: str | None = None,
        windows: list[tuple[list[str], datetime, datetime | None]] | None = None,
        ages: dict[str, int] | None = None,
        state: PublicationState = PublicationState.PUBLISHED,
        added_at: datetime = LONG_AGO,
        year: int | None = 1950,
        language: str = "en",
    ) -> Title:
        status = SeriesStatus.ENDED if kind is TitleKind.SERIES else None
        title = Title(kind=kind, slug=slug, original_language=language, release_year=year, status=status)
        title.state, title.added_at = state, added_at
        for tag, name in (texts or {language: slug.replace("-", " ").title()}).items():
            self.add(TitleText(title_id=title.id, language=tag, name=name, synopsis=synopsis, tagline=f"{name}!"))
        for country, age in ({"US": 0, "DE": 0} if ages is None else ages).items():
            self.add(Rating(title_id=title.id, country=country, system="S", code=str(age), minimum_age=age))
        for countries, opens_at, closes_at in windows or [(["US", "DE"], LONG_AGO, None)]:
            self.add(Window(title_id=title.id, countries=countries, opens_at=opens_at, closes_at=closes_at))
        return self.add(title)

    def movie(self, slug: str, asset: MediaAsset | None = None, **options: Any) -> Title:
        title = self.title(slug, TitleKind.MOVIE, **options)
        self.add(Playable(id=title.id, kind=PlayableKind.MOVIE, title_id=title.id, asset_id=asset and asset.id))
        return title

    def series(
        self, slug: str, seasons: int = 1, episodes: int = 2, aired: date | None = None, **options: Any
    ) -> Title:
        title = self.title(slug, TitleKind.SERIES, **options)
        for season_number in range(1, seasons + 1):
            season = self.season(title, season_number)
            for number in range(1, episodes + 1):
                self.episode(season, number, aired)
        return title

    def season(self, series: Title, number: int) -> Season:
        return self.add(Season(series_id=series.id, number=number))

    def episode(self, season: Season, number: int, aired: date | None = None) -> Playable:
        row = Playable(kind=PlayableKind.EPISODE, title_id=season.series_id, season_id=season.id, number=number)
        row.air_date = aired
        self.add(PlayableText(playable_id=row.id, language="en", name=f"Part {number}", synopsis="It goes on."))
        return self.add(row)

    def trailer(self, title: Title, asset: MediaAsset | None = None) -> Playable:
        return self.add(Playable(kind=PlayableKind.TRAILER, title_id=title.id, asset_id=asset and asset.id))

    def genre(self, slug: str, *titles: Title, **names: str) -> Genre:
        genre = self.add(Genre(slug=slug, names=names or {"en": slug.title()}))
        for title in titles:
            position = sum(row.title_id == title.id for row in self.rows[TitleGenre])
            self.add(TitleGenre(title_id=title.id, genre_id=genre.id, position=position))
        return genre

    def person(self, name: str, *titles: Title, role: CreditRole = CreditRole.ACTOR) -> Person:
        person = self.add(Person(name=name))
        for title in titles:
            position = sum(row.title_id == title.id for row in self.rows[Credit])
            self.add(Credit(title_id=title.id, person_id=person.id, role=role, character="Self", position=position))
        return person

    def collection(self, slug: str, *titles: Title) -> Collection:
        place = len(self.rows[Collection])
        collection = self.add(Collection(slug=slug, names={"en": slug.title()}, position=place))
        for position, title in enumerate(titles):
            self.add(CollectionTitle(collection_id=collection.id, title_id=title.id, position=position))
        return collection

    def picture(self, owner: UUID, kind: ArtworkKind = ArtworkKind.POSTER, language: str | None = None) -> Artwork:
        key = f"artwork/{owner}/{kind.value}-{language}.webp"
        return self.add(
            Artwork(owner_id=owner, kind=kind, language=language, object_key=key, width=6, height=9, alt="A poster")
        )

    def asset(self, status: MediaAssetStatus = MediaAssetStatus.READY) -> MediaAsset:
        """Ten minutes in 480p and 1080p, in English and German, with English captions."""
        asset = MediaAsset(target_id=UUID(int=0), filename="a.mp4", source_key="a", status=status, created_at=NOW)
        asset.duration_ms, asset.prefix = 600_000, f"media/{asset.id}"
        for height in (480, 1080):
            self.add(Rendition(asset_id=asset.id, kind=RenditionKind.VIDEO, codec="avc1", height=height))
        for language in ("en", "de"):
            sound = Rendition(asset_id=asset.id, kind=RenditionKind.AUDIO, codec="mp4a", language=language)
            sound.label, sound.channels = language, 2
            self.add(sound)
        text = Rendition(asset_id=asset.id, kind=RenditionKind.SUBTITLE, codec="wvtt", language="en", label="English")
        text.subtitle_kind = SubtitleKind.CAPTIONS
        self.add(text)
        return self.add(asset)

    def marker(self, playable_id: UUID, kind: MarkerKind, start_ms: int, end_ms: int) -> Marker:
        return self.add(Marker(playable_id=playable_id, kind=kind, start_ms=start_ms, end_ms=end_ms))

    def full(self, slug: str, asset: MediaAsset) -> tuple[Title, Title]:
        """A film and a series with something in every field."""
        movie = self.movie(f"{slug}-film", asset=asset, synopsis="One. Two.")
        series = self.series(f"{slug}-series", synopsis="One. Two.")
        for title in (movie, series):
            self.trailer(title, asset)
            self.picture(title.id)
            self.add(ExternalId(title_id=title.id, source="wikidata", value=slug))
        self.marker(movie.id, MarkerKind.CREDITS, 500_000, 600_000)
        self.genre(f"{slug}-genre", movie, series)
        self.picture(self.person(f"{slug} person", movie, series).id)
        self.collection(f"{slug}-collection", movie, series)
        return movie, series

    def rows_of(self, name: str) -> list[Any]:
        """What was added to the table of this model since the last `store`."""
        return [row for model, rows in self.rows.items() if model.__name__ == name for row in rows]

    async def store(self, resources: Resources) -> None:
        """Inserts what was added since the last time, and publishes all titles among it."""
        async with resources.database.write("catalog") as session:
            for model in ORDER:
                if self.rows[model]:
                    await session.execute(insert(model), [row.model_dump() for row in self.rows[model]])
            await publish(session, [row.id for row in self.rows[Title]])
        self.rows.clear()
