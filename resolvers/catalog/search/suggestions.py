"""Names completed while they are being typed."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.people import known_for_something
from resolvers.catalog.rows import SuggestionRow
from resolvers.catalog.search.results import load_hits
from resolvers.catalog.search.words import (
    SHORTEST_FORGIVEN,
    TWO_ERRORS_FROM,
    Word,
    checked,
    exchanged,
    nearby,
    together,
)
from resolvers.catalog.tables import POPULARITY, SEARCH_NAME
from resolvers.paging import limit_of
from resolvers.visible import visible
from runtime.request import Request

BEGINS_SO = 0.5
"""What a name gains by beginning with what was typed, beside how much it is watched, from 0 to 1."""
SHORT = 2
"""With so few letters a name must begin: words that begin with them are in a third of all names."""
LIKELY, MORE = 8, 20
"""How many names are looked at for each that is wanted, and how many times as many where too few exist."""
NEARLY_BEGUN = text("""
    select word, distance from catalog.search_word, lateral (select least(
        levenshtein_less_equal(left(word, length(:token) - 1), :token, :errors),
        levenshtein_less_equal(left(word, length(:token)), :token, :errors),
        levenshtein_less_equal(left(word, length(:token) + 1), :token, :errors)) as distance) typed
    where length(word) >= length(:token) - :errors and distance <= :errors
    order by distance, word limit 200""")
"""A letter too many or too few moves the place up to which it was typed."""


async def suggest(request: Request, *, prefix: str, first: int | None = 8) -> list[SuggestionRow]:
    """Names that have the words typed so far, the last of them begun: the most watched titles, then people. Typing
    errors are forgiven where nothing has them. BadInput for a prefix of more than 200 characters."""
    limit, prefix = limit_of(first, default=8), checked(prefix, "prefix")
    if not prefix.strip():
        return []
    async with request.read("catalog") as db:
        typed = (await db.execute(select(func.catalog.searchable(prefix)))).scalar_one()
        rows = await completed(db, request, typed, limit) if typed else []
    nodes = await load_hits(request, [row.owner_id for row in rows])
    return [SuggestionRow(row.label, nodes[row.owner_id]) for row in rows if row.owner_id in nodes]


async def completed(db: AsyncConnection, request: Request, typed: str, limit: int) -> Sequence[Any]:
    """Names as they were typed; else with one error in a word, or with two."""
    *words, begun = (Word(token) for token in typed.split())
    exactly = SEARCH_NAME.c.name.startswith(typed) if len(typed) <= SHORT else has(words, begun)
    rows = await suiting(db, request, typed, exactly, limit)
    if rows:
        return rows
    near = await nearby(db, [word.token for word in words])
    words = [Word(word.token, near=near[word.token]) for word in words]
    begun = Word(begun.token, near=await nearly_begun(db, begun.token))
    for errors in (1, 2):
        rows = rows or await suiting(db, request, typed, has(words, begun, errors), limit)
    return rows


def has(words: Sequence[Word], begun: Word, errors: int = 0) -> ColumnElement[bool]:
    """That the statement's name has all the words, and one that begins like `begun`."""
    query = together([begun.within(errors)], suffix=":*")
    if words:
        query = together(word.within(errors) for word in words).op("&&")(query)
    return SEARCH_NAME.c.words.op("@@", is_comparison=True)(query)


async def nearly_begun(db: AsyncConnection, token: str) -> dict[str, int]:
    """Words that begin nearly as the token does, the nearest first, each with how many errors are between."""
    near = dict.fromkeys(exchanged(token), 1)
    if len(token) >= SHORTEST_FORGIVEN:
        errors = 2 if len(token) >= TWO_ERRORS_FROM else 1
        for word, distance in await db.execute(NEARLY_BEGUN, {"token": token, "errors": errors}):
            near.setdefault(word, distance)
    return near


async def suiting(
    db: AsyncConnection, request: Request, typed: str, suits: ColumnElement[bool], limit: int
) -> Sequence[Any]:
    """The best names that suit, one an owner: titles', and people's as far as there is room."""
    n = SEARCH_NAME.c
    rows = await best(db, request, names(typed).where(suits, ~n.of_person), visible, limit)
    if len(rows) < limit:
        people = names(typed).where(suits, n.of_person)
        rows += await best(db, request, people, known_for_something, limit - len(rows))
    return rows


def names(typed: str) -> Select[Any]:
    """The owners and labels of names, with how well each suits."""
    n = SEARCH_NAME.c
    starts: ColumnElement[Any] = case((n.name.startswith(typed), BEGINS_SO), else_=0.0)
    score = (func.coalesce(POPULARITY.c.score, 0.0) + starts).label("score")
    return select(n.owner_id, n.label, score).outerjoin(POPULARITY, POPULARITY.c.title_id == n.owner_id)


def in_order(one: Any) -> tuple[ColumnElement[Any], ...]:
    """The best first; of equals the shortest."""
    return one.score.desc(), func.length(one.label), one.label, one.owner_id


async def best(
    db: AsyncConnection,
    request: Request,
    found: Select[Any],
    exists_for: Callable[[Any, Request], ColumnElement[bool]],
    limit: int,
) -> list[Any]:
    """The first names whose owners exist for the viewer, one an owner. Most do: so the first few are looked at, and
    more only where these did not do."""
    room = limit * LIKELY
    names = found.subquery("names")
    while True:
        likely = select(names).order_by(*in_order(names.c)).limit(room).subquery("likely").c
        seen = exists_for(likely.owner_id, request).label("seen")
        rows = (await db.execute(select(likely.owner_id, likely.label, seen).order_by(*in_order(likely)))).all()
        owners: dict[Any, Any] = {}
        for row in rows:
            if row.seen:
                owners.setdefault(row.owner_id, row)
        if len(owners) >= limit or len(rows) < room:
            return list(owners.values())[:limit]
        room *= MORE
