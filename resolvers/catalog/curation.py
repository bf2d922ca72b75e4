"""Collections: lists of titles that people put together."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select

from resolvers.catalog.keys import integer, storable
from resolvers.catalog.pages import Order, title_pages
from resolvers.catalog.rows import CollectionRow
from resolvers.catalog.tables import COLLECTION, COLLECTION_TITLE, TITLE
from resolvers.catalog.titles import AnyTitle, visible_titles
from resolvers.paging import Page, limit_of
from resolvers.texts import best
from resolvers.visible import visible
from runtime.errors import BadInput
from runtime.request import Request
from runtime.scalars import Id, uuid_of

CURATED = Order("collection", integer)


async def collections_where(request: Request, limit: int, *conditions: ColumnElement[bool]) -> list[CollectionRow]:
    """Collections in their order; one without a title that exists for the viewer doesn't exist either."""
    c, member = COLLECTION.c, COLLECTION_TITLE.c
    anything = select(1).where(member.collection_id == c.id, visible(member.title_id, request)).exists()
    statement = select(c.id, c.slug, c.names).where(anything, *conditions).order_by(c.position, c.id).limit(limit)
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    return [collection_row(request, *row) for row in rows]


def collection_row(request: Request, id_: UUID, slug: str, names: Mapping[str, str]) -> CollectionRow:
    return CollectionRow(id_, slug, best(names, request.languages) or slug)


async def collections(request: Request, *, first: int | None = 20) -> list[CollectionRow]:
    return await collections_where(request, limit_of(first))


async def collection(
    request: Request,
    *,
    id: Id | None = None,
    slug: str | None = None,
) -> CollectionRow | None:
    """The collection of an id or a slug; BadInput unless one of them is given."""
    if (id is None) == (slug is None):
        raise BadInput("Give either `id` or `slug`.")
    if slug is not None and storable(slug):
        found = await collections_where(request, 1, COLLECTION.c.slug == slug)
    elif id is not None and (key := uuid_of(id)):
        found = await collections_where(request, 1, COLLECTION.c.id == key)
    else:
        return None
    return next(iter(found), None)


async def titles_of(
    request: Request, ids: Sequence[UUID], *, first: int | None = 20, after: str | None = None
) -> list[Page[AnyTitle]]:
    """Each collection's titles in its order."""

    def members(collection_id: Any) -> Select[Any]:
        member = COLLECTION_TITLE.c
        source = visible_titles(request, member.collection_id == collection_id)
        return source.join(COLLECTION_TITLE, member.title_id == TITLE.c.id).add_columns(
            member.position.label("sort_key")
        )

    return await title_pages(request, ids, members, CURATED, first, after)
