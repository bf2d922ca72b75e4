"""Search: what is found, in which order, how it is summed up, and what a misspelling leads to."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import insert, text

from models.catalog import TitleText
from models.published import PublishedPopularity
from resolvers.catalog.publish import publish
from resolvers.catalog.search.upkeep import tidy_search
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask, codes
from tests.requests import make_request, make_viewer

SEARCH = """query($query: String!, $filter: TitleFilter, $first: Int, $after: String) {
  search(query: $query, filter: $filter, first: $first, after: $after) {
    edges { node { __typename ... on Title { name } ... on Person { name } } }
    pageInfo { hasNextPage endCursor } totalCount didYouMean
    facets { field buckets { value label count } } } }"""


async def names(resources: Resources, query: str, **variables: Any) -> list[str]:
    found = (await ask(schema, make_request(resources), SEARCH, query=query, **variables))["search"]
    assert found["totalCount"] >= len(found["edges"])
    return [edge["node"]["name"] for edge in found["edges"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("Metropolis", "Metropolis"),
        ("metroplis", "Metropolis"),
        ("METROPOLIS ", "Metropolis"),
        ("tropol", "Metropolis"),
        ("nosferattu", "Nosferatu"),
        ("voyage dans la lune", "A Trip to the Moon"),
        ("melies", "Georges Méliès"),
        ("meliés", "Georges Méliès"),
        ("Mélies george", "Georges Méliès"),
    ],
)
async def test_typing_errors_and_accents_are_forgiven(library: Resources, query: str, first: str) -> None:
    assert (await names(library, query))[0] == first


async def test_the_better_match_comes_first(library: Resources) -> None:
    assert (await names(library, "moonlight"))[0] == "Moonlight Patrol"
    assert set(await names(library, "moon")) == {"A Trip to the Moon", "Moonlight Patrol"}


@pytest.mark.parametrize("query", ["", "   ", "\0", "\ud800", "%", "_", "\\", "xyzzy quux"])
async def test_nothing_is_found_by_nothing(library: Resources, query: str) -> None:
    found = (await ask(schema, make_request(library), SEARCH, query=query))["search"]
    assert (found["edges"], found["totalCount"]) == ([], 0)
    assert all(facet["buckets"] == [] for facet in found["facets"])


async def test_a_query_has_200_characters_at_most(library: Resources) -> None:
    assert await codes(schema, make_request(library), SEARCH, query="a" * 201) == ["BAD_USER_INPUT"]


async def test_the_nearest_spelling_is_proposed_and_finds_something(library: Resources) -> None:
    found = (await ask(schema, make_request(library), SEARCH, query="metroxxxxs"))["search"]
    if found["edges"]:
        pytest.fail("the query should find nothing, to try the proposal")
    assert found["didYouMean"] == "Metropolis"
    assert await names(library, found["didYouMean"]) == ["Metropolis"]
    assert (await ask(schema, make_request(library), SEARCH, query="metropolis"))["search"]["didYouMean"] is None


async def test_what_is_proposed_passes_the_filter(library: Resources) -> None:
    for kind, proposed in (("MOVIE", None), ("SERIES", "Moonlight Patrol")):
        wanted = {"kinds": [kind]}
        found = (await ask(schema, make_request(library), SEARCH, query="moonxxxxxx patxxx", filter=wanted))["search"]
        assert (found["edges"], found["didYouMean"]) == ([], proposed)


async def test_nothing_is_proposed_after_the_last_page(library: Resources) -> None:
    first = (await ask(schema, make_request(library), SEARCH, query="metropolis"))["search"]
    after = first["pageInfo"]["endCursor"]
    found = (await ask(schema, make_request(library), SEARCH, query="metropolis", after=after))["search"]
    assert (found["edges"], found["totalCount"], found["didYouMean"]) == ([], 1, None)


async def test_facets_count_what_is_found(library: Resources) -> None:
    request = make_request(library, languages=("de",))
    found = (await ask(schema, request, SEARCH, query="moon"))["search"]
    facets = {facet["field"]: facet["buckets"] for facet in found["facets"]}
    assert found["totalCount"] == 2
    assert facets["KIND"] == [
        {"value": "MOVIE", "label": "Filme", "count": 1},
        {"value": "SERIES", "label": "Serien", "count": 1},
    ]
    assert [(b["label"], b["count"]) for b in facets["GENRE"]] == [("Adventure", 1), ("Science-Fiction", 1)] or [
        (b["label"], b["count"]) for b in facets["GENRE"]
    ] == [("Science-Fiction", 1), ("Adventure", 1)]
    assert facets["DECADE"] == [
        {"value": "1900", "label": "1900er", "count": 1},
        {"value": "1950", "label": "1950er", "count": 1},
    ]
    found = (await ask(schema, request, SEARCH, query="metropolis"))["search"]
    facets = {facet["field"]: facet["buckets"] for facet in found["facets"]}
    assert [(b["value"], b["label"]) for b in facets["AUDIO_LANGUAGE"]] == [("de", "Deutsch"), ("en", "Englisch")]


async def test_a_bucket_s_value_is_what_the_filter_takes(library: Resources) -> None:
    found = (await ask(schema, make_request(library), SEARCH, query="moon"))["search"]
    [genre] = [b for f in found["facets"] if f["field"] == "GENRE" for b in f["buckets"] if b["label"] == "Adventure"]
    assert await names(library, "moon", filter={"genres": [genre["value"]]}) == ["Moonlight Patrol"]
    assert await names(library, "moon", filter={"kinds": ["MOVIE"]}) == ["A Trip to the Moon"]


async def test_with_a_filter_there_are_no_people(library: Resources) -> None:
    assert await names(library, "méliès", filter={}) == ["Georges Méliès", "A Trip to the Moon"]
    assert await names(library, "méliès", filter={"kinds": ["MOVIE"]}) == ["A Trip to the Moon"]


async def test_search_shows_only_what_exists_for_the_viewer(library: Resources) -> None:
    for query in ("nosferatu", "max schreck"):
        child = make_request(library, make_viewer(maximum_age=12))
        found = (await ask(schema, child, SEARCH, query=query))["search"]
        assert (found["edges"], found["totalCount"]) == ([], 0)
        assert found["didYouMean"] not in ("Nosferatu", "Max Schreck")
        assert await names(library, query) != []


async def test_pages_of_hits(resources: Resources, shelf: Shelf) -> None:
    for n in range(7):
        shelf.movie(f"moon-{n}")
    await shelf.store(resources)
    seen: list[str] = []
    after = None
    for size in (3, 3, 1):
        found = (await ask(schema, make_request(resources), SEARCH, query="moon", first=3, after=after))["search"]
        assert (len(found["edges"]), found["totalCount"]) == (size, 7)
        seen += [edge["node"]["name"] for edge in found["edges"]]
        after = found["pageInfo"]["endCursor"]
    assert len(set(seen)) == 7
    assert found["pageInfo"]["hasNextPage"] is False


HITS = """query($query: String!, $first: Int) { search(query: $query, first: $first) {
  edges { node { ... on Title { slug } ... on Person { name } } } totalCount } }"""


async def found(resources: Resources, query: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    """Slugs and names of what is found, the best first."""
    hits = (await ask(schema, make_request(resources, languages=languages), HITS, query=query))["search"]
    return [edge["node"].get("slug") or edge["node"]["name"] for edge in hits["edges"]]


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("the", "the"),
        ("2001", "space-odyssey"),
        ("odyssey space 2001", "space-odyssey"),
        ("schindlers list", "list"),
        ("Schindler's List", "list"),
        ("spiderman", "spider-man"),
        ("rock and roll", "rock-roll"),
        ("東京物語", "tokyo"),
        ("сталкер", "stalker"),
        ("opne flim", "open-film"),
        ("oepn", "open-film"),
        ("odisey", "space-odyssey"),
        ("pa ris texas", "paris"),
        ("8½", "eight"),
        ("8 1/2", "eight"),
    ],
)
async def test_names_of_every_kind_are_found(resources: Resources, shelf: Shelf, query: str, first: str) -> None:
    names = {
        "the": "The",
        "space-odyssey": "2001: A Space Odyssey",
        "list": "Schindler’s List",
        "spider-man": "Spider-Man",
        "rock-roll": "Rock & Roll",
        "tokyo": "東京物語",
        "stalker": "Сталкер",
        "open-film": "Open Film",
        "paris": "Paris, Texas",
        "eight": "8½",
    }
    for slug, name in names.items():
        shelf.movie(slug, texts={"en": name})
    await shelf.store(resources)
    assert (await found(resources, query))[0] == first


async def test_a_name_comes_before_what_is_only_said(resources: Resources, shelf: Shelf) -> None:
    shelf.movie("said", texts={"en": "Nothing"}, synopsis="A shark. A shark! A shark eats a shark.")
    shelf.movie("named", texts={"en": "A shark and other fishes of the wide and open sea"})
    shelf.movie("same", texts={"en": "Shark"})
    shelf.person("Shark Person", shelf.movie("played", texts={"en": "Other"}))
    await shelf.store(resources)
    hits = await found(resources, "shark")
    assert hits[0] == "same"
    assert hits.index("named") < hits.index("said")
    assert set(hits) == {"same", "named", "said", "played", "Shark Person"}


async def test_the_very_name_comes_first_and_of_equals_the_most_watched(resources: Resources, shelf: Shelf) -> None:
    watched = [shelf.movie("twice", texts={"en": "Moon Moon"}), shelf.movie("later", texts={"en": "Moon"})]
    shelf.movie("earlier", texts={"en": "Moon"})
    shelf.movie("longer", texts={"en": "The Moon"})
    await shelf.store(resources)
    async with resources.database.write("viewing") as db:
        scores = [{"title_id": title.id, "score": score} for title, score in zip(watched, (1.0, 0.1), strict=True)]
        await db.execute(insert(PublishedPopularity), scores)
    assert await found(resources, "moon") == ["later", "earlier", "twice", "longer"]


@pytest.mark.parametrize(
    ("query", "languages"),
    [("underground cities", ("en",)), ("workers revolting", ("en",)), ("unterirdische stadt", ("de",))],
)
async def test_prose_is_stemmed_in_its_language(
    resources: Resources, shelf: Shelf, query: str, languages: tuple[str, ...]
) -> None:
    film = shelf.movie("metropolis", synopsis="The workers revolt in the underground city.")
    shelf.add(
        TitleText(title_id=film.id, language="de", name="M", synopsis="Eine Revolte in den unterirdischen Städten")
    )
    shelf.movie("other", texts={"en": "Other"}, synopsis="Nothing of the kind.")
    await shelf.store(resources)
    assert await found(resources, query, languages) == ["metropolis"]


async def test_a_title_is_found_by_its_people(library: Resources, shelf: Shelf) -> None:
    assert await found(library, "max schreck") == ["Max Schreck", "nosferatu"]
    assert (await found(library, "nosferatu schreck"))[0] == "nosferatu"
    shelf.person("Will Person", shelf.movie("played", texts={"en": "Other"}))
    await shelf.store(library)
    assert await found(library, "will") == ["Will Person", "played"], "although the word says nothing in English"


async def test_a_hidden_name_changes_nothing_of_what_others_find(resources: Resources, shelf: Shelf) -> None:
    """A query is taken for mistyped where no name has its words: what is hidden from the viewer does not count."""
    shelf.movie("seen", texts={"en": "Nosfiratus"})
    await shelf.store(resources)
    before = await found(resources, "nosferatu")
    shelf.movie("hidden", texts={"en": "Nosferatu"}, ages={"US": 18})
    await shelf.store(resources)
    child = make_request(resources, make_viewer(maximum_age=12))
    hits = (await ask(schema, child, HITS, query="nosferatu"))["search"]
    assert [edge["node"]["slug"] for edge in hits["edges"]] == before == ["seen"]
    assert hits["totalCount"] == 1


@pytest.mark.parametrize("query", ["a" * 200, "'", "a & b", "a | !b", "a:*", "((", "\\'", "<->", "a" * 99 + "%"])
async def test_whatever_is_typed_is_taken_for_words(library: Resources, query: str) -> None:
    await found(library, query)
    suggest = "query($prefix: String!) { suggest(prefix: $prefix) { text } }"
    await ask(schema, make_request(library), suggest, prefix=query)


async def test_words_of_withdrawn_titles_go(resources: Resources, shelf: Shelf) -> None:
    gone = shelf.movie("gone", texts={"en": "Evanescent"})
    shelf.person("Ephemera Person", gone)
    shelf.movie("stays", texts={"en": "Remaining"})
    await shelf.store(resources)
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.title set state = 'UNPUBLISHED' where slug = 'gone'"))
        await publish(db, [gone.id])
        await tidy_search(db)
        words = (await db.execute(text("select word from catalog.search_word"))).scalars().all()
        names = (await db.execute(text("select name from catalog.search_name"))).scalars().all()
    assert (words, names) == (["remaining"], ["remaining"])


async def test_tidying_leaves_what_is_being_published(resources: Resources, shelf: Shelf) -> None:
    film = shelf.movie("film", texts={"en": "Evanescent"})
    shelf.person("Ephemera Person", film)
    await shelf.store(resources)
    state = text("update catalog.title set state = :state")

    async def tidy() -> None:
        async with resources.database.write("catalog") as db:
            await tidy_search(db)

    async with resources.database.write("catalog") as db:
        await db.execute(state, {"state": "UNPUBLISHED"})
        await publish(db, [film.id])
    async with resources.database.write("catalog") as db:
        await db.execute(state, {"state": "PUBLISHED"})
        await publish(db, [film.id])
        tidying = asyncio.create_task(tidy())
        assert not (await asyncio.wait([tidying], timeout=0.3))[0], "it waits until this transaction ends"
    await tidying
    assert await found(resources, "ephemera") == ["Ephemera Person", "film"]


async def test_what_is_published_lies_in_the_indexes_proper(library: Resources) -> None:
    """Not in the list of what is pending, which each search would read whole."""
    async with library.database.write("catalog") as db:
        for index in ("search_name_trigrams", "search_name_words", "search_text_document"):
            pending = text("select gin_clean_pending_list(cast(:index as regclass))")
            assert (await db.execute(pending, {"index": f"catalog.{index}"})).scalar() == 0
