"""Texts in the best language there is, and of the length that was asked for."""

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from resolvers.catalog.rows import TextLength
from resolvers.catalog.synopsis import MEDIUM_CHARACTERS, sentences, shortened
from resolvers.texts import best
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask
from tests.requests import make_request

TAGS = st.sampled_from(["en", "de", "de-AT", "pt", "pt-BR", "fr", "ja"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=st.sets(TAGS, min_size=1), wanted=st.lists(TAGS, max_size=3), original=TAGS)
@example(there={"de", "en", "fr"}, wanted=["ja"], original="fr")
@example(there={"de", "en", "fr"}, wanted=["ja"], original="pt")
@example(there={"de", "fr"}, wanted=["ja"], original="pt")
@example(there={"de", "de-AT", "en"}, wanted=["pt-BR", "de-AT"], original="en")
@example(there={"de", "en"}, wanted=["fr", "en"], original="de")
async def test_postgres_chooses_as_python_does(
    resources: Resources, there: set[str], wanted: list[str], original: str
) -> None:
    async with resources.database.write("catalog") as session:
        await session.execute(text("delete from catalog.title"))
    texts = {tag: f"name in {tag}" for tag in sorted(there)}
    shelf = Shelf()
    shelf.movie("m", texts=texts, language=original)
    await shelf.store(resources)
    query = '{ title(slug: "m") { name originalName tagline } }'
    found = (await ask(schema, make_request(resources, languages=tuple(wanted)), query))["title"]
    assert found["name"] == best(texts, wanted, original)
    assert found["tagline"] == f"{found['name']}!"
    assert found["originalName"] == texts.get(original, found["name"])


async def test_a_language_without_a_synopsis_gives_way(resources: Resources, shelf: Shelf) -> None:
    movie = shelf.movie("m", texts={"de": "Der Film"}, language="de")
    english = shelf.movie("e", synopsis="In English.")
    await shelf.store(resources)
    async with resources.database.write("catalog") as session:
        await session.execute(
            text("update catalog.title_text set title_id = :new where title_id = :old"),
            {"new": movie.id, "old": english.id},
        )
    query = '{ title(slug: "m") { name synopsis } }'
    found = (await ask(schema, make_request(resources, languages=("de",)), query))["title"]
    assert found == {"name": "Der Film", "synopsis": "In English."}


def test_sentences() -> None:
    told = "The mad Dr. Caligari wakes him. D. W. Griffith weeps! “Who?” Nobody… The end."
    assert sentences(told) == [
        "The mad Dr. Caligari wakes him.",
        "D. W. Griffith weeps!",
        "“Who?”",
        "Nobody…",
        "The end.",
    ]


@pytest.mark.parametrize(("length", "count"), [(TextLength.SHORT, 1), (TextLength.MEDIUM, 3), (TextLength.LONG, 9)])
def test_lengths(length: TextLength, count: int) -> None:
    sentence = "x" * 60 + "."
    assert shortened(" ".join([sentence] * 9), length) == " ".join([sentence] * count)


@given(st.text(), st.sampled_from(TextLength))
def test_a_shortened_text_is_a_beginning(told: str, length: TextLength) -> None:
    short = shortened(told, length)
    assert "".join(told.split()).startswith("".join(short.split()))
    assert bool(short.strip()) == bool(told.strip())
    if length is TextLength.MEDIUM and told.strip():
        assert len(short) <= max(MEDIUM_CHARACTERS, len(sentences(told)[0]))
