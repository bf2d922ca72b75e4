"""What a search answers: pages of hits, how many there are, and the nearest spelling where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from resolvers.catalog.keys import real
from resolvers.catalog.lists import TitleFilter, checked_filter, conditions
from resolvers.catalog.pages import Order, keyset
from resolvers.catalog.people import people_by_id
from resolvers.catalog.rows import MovieRow, PersonRow, SeriesRow
from resolvers.catalog.search.hits import forgive, hits
from resolvers.catalog.search.words import Sought, checked, exists_for, understood
from resolvers.catalog.tables import SEARCH_NAME, TITLE
from resolvers.catalog.titles import titles_by_id
from resolvers.paging import Edge, PageInfoRow, cursor_of, limit_of, page_info
from resolvers.visible import visible
from runtime.request import Request

NEAR_ENOUGH = 0.2
"""How similar a spelling must be to be proposed where nothing was found."""
BEST = Order("search", real, descending=True)

Hit = MovieRow | SeriesRow | PersonRow


@dataclass(slots=True, eq=False)
class SearchRow:
    """A connection's source, which remembers what was asked, for the fields that sum it up."""

    edges: Sequence[Edge[Hit]]
    page_info: PageInfoRow
    sought: Sought
    filter: TitleFilter | None

    @property
    def asked(self) -> "SearchRow":
        return self


async def search(
    request: Request,
    *,
    query: str,
    filter: TitleFilter | None = None,
    first: int | None = 20,
    after: str | None = None,
) -> SearchRow:
    """The best first. BadInput for a query of more than 200 characters, or a filter that can't be: see
    `checked_filter`; a blank query finds nothing."""
    limit, query = limit_of(first), checked(query)
    filter = await checked_filter(request, filter)
    found: Sequence[Any] = []
    async with request.read("catalog") as db:
        sought = await understood(db, request, query)
        statement = keyset(hits(request, sought, filter), BEST, limit, after)
        if sought.words:
            await forgive(db, sought)
            found = (await db.execute(statement)).all()
    nodes = await load_hits(request, [id_ for id_, _ in found])
    edges = [Edge(nodes[id_], cursor_of(BEST.name, key, id_)) for id_, key in found[:limit] if id_ in nodes]
    return SearchRow(edges, page_info(edges, len(found) > limit, after is not None), sought, filter)


async def load_hits(request: Request, ids: Sequence[UUID]) -> dict[UUID, Hit]:
    """The titles and people of these ids."""
    if not ids:
        return {}
    nodes = [*await titles_by_id(request, ids), *await people_by_id(request, ids)]
    return {node.id: node for node in nodes if node is not None}


async def totals_of(request: Request, asked: Sequence[SearchRow]) -> list[int]:
    """How many titles and people each search finds in all; a statement a search."""
    return [await total(request, search) for search in asked]


async def total(request: Request, asked: SearchRow) -> int:
    if not asked.sought.words:
        return 0
    everything = hits(request, asked.sought, asked.filter).subquery()
    async with request.read("catalog") as db:
        await forgive(db, asked.sought)
        return (await db.execute(select(func.count()).select_from(everything))).scalar_one()


async def spellings_of(request: Request, asked: Sequence[SearchRow]) -> list[str | None]:
    """For each search that finds nothing, the nearest name that it would find."""
    return [await spelling(request, search) for search in asked]


async def spelling(request: Request, asked: SearchRow) -> str | None:
    if not asked.sought.words or asked.edges:
        return None
    if await request.load(totals_of, asked):
        return None  # a page after the last
    n, near = SEARCH_NAME.c, func.similarity(SEARCH_NAME.c.name, asked.sought.name)
    statement = select(n.label).where(near >= NEAR_ENOUGH, exists_for(request)).order_by(near.desc(), n.label).limit(1)
    if demanded := conditions(asked.filter, request):
        statement = statement.join(TITLE, TITLE.c.id == n.owner_id).where(visible(TITLE.c.id, request), *demanded)
    async with request.read("catalog") as db:
        nearest: str | None = (await db.execute(statement)).scalar_one_or_none()
    return nearest
