"""Search: titles by their names in all languages, and people; accents and typing errors are forgiven.

What matches is decided by trigrams (PostgreSQL's pg_trgm): words similar to the query's, or the query within the name.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Float,
    Select,
    Subquery,
    cast,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.keys import real, storable
from resolvers.catalog.lists import TitleFilter, conditions, popularity
from resolvers.catalog.matching import begins, folded, holds
from resolvers.catalog.pages import Order, keyset
from resolvers.catalog.people import known_for_something, people_by_id
from resolvers.catalog.rows import MovieRow, PersonRow, SeriesRow, SuggestionRow
from resolvers.catalog.tables import PERSON, TITLE, TITLE_TEXT
from resolvers.catalog.titles import titles_by_id
from resolvers.paging import Edge, PageInfoRow, cursor_of, limit_of, page_info
from resolvers.visible import visible
from runtime.errors import BadInput
from runtime.request import Request

LONGEST = 200
THRESHOLD = 0.5
"""How similar (0 to 1, pg_trgm's word similarity) a name's words must be to the query."""
NEAR_ENOUGH = 0.2
"""How similar a spelling must be to be proposed where nothing was found."""
BEST = Order("search", real, descending=True)

Hit = MovieRow | SeriesRow | PersonRow


@dataclass(slots=True, eq=False)
class SearchRow:
    """A connection's source, which remembers what was asked, for the fields that sum it up."""

    edges: Sequence[Edge[Hit]]
    page_info: PageInfoRow
    query: str
    filter: TitleFilter | None

    @property
    def asked(self) -> "SearchRow":
        return self


def matches(name: Any, query: str) -> ColumnElement[bool]:
    return folded(literal(query)).op("<%", is_comparison=True)(folded(name)) | holds(name, query)


def score(name: Any, query: str) -> Any:
    """From 0 to 2: how well the query suits some of the name's words, and the name as a whole."""
    asked = folded(literal(query))
    return cast(func.word_similarity(asked, folded(name)) + func.similarity(asked, folded(name)), Float)


def title_hits(request: Request, query: str, wanted: TitleFilter | None) -> Select[Any]:
    name = TITLE_TEXT.c.name
    return (
        select(TITLE.c.id, func.max(score(name, query)).label("sort_key"))
        .join(TITLE_TEXT, TITLE_TEXT.c.title_id == TITLE.c.id)
        .where(matches(name, query), visible(TITLE.c.id, request), *conditions(wanted, request))
        .group_by(TITLE.c.id)
    )


def hits(request: Request, query: str, wanted: TitleFilter | None) -> Select[Any]:
    """`id` and `sort_key` of all that is found; a filter is for titles, so with one there are no people."""
    titles = title_hits(request, query, wanted)
    if conditions(wanted, request):
        return titles
    people = select(PERSON.c.id, score(PERSON.c.name, query).label("sort_key")).where(
        matches(PERSON.c.name, query), known_for_something(PERSON.c.id, request)
    )
    return select(union_all(titles, people).subquery("hits"))


async def forgive(db: AsyncConnection) -> None:
    """Sets how similar words must be, for this connection; only the operator's setting can use the index."""
    setting = func.set_config("pg_trgm.word_similarity_threshold", str(THRESHOLD), False)
    await db.execute(select(setting))


async def search(
    request: Request,
    *,
    query: str,
    filter: TitleFilter | None = None,
    first: int | None = 20,
    after: str | None = None,
) -> SearchRow:
    """The best first. BadInput for a query of more than 200 characters; a blank one finds nothing."""
    limit = limit_of(first)
    if len(query) > LONGEST:
        raise BadInput(f"`query` has at most {LONGEST} characters; it has {len(query)}.")
    query = query.strip() if storable(query) else ""
    statement = keyset(hits(request, query, filter), BEST, limit, after)
    found: Sequence[Any] = []
    if query:
        async with request.read("catalog") as db:
            await forgive(db)
            found = (await db.execute(statement)).all()
    nodes = await load_hits(request, [id_ for id_, _ in found])
    edges = [Edge(nodes[id_], cursor_of(BEST.name, key, id_)) for id_, key in found[:limit] if id_ in nodes]
    return SearchRow(edges, page_info(edges, len(found) > limit, after is not None), query, filter)


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
    if not asked.query:
        return 0
    everything = hits(request, asked.query, asked.filter).subquery()
    async with request.read("catalog") as db:
        await forgive(db)
        return (await db.execute(select(func.count()).select_from(everything))).scalar_one()


async def spellings_of(request: Request, asked: Sequence[SearchRow]) -> list[str | None]:
    """For each search that finds nothing, the nearest name that it would find."""
    return [await spelling(request, search) for search in asked]


async def spelling(request: Request, asked: SearchRow) -> str | None:
    if not asked.query or asked.edges:
        return None
    if await request.load(totals_of, asked):
        return None  # a page after the last
    names = all_names(request, asked.filter)
    near = func.similarity(folded(literal(asked.query)), folded(names.c.name))
    statement = select(names.c.name).where(near >= NEAR_ENOUGH).order_by(near.desc(), names.c.name).limit(1)
    async with request.read("catalog") as db:
        nearest: str | None = (await db.execute(statement)).scalar_one_or_none()
    return nearest


def all_names(request: Request, wanted: TitleFilter | None) -> Subquery:
    """Whatever a search under this filter could find, by all its names."""
    titles = select(TITLE_TEXT.c.name).join(TITLE, TITLE.c.id == TITLE_TEXT.c.title_id)
    titles = titles.where(visible(TITLE.c.id, request), *conditions(wanted, request))
    if conditions(wanted, request):
        return titles.subquery("names")
    people = select(PERSON.c.name).where(known_for_something(PERSON.c.id, request))
    return union_all(titles, people).subquery("names")


async def suggest(request: Request, *, prefix: str, first: int | None = 8) -> list[SuggestionRow]:
    """Names of which a word begins with what is being typed: the most watched titles, then people."""
    limit = limit_of(first, default=8)
    if not storable(prefix) or not prefix.strip() or len(prefix) > LONGEST:
        return []
    titles = select(TITLE.c.id, func.min(TITLE_TEXT.c.name).label("name"), popularity().label("score"))
    titles = titles.join(TITLE_TEXT, TITLE_TEXT.c.title_id == TITLE.c.id).group_by(TITLE.c.id)
    titles = titles.where(begins(TITLE_TEXT.c.name, prefix.strip()), visible(TITLE.c.id, request))
    people = select(PERSON.c.id, PERSON.c.name, literal(-1.0).label("score")).where(
        begins(PERSON.c.name, prefix.strip()), known_for_something(PERSON.c.id, request)
    )
    names = union_all(titles, people).subquery("names")
    async with request.read("catalog") as db:
        rows = (await db.execute(select(names).order_by(names.c.score.desc(), names.c.name).limit(limit))).all()
    nodes = await load_hits(request, [row.id for row in rows])
    return [SuggestionRow(row.name, nodes[row.id]) for row in rows if row.id in nodes]
