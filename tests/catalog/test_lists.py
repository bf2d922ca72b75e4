"""Browsing: sorts, filters and pages of titles; collections and people; input that no honest client sends."""

import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import insert

from models.catalog import CreditRole
from models.published import PublishedPopularity
from resolvers.paging import cursor_of
from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask, codes
from tests.requests import NOW, make_request, make_viewer

DAY = timedelta(days=1)
SORTS = ["POPULARITY", "RELEASE_DATE", "NAME", "ADDED", "LEAVING_SOON"]
PAGE = """query($sort: TitleSort!, $filter: TitleFilter, $first: Int, $after: String) {
  titles(sort: $sort, filter: $filter, first: $first, after: $after) {
    edges { node { slug } cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""


async def slugs(request: Request, **variables: Any) -> list[str]:
    connection = (await ask(schema, request, PAGE, **({"sort": "NAME"} | variables)))["titles"]
    return [edge["node"]["slug"] for edge in connection["edges"]]


async def make_popular(resources: Resources, scores: dict[UUID, float]) -> None:
    async with resources.database.write("viewing") as session:
        rows = [{"title_id": id_, "score": score} for id_, score in scores.items()]
        await session.execute(insert(PublishedPopularity), rows)


async def test_sorts(resources: Resources, shelf: Shelf) -> None:
    old = shelf.movie("old", year=1920, added_at=NOW - DAY, texts={"en": "Zebra", "de": "Ära"})
    shelf.movie("young", year=2020, added_at=NOW - 3 * DAY, texts={"en": "élan"})
    shelf.movie("undated", year=None, added_at=NOW - 2 * DAY, windows=[(["US"], NOW - DAY, NOW + DAY)])
    await shelf.store(resources)
    await make_popular(resources, {old.id: 0.5})
    request = make_request(resources)
    assert (await slugs(request, sort="POPULARITY"))[0] == "old"
    assert await slugs(request, sort="RELEASE_DATE") == ["young", "old", "undated"]
    assert await slugs(request, sort="NAME") == ["young", "undated", "old"]
    assert await slugs(make_request(resources, languages=("de",)), sort="NAME") == ["old", "young", "undated"]
    assert await slugs(request, sort="ADDED") == ["old", "undated", "young"]
    assert (await slugs(request, sort="LEAVING_SOON"))[0] == "undated"


@pytest.mark.parametrize("sort", SORTS)
async def test_pages_are_stable_while_titles_come_in(resources: Resources, shelf: Shelf, sort: str) -> None:
    there = [shelf.movie(f"t{n}", year=1900 + n % 3, added_at=NOW - n % 4 * DAY) for n in range(12)]
    await shelf.store(resources)
    await make_popular(resources, {title.id: n % 3 / 7 for n, title in enumerate(there[:8])})
    seen: list[str] = []
    after, more = None, True
    while more:
        connection = (await ask(schema, make_request(resources), PAGE, sort=sort, first=5, after=after))["titles"]
        seen += [edge["node"]["slug"] for edge in connection["edges"]]
        assert connection["pageInfo"]["hasPreviousPage"] == (after is not None)
        after, more = connection["pageInfo"]["endCursor"], connection["pageInfo"]["hasNextPage"]
        for n in range(3):
            shelf.movie(f"new{len(seen)}-{n}", year=1900 + n, added_at=NOW - n * DAY)
        await shelf.store(resources)
        if len(seen) > 200:
            pytest.fail("the pages never end")
    assert len(seen) == len(set(seen))
    assert {title.slug for title in there} <= set(seen)


async def test_filters(resources: Resources, shelf: Shelf) -> None:
    film, series = shelf.full("a", shelf.asset())
    other = shelf.movie("other", year=1990, windows=[(["US"], NOW + DAY, None)])
    genre, person = shelf.genre("noir", other), shelf.person("Someone", other, role=CreditRole.DIRECTOR)
    await shelf.store(resources)
    both = [film.slug, series.slug]
    for wanted, expected in (
        ({"kinds": ["MOVIE"]}, [film.slug, "other"]),
        ({"kinds": ["SERIES"]}, [series.slug]),
        ({"kinds": []}, [*both, "other"]),
        ({"genres": [str(genre.id)]}, ["other"]),
        ({"personId": str(person.id)}, ["other"]),
        ({"personId": "junk"}, []),
        ({"releaseYearFrom": 1951}, ["other"]),
        ({"releaseYearTo": 1950}, both),
        ({"audioLanguages": ["de", "fr"]}, [film.slug]),
        ({"audioLanguages": ["DE"]}, [film.slug]),
        ({"subtitleLanguages": ["de"]}, []),
        ({"state": "AVAILABLE"}, both),
        ({"state": "COMING_SOON"}, ["other"]),
        ({"kinds": ["MOVIE"], "state": "AVAILABLE"}, [film.slug]),
    ):
        assert await slugs(make_request(resources), filter=wanted) == expected, wanted


async def test_collections_genres_and_people(resources: Resources, shelf: Shelf) -> None:
    one, two = shelf.movie("one", year=1930), shelf.movie("two", year=1940)
    hidden = shelf.movie("hidden", ages={})
    shelf.collection("shown", two, hidden, one)
    shelf.collection("empty", hidden)
    shelf.genre("seen", one)
    shelf.genre("unseen", hidden)
    person, stranger = shelf.person("P", one, one, two, hidden), shelf.person("Q", hidden)
    await shelf.store(resources)
    titles = "titles { edges { node { slug } } }"
    query = f"""query($id: ID!) {{ genres {{ slug }} collections {{ slug name {titles} }}
        shown: collection(slug: "shown") {{ id }} empty: collection(slug: "empty") {{ id }}
        person(id: $id) {{ name {titles} }} }}"""
    found = await ask(schema, make_request(resources), query, id=str(person.id))
    assert found["genres"] == [{"slug": "seen"}]
    [collection] = found["collections"]
    assert [edge["node"]["slug"] for edge in collection["titles"]["edges"]] == ["two", "one"]
    assert (found["shown"] is not None, found["empty"]) == (True, None)
    assert [edge["node"]["slug"] for edge in found["person"]["titles"]["edges"]] == ["two", "one"]
    assert (await ask(schema, make_request(resources), query, id=str(stranger.id)))["person"] is None


async def test_nested_pages_go_on_where_they_stopped(resources: Resources, shelf: Shelf) -> None:
    movies = [shelf.movie(f"m{n}", year=1900 + n // 2) for n in range(5)]
    shelf.collection("c", *movies)
    for n in range(5):
        shelf.person(f"p{n}", movies[0])
    shelf.series("s", episodes=5)
    await shelf.store(resources)
    fields = {
        '{ collection(slug: "c") { list: titles(%s) { edges { node { slug } } ...I } } }': 1,
        '{ title(slug: "m0") { list: credits(%s) { edges { node { person { name } } } ...I } } }': 1,
        '{ title(slug: "s") { ... on Series { seasons { list: episodes(%s) { edges { node { name } } ...I } } } } }': 2,
    }
    for query, depth in fields.items():
        seen: list[Any] = []
        arguments = "first: 2"
        for _ in range(3):
            document = query.replace("...I", "pageInfo { hasNextPage endCursor }") % arguments
            found = await ask(schema, make_request(resources), document)
            for _ in range(depth):
                found = next(iter(found.values()))
            found = (found[0] if isinstance(found, list) else found)["list"]
            seen += [str(edge["node"]) for edge in found["edges"]]
            arguments = f'first: 2, after: "{found["pageInfo"]["endCursor"]}"'
        assert len(set(seen)) == len(seen) == 5
        assert found["pageInfo"]["hasNextPage"] is False


async def test_a_filter_that_can_t_be_is_told(resources: Resources, shelf: Shelf) -> None:
    grown_up = shelf.movie("grown-up", ages={"US": 18})
    hidden = shelf.genre("hidden", grown_up)
    await shelf.store(resources)
    child = make_viewer(maximum_age=12)
    titles = "query ($f: TitleFilter) { titles(filter: $f) { edges { cursor } } }"
    search = 'query ($f: TitleFilter) { search(query: "a", filter: $f) { edges { cursor } } }'
    nothing = "00000000-0000-0000-0000-000000000000"
    for wanted, field in (
        ({"genres": ["drama"]}, "genres.0"),
        ({"genres": [nothing]}, "genres.0"),
        ({"genres": [str(hidden.id)]}, "genres.0"),
        ({"releaseYearFrom": 2001, "releaseYearTo": 2000}, "releaseYearFrom"),
        ({"audioLanguages": ["en", "\0"]}, "audioLanguages.1"),
        ({"subtitleLanguages": ["klingon!"]}, "subtitleLanguages.0"),
    ):
        for document in (titles, search):
            result = await schema.execute(
                document, context_value=make_request(resources, child), variable_values={"f": wanted}
            )
            (error,) = result.errors or ()
            assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT"
            assert f"`filter.{field}`" in error.message


FORGED = [
    "",
    "junk",
    "é",
    cursor_of("NAME", "a"),
    cursor_of("NAME", "a", "b"),
    cursor_of("NAME", "\0", "00000000-0000-0000-0000-000000000000"),
    cursor_of("NAME", {"a": 1}, "00000000-0000-0000-0000-000000000000"),
    cursor_of("ADDED", "2026-01-01T00:00:00", "00000000-0000-0000-0000-000000000000"),
    cursor_of("RELEASE_DATE", 2**40, "00000000-0000-0000-0000-000000000000"),
    cursor_of("POPULARITY", "a", "00000000-0000-0000-0000-000000000000"),
    base64.urlsafe_b64encode(orjson.dumps({"a": 1})).decode(),
]


@pytest.mark.parametrize("after", FORGED)
@pytest.mark.parametrize("sort", SORTS)
async def test_a_forged_cursor_is_bad_input(resources: Resources, after: str, sort: str) -> None:
    assert await codes(schema, make_request(resources), PAGE, sort=sort, after=after) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("first", [0, -1, 101, 1000])
async def test_a_page_has_1_to_100(resources: Resources, shelf: Shelf, first: int) -> None:
    shelf.full("a", shelf.asset())
    await shelf.store(resources)
    for query in (
        "{ titles(first: %s) { edges { cursor } } }",
        '{ search(query: "a", first: %s) { totalCount } }',
        '{ suggest(prefix: "a", first: %s) { text } }',
        "{ collections(first: %s) { slug } }",
        '{ title(slug: "a-film") { credits(first: %s) { edges { cursor } } } }',
        '{ collection(slug: "a-collection") { titles(first: %s) { edges { cursor } } } }',
    ):
        assert await codes(schema, make_request(resources), query % first) == ["BAD_USER_INPUT"], query


async def test_null_means_the_default(resources: Resources, shelf: Shelf) -> None:
    for n in range(21):
        shelf.movie(f"m{n}")
    await shelf.store(resources)
    assert len(await slugs(make_request(resources), first=None)) == 20


@pytest.mark.parametrize("id_", ["", "junk", "\0", "\ud800", "0" * 10_000, "00000000-0000-0000-0000-000000000000"])
async def test_an_id_that_we_never_gave_is_null(resources: Resources, id_: str) -> None:
    query = """query($id: ID!, $slug: String) { a: title(id: $id) { id } b: title(slug: $slug) { id }
        c: playable(id: $id) { id } d: person(id: $id) { id } e: collection(id: $id) { id }
        f: collection(slug: $slug) { id } }"""
    found = await ask(schema, make_request(resources), query, id=id_, slug=id_)
    assert set(found.values()) == {None}


@pytest.mark.parametrize("field", ["title", "collection"])
async def test_neither_or_both_is_bad_input(resources: Resources, field: str) -> None:
    for arguments in ("", '(id: "a", slug: "b")', "(id: null)"):
        query = f"{{ {field}{arguments} {{ id }} }}"
        assert await codes(schema, make_request(resources), query) == ["BAD_USER_INPUT"]


@pytest.mark.parametrize("width", [0, -5])
async def test_a_picture_has_a_width(resources: Resources, shelf: Shelf, width: int) -> None:
    shelf.movie("m")
    await shelf.store(resources)
    query = f'{{ title(slug: "m") {{ artwork(kind: LOGO, width: {width}) {{ url }} }} }}'
    assert await codes(schema, make_request(resources), query) == ["BAD_USER_INPUT"]


async def test_what_another_window_bridges_is_not_leaving(resources: Resources, shelf: Shelf) -> None:
    begun = NOW - DAY
    shelf.movie("gap", windows=[(["US"], begun, NOW + DAY), (["US"], NOW + 9 * DAY, None)])
    shelf.movie("ends", windows=[(["US"], begun, NOW + 5 * DAY)])
    shelf.movie("touches", windows=[(["US"], begun, NOW + DAY), (["US"], NOW + DAY, NOW + 7 * DAY)])
    shelf.movie("for-good", windows=[(["US"], begun, NOW + DAY), (["US"], begun + DAY, None)])
    shelf.movie("elsewhere", windows=[(["US"], begun, NOW + 3 * DAY), (["DE"], begun, None)])
    await shelf.store(resources)
    expected = ["gap", "elsewhere", "ends", "touches", "for-good"]
    assert await slugs(make_request(resources), sort="LEAVING_SOON") == expected
