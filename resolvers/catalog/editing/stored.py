"""Titles read as documents: the draft where there is one, else as they were published."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Table, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from models.catalog import PlayableKind
from resolvers.catalog import tables as t
from resolvers.catalog.editing.document import (
    CreditEntry,
    ExternalIdEntry,
    MarkerEntry,
    PlayableEntry,
    RatingEntry,
    SeasonEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
    of_json,
    ordered,
)
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.keys import grouped
from runtime.database import among

Reader = AsyncConnection | AsyncSession


async def editorial_rows(db: Reader, ids: Sequence[UUID]) -> dict[UUID, EditorialTitleRow]:
    """The titles as they now stand, by id; those that don't exist are left out."""
    title, draft, schedule = t.TITLE.c, t.TITLE_DRAFT.c, t.TITLE_SCHEDULE.c
    seen = exists().where(t.TITLE_CHANGE.c.title_id == title.id).label("seen")
    standing = (title.id, title.state, title.revision, title.published_revision, schedule.publish_at)
    statement = (
        select(*standing, title.added_at, seen, draft.document)
        .outerjoin(t.TITLE_DRAFT, draft.title_id == title.id)
        .outerjoin(t.TITLE_SCHEDULE, schedule.title_id == title.id)
        .where(among(title.id, ids))
    )
    rows = (await db.execute(statement)).all()
    published = await published_documents(db, [row.id for row in rows if row.document is None])
    return {
        row.id: EditorialTitleRow(
            row.id,
            row.state,
            row.revision,
            row.published_revision,
            row.publish_at,
            row.added_at if row.seen else None,
            published[row.id] if row.document is None else of_json(row.document),
        )
        for row in rows
    }


async def published_documents(db: Reader, ids: Sequence[UUID]) -> dict[UUID, TitleDocument]:
    """The titles as they were last published; one that never was has no more than its row says."""
    if not ids:
        return {}
    title = t.TITLE.c
    heads = select(title.id, title.kind, title.slug, title.original_language, title.status, title.release_year)
    rows = (await db.execute(heads.where(among(title.id, ids)))).all()
    texts = await entries(db, of_titles(t.TITLE_TEXT, ids, "language", "name", "synopsis", "tagline"), TextEntry)
    genres = await entries(db, of_titles(t.TITLE_GENRE, ids, "genre_id", order="position"), lambda id_: id_)
    credits = await entries(
        db, of_titles(t.CREDIT, ids, "person_id", "role", "character", order="position"), CreditEntry
    )
    windows = await entries(db, of_titles(t.WINDOW, ids, "countries", "opens_at", "closes_at"), window_entry)
    ratings = await entries(
        db, of_titles(t.RATING, ids, "country", "code", "minimum_age", "system", "advisories"), rating_entry
    )
    external_ids = await entries(db, of_titles(t.EXTERNAL_ID, ids, "source", "value"), ExternalIdEntry)
    seasons = await entries(db, of_titles(t.SEASON, ids, "number", "id", "names", owner="series_id"), SeasonEntry)
    playables = await published_playables(db, ids)
    return {
        row.id: ordered(
            TitleDocument(
                row.kind,
                row.slug,
                row.original_language,
                row.status,
                row.release_year,
                tuple(texts[row.id]),
                tuple(genres[row.id]),
                tuple(credits[row.id]),
                tuple(windows[row.id]),
                tuple(ratings[row.id]),
                tuple(external_ids[row.id]),
                tuple(seasons[row.id]),
                tuple(playables[row.id]),
            )
        )
        for row in rows
    }


def of_titles(
    table: Table, ids: Sequence[UUID], *columns: str, order: str | None = None, owner: str = "title_id"
) -> Select[Any]:
    """The owner and `columns` of the titles' rows, in the order of a column where they have one of their own."""
    c = table.c
    statement = select(c[owner], *(c[name] for name in columns)).where(among(c[owner], ids))
    return statement.order_by(c[order]) if order else statement


async def entries(db: Reader, statement: Select[Any], entry: Any) -> Any:
    """The statement's rows by their first column, each made an entry of its others."""
    return grouped((id_, entry(*values)) for id_, *values in await db.execute(statement))


def window_entry(countries: list[str], opens_at: Any, closes_at: Any) -> WindowEntry:
    return WindowEntry(tuple(countries), opens_at, closes_at)


def rating_entry(country: str, code: str, minimum_age: int, system: str, advisories: list[str]) -> RatingEntry:
    return RatingEntry(country, code, minimum_age, system, tuple(advisories))


async def published_playables(db: Reader, ids: Sequence[UUID]) -> Any:
    """Each title's playables: episodes in their order, then trailers; the film comes first."""
    p, season = t.PLAYABLE.c, t.SEASON.c
    statement = (
        select(p.title_id, p.id, p.kind, season.number.label("season"), p.number, p.air_date)
        .outerjoin(t.SEASON, season.id == p.season_id)
        .where(among(p.title_id, ids))
    )
    rows = (await db.execute(statement)).all()
    own = [row.id for row in rows]
    texts = await entries(
        db, of_titles(t.PLAYABLE_TEXT, own, "language", "name", "synopsis", owner="playable_id"), TextEntry
    )
    markers = await entries(
        db,
        of_titles(t.MARKER, own, "kind", "start_ms", "end_ms", "label", owner="playable_id"),
        MarkerEntry,
    )
    return grouped(
        (
            row.title_id,
            PlayableEntry(
                row.id, row.kind, row.season, row.number, tuple(texts[row.id]), row.air_date, tuple(markers[row.id])
            ),
        )
        for row in sorted(rows, key=place_of)
    )


KINDS = [PlayableKind.MOVIE, PlayableKind.EPISODE, PlayableKind.TRAILER]


def place_of(playable: Any) -> tuple[int, int, int, UUID]:
    """The sort key of a row or entry of a playable."""
    return KINDS.index(playable.kind), playable.season or 0, playable.number or 0, playable.id


def in_place(playables: Iterable[PlayableEntry]) -> tuple[PlayableEntry, ...]:
    return tuple(sorted(playables, key=place_of))
