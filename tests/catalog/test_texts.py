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
from tests.served import Front

TAGS = st.sampled_from(["en", "de", "de-AT", "pt", "pt-BR", "pt-PT", "pt-AO", "es-419", "zh-Hans", "zh-Hant", "ja"])
ASKED = TAGS | st.sampled_from(["zh-TW", "zh", "es-MX", "pt-MZ"])
CHOICES = [
    (["pt-BR"], ["en", "pt", "pt-BR"], "pt-BR"),
    (["pt-BR"], ["en", "pt"], "pt"),
    (["pt"], ["en", "pt-BR"], "pt-BR"),
    (["pt-PT", "en"], ["en", "pt-BR"], "pt-BR"),  # another Portuguese is nearer than the next wish
    (["pt-PT", "pt-BR"], ["pt-AO", "pt-BR"], "pt-BR"),  # but not than one that is wished for
    (["pt-PT", "en", "pt-BR"], ["en", "pt-AO", "pt-BR"], "en"),
    (["pt-AO"], ["pt", "pt-PT"], "pt-PT"),  # so says CLDR
    (["es-MX"], ["es", "es-419"], "es-419"),
    (["es-MX"], ["en", "es"], "es"),
    (["zh-Hant-TW"], ["zh", "zh-Hant"], "zh-Hant"),
    (["zh-Hant-TW"], ["en", "zh"], "zh"),
    (["zh-TW"], ["zh-Hans", "zh-Hant"], "zh-Hant"),  # a script that goes without saying
    (["zh-CN"], ["zh-Hans", "zh-Hant"], "zh-Hans"),
    (["zh-Hant-HK", "de"], ["de", "zh-Hans"], "zh-Hans"),
    (["de-CH-1996"], ["de", "en"], "de"),
    (["fr", "de"], ["de", "en"], "de"),
    (["fr"], ["de", "en", "ja"], "ja"),  # the original
    (["fr"], ["de", "en"], "en"),
    (["fr"], ["es", "de"], "de"),  # any
    ([], ["de", "en"], "en"),
]


@pytest.mark.parametrize(("wanted", "there", "chosen"), CHOICES)
def test_the_best_language(wanted: list[str], there: list[str], chosen: str) -> None:
    assert best({tag: tag for tag in there}, wanted, original="ja") == chosen


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(there=st.sets(TAGS, min_size=1), wanted=st.lists(ASKED, max_size=3), original=TAGS)
@example(there={"de", "en", "fr"}, wanted=["ja"], original="fr")
@example(there={"de", "en", "fr"}, wanted=["ja"], original="pt")
@example(there={"de", "fr"}, wanted=["ja"], original="pt")
@example(there={"de", "de-AT", "en"}, wanted=["pt-BR", "de-AT"], original="en")
@example(there={"de", "en"}, wanted=["fr", "en"], original="de")
@example(there={"en", "pt-AO", "pt-BR"}, wanted=["pt-PT"], original="de")
@example(there={"en", "pt-AO", "pt-BR"}, wanted=["pt-PT", "pt-BR"], original="de")
@example(there={"zh-Hans", "zh-Hant"}, wanted=["zh-TW", "en"], original="de")
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


async def test_genres_seasons_and_collections_in_the_viewer_s_language(resources: Resources, shelf: Shelf) -> None:
    series = shelf.series("s", seasons=2)
    specials, named = shelf.season(series, 0), shelf.season(series, 3)
    named.names = {"de": "Das Ende", "en": "The End"}
    shelf.genre("western", series, en="Western")
    shelf.genre("epic", series, en="Epic", fr="Épopée")
    shelf.genre("thriller", series, en="Thriller", **{"fr-CA": "Suspense"})
    collection = shelf.collection("c", series)
    collection.names = {"en": "All", "fr": "Tout"}
    await shelf.store(resources)
    query = """{ genres { name } collections { name }
        title(slug: "s") { genres { name } ... on Series { seasons { id number name episodeCount } } } }"""
    found = await ask(schema, make_request(resources, languages=("fr",)), query)
    assert [genre["name"] for genre in found["genres"]] == ["Épopée", "Suspense", "Western"]
    assert [genre["name"] for genre in found["title"]["genres"]] == ["Western", "Épopée", "Suspense"]
    assert found["collections"] == [{"name": "Tout"}]
    seasons = [(season["number"], season["name"], season["episodeCount"]) for season in found["title"]["seasons"]]
    assert seasons == [(0, "Hors-série", 0), (1, "Saison 1", 2), (2, "Saison 2", 2), (3, "The End", 0)]
    assert found["title"]["seasons"][0]["id"] == str(specials.id)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("PT-br, en;q=0.5", "Brasil"),
        ("pt", "Brasil"),
        ("ZH-tw", "Taiwan"),
        ("en;q=0.5, de;Q=0.7, fr;q=0.9", "Deutsch"),
        ("de;q=0, *", "English"),
        ("de;q=², pt;q=0.1", "Brasil"),
        ("", "English"),
        ("klingon!, -, ;q=1, pt-", "English"),
    ],
)
async def test_accept_language(front: Front, shelf: Shelf, header: str, name: str) -> None:
    shelf.movie("m", texts={"en": "English", "de": "Deutsch", "pt-BR": "Brasil", "zh-Hant": "Taiwan"})
    await shelf.store(front.resources)
    headers = {"accept-language": header.encode("latin-1")}
    answer = await front.client.post("/graphql", json={"query": '{ title(slug: "m") { name } }'}, headers=headers)
    assert answer.json()["data"] == {"title": {"name": name}}


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
