"""The catalogue into a file: every title as it now stands, drafts too, in the order of their slugs."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from models.catalog import PlayableKind
from resolvers.catalog.editing.document import MarkerEntry, PlayableEntry, TextEntry, TitleDocument
from resolvers.catalog.editing.stored import editorial_rows
from resolvers.catalog.tables import GENRE, PERSON, TITLE
from runtime.database import Database, among
from server.exchange import lines
from server.exchange.files import writing

AT_ONCE = 500


async def export_file(database: Database, path: Path, progress: Callable[[int, int], object]) -> int:
    """Writes all titles, and says how many. Stop where the file can't be written."""
    count = 0
    with writing(path) as write:
        async with database.read("catalog") as db:
            total = (await db.execute(select(func.count()).select_from(TITLE))).scalar_one()
            async for documents in pages(db):
                people, genres = await names_in(db, documents)
                for document in documents:
                    write(line_of(document, people, genres))
                count += len(documents)
                progress(count, total)
    return count


async def pages(db: AsyncConnection) -> AsyncIterator[Sequence[TitleDocument]]:
    last = ""
    while True:
        statement = select(TITLE.c.slug, TITLE.c.id).where(TITLE.c.slug > last).order_by(TITLE.c.slug).limit(AT_ONCE)
        found = (await db.execute(statement)).all()
        if not found:
            return
        last = found[-1].slug
        rows = await editorial_rows(db, [row.id for row in found])
        yield [rows[row.id].document for row in found if row.id in rows]


async def names_in(db: AsyncConnection, documents: Sequence[TitleDocument]) -> tuple[dict[UUID, str], dict[UUID, str]]:
    """The names of people and the slugs of genres that the documents speak of."""
    people = list({credit.person_id for document in documents for credit in document.credits})
    genres = list({id_ for document in documents for id_ in document.genres})
    named = await db.execute(select(PERSON.c.id, PERSON.c.name).where(among(PERSON.c.id, people)))
    slugs = await db.execute(select(GENRE.c.id, GENRE.c.slug).where(among(GENRE.c.id, genres)))
    return dict(named.all()), dict(slugs.all())


def line_of(document: TitleDocument, people: dict[UUID, str], genres: dict[UUID, str]) -> lines.Line:
    d = document
    return lines.Line(
        slug=d.slug,
        kind=d.kind,
        originalLanguage=d.original_language,
        status=d.status,
        releaseYear=d.release_year,
        texts=text_lines(d.texts),
        genres=[genres[id_] for id_ in d.genres] or None,
        credits=[lines.Credit(person=people[x.person_id], role=x.role, character=x.character) for x in d.credits]
        or None,
        windows=[lines.Window(**{"countries": x.countries, "from": x.from_, "until": x.until}) for x in d.windows]
        or None,
        ratings=[
            lines.Rating(
                country=x.country,
                code=x.code,
                minimumAge=x.minimum_age,
                system=x.system,
                advisories=list(x.advisories),
            )
            for x in d.ratings
        ]
        or None,
        externalIds=[lines.ExternalId(source=x.source, value=x.value) for x in d.external_ids] or None,
        seasons=[
            lines.Season(
                number=season.number,
                names=dict(season.names),
                episodes=[playable_line(entry) for entry in d.playables if entry.season == season.number],
            )
            for season in d.seasons
        ]
        or None,
        trailers=[playable_line(entry) for entry in d.playables if entry.kind is PlayableKind.TRAILER] or None,
        markers=[
            marker
            for entry in d.playables
            if entry.kind is PlayableKind.MOVIE
            for marker in marker_lines(entry.markers)
        ]
        or None,
    )


def films(document: TitleDocument) -> list[PlayableEntry]:
    return [entry for entry in document.playables if entry.kind is PlayableKind.MOVIE]


def playable_line(entry: PlayableEntry) -> lines.Playable:
    return lines.Playable(
        number=entry.number,
        texts=text_lines(entry.texts),
        airDate=entry.air_date,
        markers=marker_lines(entry.markers),
    )


def text_lines(texts: Sequence[TextEntry]) -> list[lines.Text]:
    return [lines.Text(language=x.language, name=x.name, synopsis=x.synopsis, tagline=x.tagline) for x in texts]


def marker_lines(markers: Sequence[MarkerEntry]) -> list[lines.Marker]:
    return [lines.Marker(kind=x.kind, startMs=x.start_ms, endMs=x.end_ms, label=x.label) for x in markers]
