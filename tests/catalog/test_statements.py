"""Every list and every entity field takes as many statements for many rows as for few."""

from collections.abc import Callable

import pytest

from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import check_statements
from tests.requests import make_request

ROWS = 3
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
]


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


@pytest.mark.parametrize("kind", ["Movie", "Series", "Episode", "Trailer"])
async def test_entities(resources: Resources, shelf: Shelf, kind: str) -> None:
    given: list[dict[str, str]] = []
    query = f"""query($given: [_Any!]!) {{ _entities(representations: $given) {{ ... on {kind} {{
        id name maturity {{ code }} artwork(kind: POSTER) {{ url }} }} }} }}"""

    async def fill() -> None:
        for _ in range(ROWS):
            movie, series = shelf.full(f"t{len(given)}", shelf.asset())
            episode = next(row for row in shelf.rows_of("Playable") if row.season_id and row.title_id == series.id)
            row = {"Movie": movie, "Series": series, "Episode": episode, "Trailer": shelf.trailer(movie)}[kind]
            given.append({"__typename": kind, "id": str(row.id)})
        await shelf.store(resources)

    await fill()
    statements = await check_statements(schema, lambda: make_request(resources), query, fill, given=given)
    assert len(statements) == 3


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
