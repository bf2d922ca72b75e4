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
from uuid import UUID

from models.columns import new_id
from resolvers.catalog.publish import publish
from runtime.resources import Resources

FILE = "catalog/wikipedia-movies.jsonl.gz"
AT_ONCE = 1000
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TITLE = "id kind slug original_language release_year state revision published_revision added_at"
TEXT, RATING = "title_id language name synopsis", "title_id country system code minimum_age advisories"
CREDIT = "id title_id person_id role position"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHORTEST = 5
"""How many letters a name has at least that is misspelt on purpose."""
Film = dict[str, Any]
"""name, year, cast, synopsis, as the file has them."""


def films(step: int = 1) -> list[Film]:
    """Every `step`-th film, and all that need more than ASCII; KeyError unless MARQUEE_TEST_DATA is set."""
    with gzip.open(Path(os.environ["MARQUEE_TEST_DATA"]) / FILE, "rt") as lines:
        every = [json.loads(line) for line in lines]
    return [film for number, film in enumerate(every) if number % step == 0 or not film["name"].isascii()]


async def store(resources: Resources, wanted: Sequence[Film]) -> list[UUID]:
    """Ids of the films, which everybody in the US may watch once they are published."""
    stored = [(new_id(), film) for film in wanted]
    people = {name: new_id() for film in wanted for name in film["cast"]}
    tables: Sequence[tuple[str, str, list[Any]]] = (
        ("person", "id name", [(id_, name) for name, id_ in people.items()]),
        ("title", TITLE, [(id_, *title_of(number, film)) for number, (id_, film) in enumerate(stored)]),
        ("title_text", TEXT, [(id_, "en", film["name"], film["synopsis"]) for id_, film in stored]),
        ("rating", RATING, [(id_, "US", "MPA", "G", 0, []) for id_, _ in stored]),
        ("window", "id title_id countries opens_at", [(new_id(), id_, ["US"], LONG_AGO) for id_, _ in stored]),
        ("credit", CREDIT, [*credits_of(stored, people)]),
    )
    async with resources.database.write("catalog") as session:
        driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
        for name, columns, rows in tables:
            await driver.copy_records_to_table(name, schema_name="catalog", columns=columns.split(), records=rows)
    return [id_ for id_, _ in stored]


def title_of(number: int, film: Film) -> tuple[Any, ...]:
    return "MOVIE", f"film-{number}", "en", film["year"], "PUBLISHED", 1, 1, LONG_AGO


def credits_of(stored: Sequence[tuple[UUID, Film]], people: dict[str, UUID]) -> Iterator[tuple[Any, ...]]:
    for id_, film in stored:
        for position, name in enumerate(dict.fromkeys(film["cast"])):
            yield new_id(), id_, people[name], "ACTOR", position


async def publish_all(resources: Resources, ids: Sequence[UUID]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        async with resources.database.write("catalog") as session:
            await publish(session, ids[start : start + AT_ONCE])


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
