"""Loads the starter catalogue into the catalog's tables.

Ids follow from slugs, and what is there already stays: a second run adds what is missing and changes nothing that an
editor changed since.
"""

import hashlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID, uuid5

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

from models import catalog as m
from models.columns import GAP
from models.rating_systems import system_of
from runtime.database import Database
from sandbox.catalogue import Episode, Season, StarterCatalogue, StarterTitle, read
from sandbox.films import FILMS, Film

NAMESPACE = UUID("8d0c5a1e-7f43-5b29-9a64-1c1f0a7f5e02")
LABEL = "Loading the starter catalogue"
ROWS_AT_ONCE = 1000

Publish = Callable[[AsyncSession, Sequence[UUID]], Awaitable[None]]


class Report(Protocol):
    """Is told how many of how many steps of a task are done."""

    def __call__(self, label: str, done: int, total: int, note: str = "") -> object: ...


def id_of(*parts: object) -> UUID:
    """The same in every installation for the same parts, such as `id_of("title", "metropolis")`."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))


def title_id(slug: str) -> UUID:
    """The id of a title of the starter catalogue; a film's playable has it too."""
    return id_of("title", slug)


@dataclass
class Rows:
    """What is to be inserted, by table."""

    by_model: defaultdict[type[SQLModel], list[SQLModel]] = field(default_factory=lambda: defaultdict(list))

    def add(self, row: SQLModel) -> None:
        self.by_model[type(row)].append(row)

    async def insert(self, session: AsyncSession) -> None:
        """Inserts what is not there, parents before children."""
        connection = await session.connection()
        for table in SQLModel.metadata.sorted_tables:
            for model, rows in self.by_model.items():
                if model.__table__ is table:  # type: ignore[attr-defined]  # SQLModel does not declare it
                    values = [row.model_dump() for row in rows]
                    await connection.execute(insert(table).on_conflict_do_nothing(), values)


@dataclass(frozen=True)
class House:
    """The short films of our own that stand in for every title: `assets` maps their slugs to media assets."""

    assets: Mapping[str, UUID]

    def playing(self, playable_id: UUID) -> tuple[UUID, Film] | None:
        """The asset and the film that plays for a playable: always the same one; None without any film."""
        films = [film for film in FILMS if film.slug in self.assets]
        if not films:
            return None
        film = films[int.from_bytes(hashlib.sha256(playable_id.bytes).digest()[:8]) % len(films)]
        return self.assets[film.slug], film


async def seed_catalog(
    database: Database, now: datetime, report: Report, *, publish: Publish, assets: Mapping[str, UUID]
) -> None:
    """Stores and publishes the starter catalogue, in one transaction.

    `publish` is resolvers.catalog.publish.publish; `assets` maps the slugs of our own films to media assets that must
    exist already. Windows that are relative to the day of seeding are resolved against `now`.
    """
    starter = read(now=now)
    report(LABEL, 0, len(starter.titles))
    rows = catalogue_rows(starter, now, House(assets))
    async with database.write("catalog") as session:
        await rows.insert(session)
        await publish(session, [title_id(title.slug) for title in starter.titles])
    report(LABEL, len(starter.titles), len(starter.titles), f"{len(starter.titles)} titles")


def catalogue_rows(starter: StarterCatalogue, now: datetime, house: House) -> Rows:
    rows = Rows()
    for genre in starter.genres:
        rows.add(m.Genre(id=id_of("genre", genre.slug), slug=genre.slug, names=dict(genre.names)))
    for name in starter.people:
        rows.add(m.Person(id=id_of("person", name), name=name))
    for title in starter.titles:
        add_title(rows, title, now)
        add_facts(rows, title)
        add_playables(rows, title, house)
    for place, collection in enumerate(starter.collections):
        id_ = id_of("collection", collection.slug)
        rows.add(m.Collection(id=id_, slug=collection.slug, names=dict(collection.names), position=place))
        for position, slug in enumerate(collection.titles):
            rows.add(m.CollectionTitle(collection_id=id_, title_id=title_id(slug), position=GAP * position))
    return rows


def add_title(rows: Rows, title: StarterTitle, now: datetime) -> None:
    """The title with its texts. It came in when its first window opened; one that is still to open came in just now."""
    id_ = title_id(title.slug)
    rows.add(
        m.Title(
            id=id_,
            kind=m.TitleKind(title.kind.value),
            slug=title.slug,
            original_language=title.original_language,
            release_year=title.release_year,
            status=m.SeriesStatus(title.status.value) if title.status else None,
            state=m.PublicationState.PUBLISHED,
            added_at=min(now, *(window.opens_at for window in title.windows)),
        )
    )
    for text in title.texts:
        rows.add(
            m.TitleText(
                title_id=id_, language=text.language, name=text.name, synopsis=text.synopsis, tagline=text.tagline
            )
        )


def add_facts(rows: Rows, title: StarterTitle) -> None:
    """The title's genres, credits, ratings, windows and external ids."""
    id_ = title_id(title.slug)
    for position, slug in enumerate(title.genres):
        rows.add(m.TitleGenre(title_id=id_, genre_id=id_of("genre", slug), position=position))
    for position, credit in enumerate(title.credits):
        rows.add(
            m.Credit(
                id=id_of("credit", title.slug, position),
                title_id=id_,
                person_id=id_of("person", credit.person),
                role=m.CreditRole(credit.role.value),
                character=credit.character,
                position=GAP * position,
            )
        )
    for rating in title.ratings:
        system = system_of(rating.country, m.TitleKind(title.kind.value))
        rows.add(
            m.Rating(
                title_id=id_,
                country=rating.country,
                system=system.system if system else rating.country,
                code=rating.code,
                minimum_age=rating.minimum_age,
                advisories=[advisory.value for advisory in rating.advisories],
            )
        )
    for position, window in enumerate(title.windows):
        rows.add(
            m.Window(
                id=id_of("window", title.slug, position),
                title_id=id_,
                countries=list(window.countries),
                opens_at=window.opens_at,
                closes_at=window.closes_at,
            )
        )
    for external in title.external_ids:
        rows.add(m.ExternalId(title_id=id_, source=external.source, value=external.value))


def add_playables(rows: Rows, title: StarterTitle, house: House) -> None:
    """The film, or the series' seasons and episodes."""
    id_ = title_id(title.slug)
    if title.kind.value == m.TitleKind.MOVIE.value:
        add_media(rows, m.Playable(id=id_, kind=m.PlayableKind.MOVIE, title_id=id_), house)
    for season in title.seasons:
        season_id = id_of("season", title.slug, season.number)
        names = {text.language: text.name for text in season.texts}
        rows.add(m.Season(id=season_id, series_id=id_, number=season.number, names=names))
        for episode in season.episodes:
            add_episode(rows, title, season, episode, house)


def add_episode(rows: Rows, title: StarterTitle, season: Season, episode: Episode, house: House) -> None:
    playable = m.Playable(
        id=id_of("episode", title.slug, season.number, episode.number),
        kind=m.PlayableKind.EPISODE,
        title_id=title_id(title.slug),
        season_id=id_of("season", title.slug, season.number),
        number=episode.number,
        air_date=episode.air_date,
    )
    add_media(rows, playable, house)
    for text in episode.texts:
        rows.add(
            m.PlayableText(playable_id=playable.id, language=text.language, name=text.name, synopsis=text.synopsis)
        )


def add_media(rows: Rows, playable: m.Playable, house: House) -> None:
    """Lets one of our own films play, with its title card and end credits marked."""
    playing = house.playing(playable.id)
    if playing:
        playable.asset_id, film = playing
        for kind, (start, end) in ((m.MarkerKind.INTRO, film.intro), (m.MarkerKind.CREDITS, film.credits)):
            rows.add(m.Marker(playable_id=playable.id, kind=kind, start_ms=start, end_ms=end))
    rows.add(playable)
