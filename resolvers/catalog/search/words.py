"""What a query may mean: its words, those that it may have been meant to hold, and how each language stems them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from sqlalchemy import ColumnElement, and_, cast, exists, or_, select, text
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.keys import storable
from resolvers.catalog.languages import wanted
from resolvers.catalog.people import known_for_something
from resolvers.catalog.tables import SEARCH_NAME
from resolvers.visible import visible
from runtime.errors import BadInput
from runtime.request import Request

LONGEST = 200
SHORTEST_FORGIVEN = 4
TWO_ERRORS_FROM = 6
"""How many letters a word must have for one typing error to be forgiven, and for two."""
MOST_WIDENED = 12
"""Words of a query that are widened; those after them must be right."""
TOKENS = text("""
    select t.token, array(
        select distinct stem from unnest(cast(:languages as text[])) language,
        unnest(tsvector_to_array(to_tsvector(catalog.configuration(language), t.token))) stem) as stems,
      exists (select from unnest(cast(:languages as text[])) language
        where to_tsvector(catalog.configuration(language), t.token) = '') as is_stop_word
    from regexp_split_to_table(catalog.searchable(:query), ' ') with ordinality t(token, place)
    where t.token <> '' order by t.place""")
NEAR = text("""
    select distinct t.token, w.word, levenshtein_less_equal(w.word, t.token, t.errors) as distance
    from unnest(cast(:tokens as text[]), cast(:errors as int[])) t(token, errors)
    join catalog.search_word w on length(w.word) between length(t.token) - t.errors and length(t.token) + t.errors
    where levenshtein_less_equal(w.word, t.token, t.errors) <= t.errors""")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a query. `near` are words of names that it may stand for, each with how many errors are between them;
    none where it need not be forgiven."""

    token: str
    stems: tuple[str, ...] = ()
    is_stop_word: bool = False
    near: Mapping[str, int] = field(default_factory=dict)

    def within(self, errors: int) -> list[str]:
        return [self.token, *(word for word, distance in self.near.items() if distance <= errors)]


@dataclass(frozen=True, slots=True)
class Sought:
    """A query, understood. `forgiving` is one that no name has all words of: then it is taken for mistyped."""

    words: tuple[Word, ...]
    forgiving: bool = False

    @property
    def name(self) -> str:
        """The query as names are written in the index."""
        return " ".join(word.token for word in self.words)

    @property
    def exactly(self) -> ColumnElement[Any]:
        """All its words, in whatever order."""
        return together([word.token] for word in self.words)

    @property
    def nearly(self) -> ColumnElement[Any]:
        """All its words, or those that they may stand for."""
        return together(word.within(2) for word in self.words)

    @property
    def anywhere(self) -> ColumnElement[Any]:
        """The same but for two errors in a word, which any text would hold; or their stems. Words that say nothing may
        be missing, unless there are no others."""
        telling = [word for word in self.words if not word.is_stop_word] or self.words
        return together([*word.within(1), *word.stems] for word in telling)


def together(groups: Iterable[Sequence[str]], suffix: str = "") -> ColumnElement[Any]:
    """A text-search query: of each group one. The lexemes are letters and digits alone; `suffix` goes behind each."""
    either = ("(" + " | ".join(f"'{word}'{suffix}" for word in dict.fromkeys(group)) + ")" for group in groups)
    return cast(" & ".join(either), TSQUERY)


def checked(query: str, name: str = "query") -> str:
    """The query; BadInput for one of more than 200 characters. What Postgres can't hold finds nothing."""
    if len(query) > LONGEST:
        raise BadInput(f"`{name}` has at most {LONGEST} characters; it has {len(query)}.")
    return query if storable(query) else ""


async def understood(db: AsyncConnection, request: Request, query: str) -> Sought:
    """The query with its words widened if no visible name has them all."""
    if not query.strip():
        return Sought(())
    languages = [*wanted(request), "en"]
    rows = await db.execute(TOKENS, {"query": query, "languages": languages})
    words = tuple(Word(token, tuple(stems), stop) for token, stems, stop in rows)
    sought = Sought(words)
    if not words or await named(db, request, sought):
        return sought
    near = await nearby(db, [word.token for word in words[:MOST_WIDENED]])
    widened = (replace(word, near=near.get(word.token, {})) for word in words)
    return Sought(tuple(widened), forgiving=True)


async def named(db: AsyncConnection, request: Request, sought: Sought) -> bool:
    """Whether a title or a person that exists for the viewer has all the words in a name."""
    has_all = SEARCH_NAME.c.words.op("@@", is_comparison=True)(sought.exactly)
    return bool((await db.execute(select(exists().where(has_all, exists_for(request))))).scalar())


def exists_for(request: Request) -> ColumnElement[bool]:
    """Whether the owner of the statement's name exists for the viewer."""
    name = SEARCH_NAME.c
    title = and_(~name.of_person, visible(name.owner_id, request))
    return or_(title, and_(name.of_person, known_for_something(name.owner_id, request)))


async def nearby(db: AsyncConnection, tokens: Sequence[str]) -> dict[str, dict[str, int]]:
    """Words of names within a typing error of each token, or two of a longer one, with how many; and the token with two
    neighbouring letters exchanged, which Levenshtein's distance counts as two errors."""
    near = {token: dict.fromkeys(exchanged(token), 1) for token in tokens}
    long = [token for token in near if len(token) >= SHORTEST_FORGIVEN]
    errors = [2 if len(token) >= TWO_ERRORS_FROM else 1 for token in long]
    if long:
        for token, word, distance in await db.execute(NEAR, {"tokens": long, "errors": errors}):
            near[token].setdefault(word, distance)
    return near


def exchanged(token: str) -> Iterable[str]:
    for place, (one, other) in enumerate(pairwise(token)):
        if one != other:
            yield token[:place] + other + one + token[place + 2 :]
