"""All that a query finds, with how well each suits it."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Float, Select, and_, case, cast, func, or_, select, union, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.lists import TitleFilter, conditions, popularity
from resolvers.catalog.people import known_for_something
from resolvers.catalog.search.words import Sought
from resolvers.catalog.tables import SEARCH_NAME, SEARCH_TEXT, TITLE
from resolvers.visible import visible
from runtime.request import Request

ALIKE, MUCH_ALIKE = 0.35, 0.6
"""How similar (pg_trgm, from 0 to 1) a name must be that lacks some of the words: at least to a mistyped query, and to
one whose words there are."""
MEASURED = 100
"""How many letters of a name are compared one by one: Levenshtein's distance costs the square."""
SHORTEST_BEGINNING, SHORTEST_PART = 3, 5
"""How many letters a query must have to be found where a word begins so, and to be found within words."""
SHORTEST_MISSPELT, LONGEST_MISSPELT = 5, 40
ERRORS = 2
ALL_WORDS, NEAR_WORDS, SAME, BEGINS = 1.0, 0.5, 1.0, 0.25
"""What a name gains by having all the words; at most by having those that they may stand for; by being the query; by
beginning so."""
SAID, WATCHED = 0.5, 0.1
"""The most that a title gains by what is said of it, and by how much it is watched: a name comes first."""


async def forgive(db: AsyncConnection, sought: Sought) -> None:
    """Sets how similar names must be, for this connection; only the operator's setting can use the index."""
    least = func.set_config("pg_trgm.similarity_threshold", str(likeness(sought)), False)
    await db.execute(select(least))


def likeness(sought: Sought) -> float:
    """How similar a name must be: each error changes up to four trigrams, of as many as a query has letters."""
    if not sought.forgiving:
        return MUCH_ALIKE
    letters, changed = len(sought.name), 4 * ERRORS
    return min(max(ALIKE, (letters - changed) / (letters + changed)), MUCH_ALIKE)


def hits(request: Request, sought: Sought, wanted: TitleFilter | None) -> Select[Any]:
    """`id` and `sort_key` of all that is found; a filter is for titles, so with one there are no people."""
    named = names(sought)
    titles = titles_among(named, request, sought, wanted)
    if conditions(wanted, request):
        return titles
    people = select(named.c.id, named.c.score.label("sort_key")).where(
        named.c.of_person, known_for_something(named.c.id, request)
    )
    return select(union_all(titles, people).subquery("hits"))


def title_hits(request: Request, sought: Sought, wanted: TitleFilter | None) -> Select[Any]:
    """`id` and `sort_key` of the titles that are found."""
    return titles_among(names(sought), request, sought, wanted)


def titles_among(named: CTE, request: Request, sought: Sought, wanted: TitleFilter | None) -> Select[Any]:
    """The titles found by name, and by all that is said of them."""
    said = func.ts_rank(SEARCH_TEXT.c.document, sought.anywhere)
    by_text = select(SEARCH_TEXT.c.title_id.label("id"), cast(SAID * said, Float).label("score")).where(
        SEARCH_TEXT.c.document.op("@@", is_comparison=True)(sought.anywhere)
    )
    by_name = select(named.c.id, named.c.score).where(~named.c.of_person)
    found = union_all(by_name, by_text).subquery("found")
    best = select(found.c.id, func.sum(found.c.score).label("score")).group_by(found.c.id).subquery("best")
    return (
        select(TITLE.c.id, (best.c.score + WATCHED * popularity()).label("sort_key"))
        .join(best, best.c.id == TITLE.c.id)
        .where(visible(TITLE.c.id, request), *conditions(wanted, request))
    )


def names(sought: Sought) -> CTE:
    """The owners of names that suit the query, each with the score of the best: once, for titles and people alike."""
    n = SEARCH_NAME.c
    suiting = union(*(select(n.id).where(way) for way in ways(sought))).subquery("suiting")
    best = func.max(cast(closeness(n.name, sought), Float)).label("score")
    statement = select(n.owner_id.label("id"), n.of_person, best).join(suiting, suiting.c.id == n.id)
    return statement.group_by(n.owner_id, n.of_person).cte("named")


def ways(sought: Sought) -> list[ColumnElement[bool]]:
    """How the statement's name may suit the query: it has all the words, is alike, holds it as it stands, or is what
    was meant. Apart from each other, for each has an index of its own and costs too much to be checked for all."""
    n, length = SEARCH_NAME.c, len(sought.name)
    found = [
        n.words.op("@@", is_comparison=True)(sought.nearly),
        n.name.op("%", is_comparison=True)(sought.name),
        *holding(n.name, sought),
    ]
    if sought.forgiving and SHORTEST_MISSPELT <= length <= LONGEST_MISSPELT:
        near = func.length(n.name).between(length - ERRORS, length + ERRORS)
        # as a list, for which Postgres expects few rows: of `<=` it expects a third of all, and plans for them
        close = func.levenshtein_less_equal(n.name, sought.name, ERRORS).in_(range(ERRORS + 1))
        found.append(and_(near, ~n.of_person, close))
    return found


def holding(name: Any, sought: Sought) -> list[ColumnElement[bool]]:
    """That the name has the query in it as it stands: from where a word begins, a long one from anywhere."""
    typed = sought.name
    if len(typed) >= SHORTEST_PART:
        return [name.contains(typed)]
    return [name.startswith(typed), name.contains(f" {typed}")] if len(typed) >= SHORTEST_BEGINNING else []


def closeness(name: Any, sought: Sought) -> Any:
    """From 0 to about 3. Similarity forgives the order of words, and Levenshtein's distance letters."""
    measured, query = func.left(name, MEASURED), sought.name[:MEASURED]
    distance = func.levenshtein(measured, query)
    letters = 1 - cast(distance, Float) / func.greatest(func.length(measured), len(query))
    words = SEARCH_NAME.c.words.op("@@", is_comparison=True)
    partly = or_(words(sought.nearly), *holding(name, sought))
    nearness = NEAR_WORDS * func.strict_word_similarity(sought.name, name)
    return (
        func.greatest(func.similarity(name, sought.name), letters)
        + case((words(sought.exactly), ALL_WORDS), (partly, nearness), else_=0.0)
        + case((name == sought.name, SAME), (name.startswith(sought.name), BEGINS), else_=0.0)
    )
