"""Connections of titles: pages by keyset, at the top of a query or one for each of many parents in one statement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, literal, select, true, tuple_
from sqlalchemy.types import Uuid

from resolvers.catalog.keys import each, exactly, grouped
from resolvers.catalog.titles import AnyTitle, title_row
from resolvers.paging import Edge, Page, cursor_of, identity, keys_of, limit_of, page_info
from runtime.request import Request


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is sorted: by its column `sort_key`, whose values `kind` reads from a cursor, then by id."""

    name: str
    kind: Callable[[Any], Any]
    descending: bool = False


def keyset(source: Select[Any], order: Order, first: int, after: str | None) -> Select[Any]:
    """One row more than `first` of `source`, which has columns `id` and `sort_key`, after the cursor."""
    rows = source.lateral("listed")  # lateral, so that it may speak of a parent
    keys = (rows.c.sort_key, rows.c.id)
    statement = select(rows).limit(first + 1)
    given = keys_of(after, exactly(order.name), order.kind, identity)
    if given is not None:
        mark = tuple_(literal(given[1], rows.c.sort_key.type), literal(given[2], Uuid))
        statement = statement.where(tuple_(*keys) < mark if order.descending else tuple_(*keys) > mark)
    return statement.order_by(*(key.desc() if order.descending else key for key in keys))


def page(nodes: Sequence[tuple[Any, UUID, Any]], order: Order, first: int, after: str | None) -> Page[Any]:
    """The page of (sort key, id, node), of which one more than `first` came where there are more."""
    edges = [Edge(node, cursor_of(order.name, key, id_)) for key, id_, node in nodes[:first]]
    return Page(edges, page_info(edges, len(nodes) > first, after is not None))


def title_node(row: Sequence[Any]) -> tuple[Any, UUID, AnyTitle]:
    *values, key = row
    return key, values[1], title_row(*values)


async def title_page(
    request: Request, source: Select[Any], order: Order, first: int | None, after: str | None
) -> Page[AnyTitle]:
    """A page of `source`, a statement of `titles.columns` and a `sort_key`."""
    limit = limit_of(first)
    async with request.read("catalog") as db:
        rows = (await db.execute(keyset(source, order, limit, after))).all()
    return page([title_node(row) for row in rows], order, limit, after)


async def title_pages(
    request: Request,
    ids: Sequence[UUID],
    source: Callable[[Any], Select[Any]],
    order: Order,
    first: int | None,
    after: str | None,
) -> list[Page[AnyTitle]]:
    """A page of titles for each parent; `source` makes the statement of one, whose id is the column it gets."""
    limit = limit_of(first)
    parents = each(ids)
    listed = keyset(source(parents.c.id).correlate(parents), order, limit, after).lateral("page")
    keys = (listed.c.sort_key, listed.c.id)
    statement = select(parents.c.id, listed).select_from(parents).join(listed, true())
    statement = statement.order_by(*(key.desc() if order.descending else key for key in keys))
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    found = grouped((parent, title_node(row)) for parent, *row in rows)
    return [page(found[id_], order, limit, after) for id_ in ids]
