"""36,273 films that no one here made, stored and published; and names as people misspell them.

The films are Wikipedia's of 1900 to 2023, in the folder that MARQUEE_TEST_DATA names.
"""

import gzip
import json
import os
import random
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlmodel import SQLModel

from models.catalog import Credit, CreditRole, Person, PublicationState, Rating, Title, TitleKind, TitleText, Window
from resolvers.catalog.publish import publish
from runtime.resources import Resources

FILE = "catalog/wikipedia-movies.jsonl.gz"
AT_ONCE = 1000
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 5
"""How many letters a name has at least that is misspelt on purpose."""
Film = dict[str, Any]
"""name, year, cast, synopsis, as the file has them."""


def films(step: int = 1) -> list[Film]:
    """Every `step`-th film; KeyError unless MARQUEE_TEST_DATA is set."""
    with gzip.open(Path(os.environ["MARQUEE_TEST_DATA"]) / FILE, "rt") as lines:
        return [json.loads(line) for number, line in enumerate(lines) if number % step == 0]


async def store(resources: Resources, wanted: Sequence[Film]) -> list[Title]:
    """Films that everybody in the US may watch, not published yet."""
    people = {name: Person(name=name) for film in wanted for name in film["cast"]}
    titles = [title_of(number, film) for number, film in enumerate(wanted)]
    async with resources.database.write("catalog") as session:
        for rows in (list(people.values()), titles, list(rows_of(titles, wanted, people))):
            for model in dict.fromkeys(map(type, rows)):
                values = [row.model_dump() for row in rows if type(row) is model]
                await session.execute(insert(model), values)
    return titles


def title_of(number: int, film: Film) -> Title:
    title = Title(kind=TitleKind.MOVIE, slug=f"film-{number}", original_language="en", release_year=film["year"])
    title.state, title.added_at = PublicationState.PUBLISHED, LONG_AGO
    return title


def rows_of(titles: Sequence[Title], wanted: Sequence[Film], people: dict[str, Person]) -> Iterator[SQLModel]:
    for title, film in zip(titles, wanted, strict=True):
        yield TitleText(title_id=title.id, language="en", name=film["name"], synopsis=film["synopsis"])
        yield Rating(title_id=title.id, country="US", system="MPA", code="G", minimum_age=0)
        yield Window(title_id=title.id, countries=["US"], opens_at=LONG_AGO)
        for position, name in enumerate(dict.fromkeys(film["cast"])):
            yield Credit(title_id=title.id, person_id=people[name].id, role=CreditRole.ACTOR, position=position)


async def publish_all(resources: Resources, titles: Sequence[Title]) -> None:
    for start in range(0, len(titles), AT_ONCE):
        async with resources.database.write("catalog") as session:
            await publish(session, [title.id for title in titles[start : start + AT_ONCE]])


def folded(name: str) -> str:
    """The name's letters and digits without accents and capitals, words apart."""
    plain = (c for c in unicodedata.normalize("NFKD", name.replace("'", "")) if not unicodedata.combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in "".join(plain).casefold()).split())


def one_edit(name: str, chance: random.Random) -> str:
    """A letter more, a letter less, another letter, or two neighbours exchanged, anywhere."""
    at, letter = chance.randrange(len(name)), chance.choice(LETTERS)
    before, here, after = name[:at], name[at], name[at + 1 :]
    edits = [before + letter + here + after, before + after, before + letter + after]
    return chance.choice([*edits, before + after[0] + here + after[1:]] if after else edits)


def two_edits(name: str, chance: random.Random) -> str:
    return one_edit(one_edit(name, chance), chance)


def accents_dropped(name: str, chance: random.Random) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))


def words_swapped(name: str, chance: random.Random) -> str:
    """Two neighbouring words exchanged."""
    words = name.split()
    if len(words) < 2:
        return name
    at = chance.randrange(len(words) - 1)
    words[at : at + 2] = reversed(words[at : at + 2])
    return " ".join(words)


Misspell = Callable[[str, random.Random], str]
MISSPELLINGS: dict[str, tuple[Misspell, float]] = {
    "one edit": (one_edit, 0.95),
    "accents dropped": (accents_dropped, 0.95),
    "words swapped": (words_swapped, 0.95),
    "two edits": (two_edits, 0.85),
}
"""Each with the recall at 10 that it must have at least."""


def misspelt(names: Sequence[str], misspell: Misspell, many: int, seed: int) -> list[tuple[str, str]]:
    """(name, misspelling) of so many names drawn at random, of all where that many can't be misspelt so."""
    chance = random.Random(seed)
    found = []
    for name in chance.sample(names, len(names)):
        wrong = misspell(name, chance)
        if wrong != name and len(folded(name)) >= SHORTEST:
            found.append((name, wrong))
        if len(found) == many:
            break
    return found
