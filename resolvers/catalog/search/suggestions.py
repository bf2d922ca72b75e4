"""Names completed while they are being typed."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, literal, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.people import known_for_something
from resolvers.catalog.rows import SuggestionRow
from resolvers.catalog.search.results import load_hits
from resolvers.catalog.search.words import (
    SHORTEST_FORGIVEN,
    TWO_ERRORS_FROM,
    checked,
    nearby,
    together,
)
from resolvers.catalog.tables import POPULARITY, SEARCH_NAME
from resolvers.paging import limit_of
from resolvers.visible import visible
from runtime.request import Request

BEGINS_SO = 0.5
"""What a name gains by beginning with what was typed, beside how much it is watched, from 0 to 1."""
NEARLY_BEGUN = text("""
    select w.word from catalog.search_word w, lateral (
        select min(levenshtein_less_equal(left(w.word, length(:token) + n), :token, :errors)) as distance
        from generate_series(-1, 1) n) typed
    where typed.distance <= :errors order by typed.distance, w.word limit 200""")
"""A letter too many or too few moves the place up to which it was typed."""


async def suggest(request: Request, *, prefix: str, first: int | None = 8) -> list[SuggestionRow]:
    """Names that have the words typed so far, the last of them begun: the most watched titles, then people. Typing
    errors are forgiven where nothing has them. BadInput for a prefix of more than 200 characters."""
    limit, prefix = limit_of(first, default=8), checked(prefix, "prefix")
    if not prefix.strip():
        return []
    async with request.read("catalog") as db:
        typed = (await db.execute(select(func.catalog.searchable(prefix)))).scalar_one()
        if not typed:
            return []
        *words, begun = typed.split()
        rows = await completed(db, request, typed, begins([[word] for word in words], [begun]), limit)
        if not rows:
            near, begun_so = await nearby(db, words), await begun_nearly(db, begun)
            forgiving = begins([[word, *near[word]] for word in words], [begun, *begun_so])
            rows = await completed(db, request, typed, forgiving, limit)
    nodes = await load_hits(request, [row.owner_id for row in rows])
    return [SuggestionRow(row.label, nodes[row.owner_id]) for row in rows if row.owner_id in nodes]


def begins(groups: Sequence[Sequence[str]], begun: Sequence[str]) -> ColumnElement[Any]:
    """One word of each group, and one that begins like one of `begun`."""
    last = together([begun], suffix=":*")
    return together(groups).op("&&")(last) if groups else last


async def begun_nearly(db: AsyncConnection, token: str) -> Sequence[str]:
    """Words that begin nearly as the token does."""
    if len(token) < SHORTEST_FORGIVEN:
        return []
    errors = 2 if len(token) >= TWO_ERRORS_FROM else 1
    words: Sequence[str] = (await db.execute(NEARLY_BEGUN, {"token": token, "errors": errors})).scalars().all()
    return words


async def completed(
    db: AsyncConnection, request: Request, typed: str, words: ColumnElement[Any], limit: int
) -> Sequence[Any]:
    """The best names that have the words, one an owner: titles', and people's as far as there is room."""
    n = SEARCH_NAME.c
    has_them = n.words.op("@@", is_comparison=True)(words)
    titles = names(typed).where(has_them, ~n.of_person, visible(n.owner_id, request))
    rows = list(await best(db, titles, limit))
    if len(rows) < limit:
        people = names(typed).where(has_them, n.of_person, known_for_something(n.owner_id, request))
        rows += await best(db, people, limit - len(rows))
    return rows


async def best(db: AsyncConnection, found: Select[Any], limit: int) -> Sequence[Any]:
    one = found.subquery("one").c
    statement = select(one.owner_id, one.label).order_by(
        one.score.desc(), func.length(one.label), one.label, one.owner_id
    )
    return (await db.execute(statement.limit(limit))).all()


def names(typed: str) -> Select[Any]:
    """Each owner's name that suits best, with its score."""
    n = SEARCH_NAME.c
    watched = select(POPULARITY.c.score).where(POPULARITY.c.title_id == n.owner_id).scalar_subquery()
    starts: ColumnElement[Any] = case((n.name.startswith(typed), BEGINS_SO), else_=0.0)
    score = (func.coalesce(watched, literal(0.0)) + starts).label("score")
    statement = select(n.owner_id, n.label, score).ext(distinct_on(n.owner_id))
    return statement.order_by(n.owner_id, score.desc(), n.label)
