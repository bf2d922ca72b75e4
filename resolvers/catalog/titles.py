"""Films and series by their ids, and their texts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, Select, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.catalog import TitleKind
from resolvers.catalog.keys import in_order, known, storable, there, uuids
from resolvers.catalog.languages import preference
from resolvers.catalog.rows import MovieRow, SeriesRow, TextLength
from resolvers.catalog.synopsis import shortened
from resolvers.catalog.tables import TITLE, TITLE_TEXT
from resolvers.visible import visible
from runtime.database import among
from runtime.errors import BadInput, NotFound
from runtime.request import Request
from runtime.scalars import Id

AnyTitle = MovieRow | SeriesRow


def name_of(request: Request) -> ScalarSelect[Any]:
    """The name of the statement's title in the best language."""
    best = preference(request, TITLE_TEXT.c.language, TITLE.c.original_language)
    names = select(TITLE_TEXT.c.name).where(TITLE_TEXT.c.title_id == TITLE.c.id).correlate(TITLE)
    return names.order_by(best, TITLE_TEXT.c.language).limit(1).scalar_subquery()


def columns(request: Request) -> list[ColumnElement[Any]]:
    """What `title_row` makes a row of."""
    title = TITLE.c
    name = name_of(request).label("name")
    return [title.kind, title.id, title.slug, name, title.original_language, title.release_year, title.status]


def title_row(kind: TitleKind, *values: Any) -> AnyTitle:
    return MovieRow(*values) if kind is TitleKind.MOVIE else SeriesRow(*values)


def visible_titles(request: Request, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The one way to titles: those that exist for the viewer."""
    return select(*columns(request)).where(visible(TITLE.c.id, request), *conditions)


async def titles_where(request: Request, *conditions: ColumnElement[bool]) -> dict[UUID, AnyTitle]:
    async with request.read("catalog") as db:
        rows: Sequence[Any] = (await db.execute(visible_titles(request, *conditions))).all()
    return {row[1]: title_row(*row) for row in rows}


async def titles_by_id(request: Request, ids: Sequence[UUID | str]) -> list[AnyTitle | None]:
    """Films and series; None where there is none, or none for this viewer."""
    keys = uuids(ids)
    return in_order(keys, await titles_where(request, among(TITLE.c.id, known(keys))))


async def title(request: Request, *, id: Id | None = None, slug: str | None = None) -> AnyTitle | None:
    """The title of an id or a slug; BadInput unless one of them is given."""
    if (id is None) == (slug is None):
        raise BadInput("Give either `id` or `slug`.")
    if id is not None:
        return await request.load(titles_by_id, id)
    if slug is None or not storable(slug):
        return None
    found = await titles_where(request, TITLE.c.slug == slug)
    return next(iter(found.values()), None)


async def texts_of(request: Request, ids: Sequence[UUID], column: Any, *order: Any) -> dict[UUID, str]:
    """One text of each title, from its best language that has it."""
    best = preference(request, TITLE_TEXT.c.language, TITLE.c.original_language)
    statement = (
        select(TITLE.c.id, column)
        .join(TITLE_TEXT, TITLE_TEXT.c.title_id == TITLE.c.id)
        .where(among(TITLE.c.id, ids), column.is_not(None))
        .ext(distinct_on(TITLE.c.id))
        .order_by(TITLE.c.id, *order, best, TITLE_TEXT.c.language)
    )
    async with request.read("catalog") as db:
        return dict((await db.execute(statement)).all())


async def original_names_of(request: Request, ids: Sequence[UUID]) -> list[str | NotFound]:
    original = (TITLE_TEXT.c.language == TITLE.c.original_language).desc()
    return there(ids, await texts_of(request, ids, TITLE_TEXT.c.name, original))


async def synopses_of(
    request: Request, ids: Sequence[UUID], *, length: TextLength = TextLength.MEDIUM
) -> list[str | None]:
    """SHORT is the first sentence, MEDIUM as many as fit into 200 characters, LONG all."""
    found = await texts_of(request, ids, TITLE_TEXT.c.synopsis)
    return [None if text is None else shortened(text, length) for text in in_order(ids, found)]


async def taglines_of(request: Request, ids: Sequence[UUID]) -> list[str | None]:
    return in_order(ids, await texts_of(request, ids, TITLE_TEXT.c.tagline))
