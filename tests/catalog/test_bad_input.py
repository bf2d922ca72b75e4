"""What no honest client sends, through the front door: each answer says which argument is at fault, and nothing is
logged as a crash."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from structlog.testing import capture_logs

from models.catalog import PublicationState
from resolvers.paging import cursor_of
from tests.catalog.shelf import Shelf
from tests.served import Front

MEGABYTES = "x" * 10_000_000
NOWHERE = str(uuid4())
LISTS = {
    "titles": "{ titles(%s) { edges { cursor } } }",
    "by name": "{ titles(sort: NAME, %s) { edges { cursor } } }",
    "newest": "{ titles(sort: ADDED, %s) { edges { cursor } } }",
    "search": '{ search(query: "a", %s) { edges { cursor } } }',
    "credits": '{ title(slug: "a-film") { credits(%s) { edges { cursor } } } }',
    "found credits": """{ search(query: "film") { edges { node { ... on Movie {
        credits(%s) { edges { cursor } } } } } } }""",
    "episodes": '{ title(slug: "a-series") { ... on Series { seasons { episodes(%s) { edges { cursor } } } } } }',
    "collection": '{ collection(slug: "a-collection") { titles(%s) { edges { cursor } } } }',
    "films": '{ search(query: "person") { edges { node { ... on Person { titles(%s) { edges { cursor } } } } } } }',
}
BOUNDED = {"suggest": '{ suggest(prefix: "a", %s) { text } }', "collections": "{ collections(%s) { slug } }"}
FORGED = {
    "nothing": "",
    "no base64": "é",
    "no JSON": "junk",
    "no list": "eyJhIjoxfQ",
    "too short": cursor_of("NAME"),
    "too long": cursor_of("NAME", "a", NOWHERE, NOWHERE),
    "no id": cursor_of("NAME", "a", "b"),
    "NUL": cursor_of("NAME", "\0", NOWHERE),
    "an object": cursor_of("NAME", {"a": 1}, NOWHERE),
    "no offset": cursor_of("ADDED", "2026-01-01T00:00:00", NOWHERE),
    "before all years": cursor_of("ADDED", "0001-01-01T00:00:00+14:00", NOWHERE),
    "after all years": cursor_of("ADDED", "9999-12-31T23:59:59-14:00", NOWHERE),
    "a huge number": cursor_of("credits", 2**40, NOWHERE),
    "a fraction": cursor_of("episodes", 1.5, NOWHERE),
    "true": cursor_of("collection", True, NOWHERE),
    "no number": cursor_of("search", "a", NOWHERE),
    "no film": cursor_of("filmography", None, NOWHERE),
}
FILTERS: dict[str, tuple[Any, str]] = {
    "no id of ours": ({"genres": ["drama"]}, "`filter.genres.0`"),
    "no genre": ({"genres": [NOWHERE]}, "`filter.genres.0`"),
    "NUL": ({"genres": ["\0"]}, "`filter.genres.0`"),
    "megabytes of genre": ({"genres": [MEGABYTES]}, "`filter.genres.0`"),
    "a hundred and one genres": ({"genres": [NOWHERE] * 101}, "`filter.genres`"),
    "a hundred and one kinds": ({"kinds": ["MOVIE"] * 101}, "`filter.kinds`"),
    "years": ({"releaseYearFrom": 2001, "releaseYearTo": 2000}, "`filter.releaseYearFrom`"),
    "no language": ({"audioLanguages": ["en", ""]}, "`filter.audioLanguages.1`"),
    "no tag": ({"subtitleLanguages": ["en_US"]}, "`filter.subtitleLanguages.0`"),
    "a language with NUL": ({"audioLanguages": ["e\0"]}, "`filter.audioLanguages.0`"),
    "a language of no country": ({"audioLanguages": ["en-ZZZ"]}, "`filter.audioLanguages.0`"),
    "megabytes of language": ({"subtitleLanguages": [MEGABYTES]}, "`filter.subtitleLanguages.0`"),
    "many languages": ({"audioLanguages": ["en"] * 100_000}, "`filter.audioLanguages`"),
    "a huge year": ({"releaseYearFrom": 2**31}, "releaseYearFrom"),
    "no kind": ({"kinds": ["FILM"]}, "kinds"),
    "no such field": ({"genre": [NOWHERE]}, "genre"),
}
REST: dict[str, tuple[str, dict[str, Any], str]] = {
    "neither id nor slug": ("{ title { id } }", {}, "`id` or `slug`"),
    "both": ('{ title(id: "a", slug: "b") { id } }', {}, "`id` or `slug`"),
    "null and null": ("{ title(id: null, slug: null) { id } }", {}, "`id` or `slug`"),
    "collection: neither": ("{ collection { id } }", {}, "`id` or `slug`"),
    "collection: both": ('{ collection(id: "", slug: "") { id } }', {}, "`id` or `slug`"),
    "no width": ('{ title(slug: "a-film") { artwork(kind: POSTER, width: 0) { url } } }', {}, "`width`"),
    "less than none": ('{ title(slug: "a-film") { artwork(kind: LOGO, width: -5) { url } } }', {}, "`width`"),
    "no width of a photo": (
        '{ search(query: "person") { edges { node { ... on Person { photo(width: 0) { url } } } } } }',
        {},
        "`width`",
    ),
    "a long cursor": ("query ($c: String) { titles(after: $c) { edges { cursor } } }", {"c": MEGABYTES}, "`after`"),
    "a long query": ("query ($q: String!) { search(query: $q) { totalCount } }", {"q": MEGABYTES}, "`query`"),
    "a long prefix": ("query ($q: String!) { suggest(prefix: $q) { text } }", {"q": "x" * 201}, "`prefix`"),
    "a huge number": ("query ($n: Int) { titles(first: $n) { edges { cursor } } }", {"n": 2**40}, "'$n'"),
    "a fraction": ("query ($n: Int) { titles(first: $n) { edges { cursor } } }", {"n": 1.5}, "'$n'"),
    "no sort": ("query ($s: TitleSort!) { titles(sort: $s) { edges { cursor } } }", {"s": "BEST"}, "'$s'"),
}


@pytest.fixture
async def stocked(front: Front, shelf: Shelf) -> Front:
    shelf.full("a", shelf.asset())
    await shelf.store(front.resources)
    return front


@pytest.fixture(autouse=True)
def no_crash() -> Iterator[None]:
    with capture_logs() as logged:
        yield
    assert [entry for entry in logged if entry["log_level"] not in ("info", "debug")] == []


async def refused(front: Front, document: str, **variables: Any) -> str:
    """What the one error says; a short answer, though much was sent."""
    answer = await front.client.post("/graphql", json={"query": document, "variables": variables})
    response = answer.json()
    assert answer.status_code == 200, answer.text[:200]
    assert len(answer.content) < 10_000
    (error,) = response["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT", error
    message: str = error["message"]
    return message


async def test_a_page_has_1_to_100(stocked: Front) -> None:
    for name, document in (LISTS | BOUNDED).items():
        for first in (0, -1, 101, 1000, -(2**31), 2**31 - 1):
            assert "`first`" in await refused(stocked, document % f"first: {first}"), (name, first)
        for first in ("1", "100", "null"):
            assert "errors" not in await stocked.ask(document % f"first: {first}"), (name, first)


async def test_a_forged_cursor_is_told(stocked: Front) -> None:
    for name, document in LISTS.items():
        asked = "query ($after: String) " + document % "after: $after"
        for what, after in FORGED.items():
            assert "`after`" in await refused(stocked, asked, after=after), (name, what)


async def test_a_cursor_of_another_list_is_told(stocked: Front) -> None:
    cursors = {}
    for name, document in LISTS.items():
        response = await stocked.ask(document % "first: 1")
        cursors[name] = str(response["data"]).partition("'cursor': '")[2].partition("'")[0]
        assert cursors[name], response
    for name, document in LISTS.items():
        for other, after in cursors.items():
            asked = document % f'after: "{after}"'
            if name.split()[-1] == other.split()[-1]:  # credits are credits, wherever they stand
                assert "errors" not in await stocked.ask(asked), (name, other)
            else:
                assert "`after`" in await refused(stocked, asked), (name, other)


@pytest.mark.parametrize("field", ["titles(filter: $f)", 'search(query: "a", filter: $f)'])
async def test_a_filter_that_can_t_be_is_told(stocked: Front, field: str) -> None:
    document = f"query ($f: TitleFilter) {{ {field} {{ edges {{ cursor }} }} }}"
    for what, (wanted, named) in FILTERS.items():
        assert named in await refused(stocked, document, f=wanted), what


async def test_a_genre_of_hidden_titles_is_none(stocked: Front, shelf: Shelf) -> None:
    hidden = shelf.genre("hidden", shelf.movie("hidden", state=PublicationState.DRAFT))
    await shelf.store(stocked.resources)
    document = "query ($g: [ID!]) { titles(filter: {genres: $g}) { edges { cursor } } }"
    answers = [await stocked.ask(document, g=[id_]) for id_ in (str(hidden.id), NOWHERE)]
    for answer in answers:
        del answer["errors"][0]["extensions"]["traceId"], answer["extensions"]
    assert answers[0] == answers[1]


async def test_an_empty_list_asks_for_nothing(stocked: Front) -> None:
    empty = {"kinds": [], "genres": [], "audioLanguages": [], "subtitleLanguages": []}
    document = """query ($f: TitleFilter) { titles(filter: $f) { edges { node {
        id credits(roles: []) { edges { cursor } } } } } }"""
    everything = await stocked.data(document)
    assert len(everything["titles"]["edges"]) == 2
    assert all(edge["node"]["credits"]["edges"] for edge in everything["titles"]["edges"])
    for wanted in (empty, dict.fromkeys(empty), {}):
        assert await stocked.data(document, f=wanted) == everything, wanted


async def test_what_is_out_of_range_is_told(stocked: Front) -> None:
    for what, (document, variables, named) in REST.items():
        assert named in await refused(stocked, document, **variables), what


async def test_an_id_that_we_never_gave_is_null(stocked: Front) -> None:
    document = """query ($id: ID!, $slug: String) { a: title(id: $id) { id } b: title(slug: $slug) { id }
        c: playable(id: $id) { id } d: person(id: $id) { id } e: collection(id: $id) { id }
        f: collection(slug: $slug) { id } g: titles(filter: {personId: $id}) { edges { cursor } }
        h: search(query: "a person", filter: {personId: $id}) { edges { cursor } } }"""
    nothing = dict.fromkeys("abcdef") | {key: {"edges": []} for key in "gh"}
    for id_ in ("", "junk", "\0", "%", "'; --", "\u202e", "a\u0301", NOWHERE, MEGABYTES):
        assert await stocked.data(document, id=id_, slug=id_) == nothing, id_[:50]


async def test_half_a_character_is_no_text(stocked: Front) -> None:
    """Lone surrogates: JSON and GraphQL have escapes for them, Unicode has no such text (RFC 8259, section 8.2)."""
    body = '{"query": "query ($slug: String) { title(slug: $slug) { id } }", "variables": {"slug": "\\ud800"}}'
    answer = await stocked.client.post("/graphql", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")
    (error,) = (await stocked.ask('{ title(slug: "\\ud800") { id } }'))["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_PARSE_FAILED"
