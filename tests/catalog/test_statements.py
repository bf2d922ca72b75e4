"""Every list and every entity field takes as many statements for many rows as for few."""

from collections.abc import Callable

import pytest

from models.catalog import Credit, CreditRole
from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import check_statements
from tests.requests import make_request

ROWS = 3
FIELDS = "name maturity { code } artwork(kind: POSTER) { url }"
TITLE = [
    "name",
    "originalName",
    "synopsis",
    "tagline",
    "genres { name }",
    "maturity { code }",
    "artwork(kind: POSTER) { url }",
    "credits { edges { node { person { name photo { url } titles { edges { node { slug } } } } } } }",
    "availability { from }",
    "badges",
    "trailers { name maturity { code } artwork(kind: POSTER) { url } title { slug } runtimeMs }",
    "externalIds { value }",
    "... on Movie { title { slug } runtimeMs }",
    "... on Movie { audioTracks { label } subtitleTracks { label } }",
    "... on Movie { maxHeight markers { startMs } }",
    "... on Series { seasons { number name series { slug } episodeCount } }",
    """... on Series { seasons { episodes { edges { node { name synopsis runtimeMs maturity { code }
       artwork(kind: STILL) { url } audioTracks { id } subtitleTracks { id } maxHeight markers { endMs }
       title { slug } season { number } series { slug } } } } } }""",
    """... on Series { seasons { series { seasons { episodes { edges { node { series { credits { edges { node { person {
       titles { edges { node { slug badges genres { name } trailers { name } } } } } } } } } } } } } } } }""",
]
EVERYTHING = """__typename ... on Title { name originalName synopsis tagline genres { name } maturity { code } badges
  artwork(kind: POSTER) { url } credits { edges { node { person { name photo { url } } } } } availability { until }
  trailers { name } externalIds { value } }
  ... on Series { seasons { name episodeCount episodes { edges { node { name runtimeMs markers { startMs } } } } } }"""


@pytest.fixture
async def doubling(resources: Resources, shelf: Shelf) -> Callable[..., object]:
    """Fills the shelves once; calling it fills them as much again."""

    async def fill(prefix: str = "more") -> None:
        asset = shelf.asset()
        for n in range(ROWS):
            shelf.full(f"{prefix}-{n}", asset)
        await shelf.store(resources)

    await fill("first")
    return fill


@pytest.mark.parametrize("field", TITLE)
async def test_a_field_of_a_list_s_titles(resources: Resources, doubling: Callable[..., object], field: str) -> None:
    query = f"{{ titles {{ edges {{ node {{ id slug {field} }} }} }} }}"
    statements = await check_statements(schema, lambda: make_request(resources), query, doubling)
    assert 1 <= len(statements) <= 14


@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("{ titles(sort: NAME, filter: {kinds: [MOVIE]}) { edges { node { slug } } } }", 1),
        ("{ genres { name } }", 1),
        ("{ collections { slug titles { edges { node { slug } } } } }", 2),
        (f"{{ collections {{ slug titles {{ edges {{ node {{ {EVERYTHING} }} }} }} }} }}", 21),
        (f'{{ search(query: "film", first: 50) {{ edges {{ node {{ {EVERYTHING} }} }} }} }}', 27),
        ('{ suggest(prefix: "pers") { text hit { ... on Person { name titles { edges { node { slug } } } } } } }', 6),
        ('{ search(query: "person") { edges { node { ... on Person { id name } } } } }', 6),
        (
            '{ search(query: "film") { edges { node { ... on Movie { id slug } } } facets { buckets { value } } } }',
            9,
        ),
        ('{ search(query: "film") { edges { node { ... on Movie { id name } } } totalCount didYouMean } }', 8),
    ],
)
async def test_a_list(resources: Resources, doubling: Callable[..., object], query: str, most: int) -> None:
    statements = await check_statements(schema, lambda: make_request(resources), query, doubling)
    assert len(statements) <= most, statements


async def test_one_person_s_many_titles(resources: Resources, shelf: Shelf) -> None:
    person = shelf.person("Somebody")

    async def fill(prefix: str = "more") -> None:
        for n in range(ROWS):
            for title in shelf.full(f"{prefix}-{n}", shelf.asset()):
                shelf.add(Credit(title_id=title.id, person_id=person.id, role=CreditRole.WRITER, position=7))
        await shelf.store(resources)

    await fill("first")
    query = f"query ($id: ID!) {{ person(id: $id) {{ titles {{ edges {{ node {{ {EVERYTHING} }} }} }} }} }}"
    statements = await check_statements(schema, lambda: make_request(resources), query, fill, id=str(person.id))
    assert len(statements) <= 21


async def test_one_series_many_seasons(resources: Resources, shelf: Shelf) -> None:
    series = shelf.series("s", seasons=3)
    await shelf.store(resources)

    async def double() -> None:
        for number in range(4, 7):
            season = shelf.season(series, number)
            for n in range(4):
                shelf.episode(season, n)
        await shelf.store(resources)

    query = """{ title(slug: "s") { ... on Series { seasons { name episodeCount series { slug }
        episodes { edges { node { name season { name } series { slug } title { slug } } } } } } } }"""
    statements = await check_statements(schema, lambda: make_request(resources), query, double)
    assert len(statements) == 6


@pytest.mark.parametrize(
    ("kind", "fields", "count"),
    [
        ("Movie", FIELDS, 3),
        ("Series", FIELDS, 3),
        ("Episode", FIELDS, 3),
        ("Trailer", FIELDS, 3),
        (
            "Movie",
            "trailers { title { name } } credits { edges { node { person { titles { edges { cursor } } } } } }",
            5,
        ),
        ("Series", "seasons { episodes { edges { node { series { name } season { number } } } } }", 5),
        ("Episode", "season { number series { name } } title { slug } series { genres { name } }", 4),
        ("Trailer", "title { name badges credits { edges { node { character } } } }", 5),
    ],
)
async def test_entities(resources: Resources, shelf: Shelf, kind: str, fields: str, count: int) -> None:
    given: list[dict[str, str]] = []
    query = f"""query($given: [_Any!]!) {{ _entities(representations: $given) {{ ... on {kind} {{
        id {fields} }} }} }}"""

    async def fill() -> None:
        for _ in range(ROWS):
            movie, series = shelf.full(f"t{len(given)}", shelf.asset())
            episode = next(row for row in shelf.rows_of("Playable") if row.season_id and row.title_id == series.id)
            row = {"Movie": movie, "Series": series, "Episode": episode, "Trailer": shelf.trailer(movie)}[kind]
            given.append({"__typename": kind, "id": str(row.id)})
        await shelf.store(resources)

    await fill()
    statements = await check_statements(schema, lambda: make_request(resources), query, fill, given=given)
    assert len(statements) == count, statements


async def test_a_batch_of_two_hundred_is_one_statement(resources: Resources, shelf: Shelf) -> None:
    ids = [str(shelf.movie(f"m{n}").id) for n in range(200)]
    await shelf.store(resources)
    request: Request = make_request(resources)
    given = [{"__typename": "Movie", "id": id_} for id_ in ids]
    query = "query($given: [_Any!]!) { _entities(representations: $given) { ... on Movie { id name } } }"
    result = await schema.execute(query, context_value=request, variable_values={"given": given})
    assert result.data is not None
    assert [entity["id"] for entity in result.data["_entities"]] == ids
    assert len(request.tally.statements) == 1
