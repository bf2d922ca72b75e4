"""What editors find and see: every title whatever its state, by any of its names, in pages that stay stable."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import insert

from models.catalog import (
    Artwork,
    ArtworkKind,
    CreditRole,
    MediaAsset,
    MediaAssetStatus,
    PlayableKind,
    PublicationState,
    TitleKind,
)
from models.columns import new_id
from resolvers.catalog.editing.commands import insert_title
from resolvers.catalog.editing.document import (
    CreditEntry,
    PlayableEntry,
    RatingEntry,
    SeasonEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
)
from resolvers.catalog.editing.releasing import release as release_rows
from resolvers.catalog.editing.rows import EditorialTitleRow
from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.editing.operations import (
    UNPUBLISH,
    Answer,
    change,
    create,
    done,
    editor,
    give_media,
    later,
    published,
    publisher,
    release,
)
from tests.editing.test_playables import playables, save
from tests.queries import check_statements
from tests.requests import NOW, make_request, make_viewer
from tests.served import Front

LIST = """query ($state: PublicationState, $words: String, $first: Int, $after: String) {
  editorialTitles(state: $state, query: $words, first: $first, after: $after) {
    edges { cursor node { id slug state } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
PARTS = """query ($id: ID!, $season: Int, $first: Int, $after: String) { editorialTitle(id: $id) {
  playables(season: $season, first: $first, after: $after) {
    edges { node { kind season number runtimeMs } } pageInfo { hasNextPage endCursor } } } }"""


async def found(front: Front, **given: Any) -> list[str]:
    edges = (await front.data(LIST, editor(front), **given))["editorialTitles"]["edges"]
    return [edge["node"]["slug"] for edge in edges]


async def in_every_state(front: Front) -> None:
    """Titles named by their states; the live one has a draft besides."""
    token = publisher(front)
    await create(front, token, name="Draft")
    waiting = await create(front, token, name="Scheduled")
    await give_media(front, waiting["id"])
    await release(front, token, waiting, later(hours=1))
    await change(front, token, await published(front, name="Published"), releaseYear=1930)
    await done(front, token, UNPUBLISH, id=(await published(front, name="Unpublished"))["id"])


async def test_all_are_there_the_newest_first_and_by_their_state(front: Front) -> None:
    await in_every_state(front)
    assert await found(front) == ["unpublished", "published", "scheduled", "draft"]
    for state in PublicationState:
        assert await found(front, state=state.value) == [state.value.lower()]
        assert await found(front, state=state.value, words="ed") == [state.value.lower()] * (state.value != "DRAFT")


NAMES = [
    {"language": "de", "name": "Die Straße nach Łódź"},
    {"language": "fr", "name": "L'Été à 100% ou 50_50"},
    {"language": "ja", "name": "東京物語"},
]
FINDING = [
    *("straße", "STRASSE", "lodz", "trass", "ete", "ÉTÉ A", "  été ", "京物", "100%", "１００％", "0_5", "0＿5", "%"),
    *("t0017136", "a-slug-of", "A-SLUG"),
]
NOT_FINDING = ["1%0", "1％0", "0%5", "50-50", "t001713", "\\", "\0", "nothing"]


@pytest.mark.parametrize("live", [False, True])
async def test_a_title_is_found_by_any_of_its_names(front: Front, live: bool) -> None:
    own = {"slug": "a-slug-of-its-own", "externalIds": [{"source": "imdb", "value": "t0017136"}], "texts": NAMES}
    film = await create(front, editor(front), language="de", **own)
    if live:
        await give_media(front, film["id"])
        await release(front, publisher(front), film)
    await create(front, editor(front), name="Other")
    for query in FINDING:
        assert await found(front, words=query) == ["a-slug-of-its-own"], query
    for query in NOT_FINDING:
        assert await found(front, words=query) == [], query
    for blank in ("", " \n", None):
        assert await found(front, words=blank) == ["other", "a-slug-of-its-own"]


async def test_a_live_title_is_found_by_what_viewers_see_and_by_what_is_drafted(front: Front) -> None:
    ids = [{"source": "imdb", "value": "t1"}], [{"source": "imdb", "value": "t2"}]
    film = await published(front, slug="old-slug", externalIds=ids[0])
    new = {"texts": [{"language": "en", "name": "Renamed"}], "slug": "new-slug", "externalIds": ids[1]}
    await change(front, editor(front), film, **new)
    for query in ("metropolis", "renamed", "old-slug", "new-slug", "t1", "t2"):
        assert await found(front, words=query) == ["new-slug"], query


async def test_pages_are_stable_while_titles_come(front: Front) -> None:
    made = [(await create(front, editor(front), name=f"Film {n}"))["slug"] for n in range(5)]
    seen: list[str] = []
    page: Answer = {"hasNextPage": True, "endCursor": None}
    while page["hasNextPage"]:
        answer = await front.data(LIST, editor(front), first=2, after=page["endCursor"], words="film")
        seen += [edge["node"]["slug"] for edge in answer["editorialTitles"]["edges"]]
        page = answer["editorialTitles"]["pageInfo"]
        assert page["hasPreviousPage"] is (len(seen) > 2)
        await create(front, editor(front), name="Film that came later")
    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"first": 0}, "`first`"),
        ({"first": -1}, "`first`"),
        ({"first": 1000}, "`first`"),
        ({"after": "forged"}, "`after`"),
        ({"after": "WyJlZGl0b3JpYWwgdGl0bGVzIiwxXQ"}, "`after`"),
        ({"words": "x" * 201}, "`query`"),
    ],
)
async def test_what_is_no_page_is_said_to_be_none(front: Front, given: dict[str, Any], named: str) -> None:
    film = await create(front, editor(front))
    (error,) = (await front.ask(LIST, editor(front), **given))["errors"]
    assert (error["extensions"]["code"], named in error["message"]) == ("BAD_USER_INPUT", True)
    if "words" not in given:
        (error,) = (await front.ask(PARTS, editor(front), id=film["id"], **given))["errors"]
        assert (error["extensions"]["code"], named in error["message"]) == ("BAD_USER_INPUT", True)


async def parts_of(front: Front, title: Answer, **given: Any) -> tuple[list[Any], Answer]:
    connection = (await front.data(PARTS, editor(front), id=title["id"], **given))["editorialTitle"]["playables"]
    nodes = [edge["node"] for edge in connection["edges"]]
    return [(node["kind"][0], node["season"], node["number"], node["runtimeMs"]) for node in nodes], connection[
        "pageInfo"
    ]


async def test_what_plays_of_a_series_comes_in_its_order_with_its_length(front: Front) -> None:
    series = await create(front, editor(front), "SERIES", status="AIRING")
    series = await save(front, series, kind="TRAILER")
    for season, number in [(2, 1), (1, 2), (0, 1), (1, 1)]:
        series = await save(front, series, kind="EPISODE", season=season, number=number)
    nodes = playables(series)
    await give_media(front, nodes[1]["id"])
    await give_media(front, nodes[2]["id"], MediaAssetStatus.PROCESSING)
    parts = [("E", 0, 1, None), ("E", 1, 1, 600_000), ("E", 1, 2, None), ("E", 2, 1, None), ("T", None, None, None)]
    assert (await parts_of(front, series))[0] == parts
    assert (await parts_of(front, series, season=1))[0] == parts[1:3]
    assert (await parts_of(front, series, season=7))[0] == []
    first, page = await parts_of(front, series, first=2)
    series = await save(front, series, kind="EPISODE", season=0, number=9)
    rest, last = await parts_of(front, series, after=page["endCursor"])
    assert (first + rest, page["hasNextPage"], last["hasNextPage"]) == (parts, True, False)
    await release(front, publisher(front), series)
    assert ("E", 1, 1, 600_000) in (await parts_of(front, series))[0]


async def test_people_and_genres_are_there_that_no_viewer_may_know_of(front: Front, shelf: Shelf) -> None:
    genre = shelf.genre("noir", en="Noir", de="Schwarze Serie")
    await shelf.store(front.resources)
    credits = [{"personName": "Brigitte Helm", "role": "ACTOR", "character": "Maria"}]
    film = await create(front, editor(front), credits=credits, genreIds=[str(genre.id)])
    query = """query ($id: ID!) { editorialTitle(id: $id) { genres { name }
      credits { role character person { name titles { edges { node { id } } } } } } }"""
    body = {"query": query, "variables": {"id": film["id"]}}
    headers = {"authorization": f"Bearer {editor(front)}", "accept-language": "de"}
    answer = (await front.client.post("/graphql", json=body, headers=headers)).json()
    helm = {"name": "Brigitte Helm", "titles": {"edges": []}}
    assert answer["data"]["editorialTitle"] == {
        "genres": [{"name": "Schwarze Serie"}],
        "credits": [{"role": "ACTOR", "character": "Maria", "person": helm}],
    }
    person = film["credits"][0]["person"]["id"]
    assert (await front.data("query ($id: ID!) { person(id: $id) { id } }", id=person))["person"] is None


EDITED = [
    "texts { name } windows { from } ratings { code } externalIds { value } slug state publishAt",
    "genres { name }",
    "credits { person { name } }",
    "artwork { kind url alt }",
    "playables { edges { node { id kind runtimeMs texts { name } markers { startMs } } } }",
    "problems { code }",
    """preview(country: "US") { name synopsis maturity { code } badges availability { from }
      artwork(kind: POSTER) { url } }""",
]


async def fill(resources: Resources, shelf: Shelf, live: bool) -> None:
    """Three series with something in every field."""
    genre, people = shelf.genre(f"genre-{new_id()}"), [shelf.person(f"Somebody {n}") for n in range(2)]
    await shelf.store(resources)
    titles = [edited(genre.id, [person.id for person in people]) for _ in range(3)]
    request = make_request(resources)
    async with resources.database.write("catalog") as db:
        for title in titles:
            await insert_title(db, request, title)
            pictured = {"owner_id": title.id, "kind": ArtworkKind.POSTER, "object_key": "x", "alt": "A poster"}
            await db.execute(insert(Artwork).values(id=new_id(), width=6, height=9, **pictured))
            made = {"status": MediaAssetStatus.READY, "duration_ms": 1, "created_at": NOW, "progress": 1, "attempts": 0}
            made |= {"filename": "a", "source_key": "a", "purpose": "VIDEO"}
            await db.execute(
                insert(MediaAsset), [made | {"id": new_id(), "target_id": x.id} for x in title.document.playables]
            )
        if live:
            await release_rows(db, {title.id: (title.document, 1) for title in titles}, NOW)


def edited(genre_id: UUID, people: Sequence[UUID]) -> EditorialTitleRow:
    id_ = new_id()
    document = TitleDocument(
        TitleKind.SERIES,
        f"t-{id_}",
        "en",
        texts=(TextEntry("en", "A name", "One. Two."),),
        genres=(genre_id,),
        credits=tuple(CreditEntry(person, CreditRole.ACTOR) for person in people),
        windows=(WindowEntry(("US",), NOW),),
        ratings=(RatingEntry("US", "TV-14", 14, "TV"),),
        seasons=(SeasonEntry(1, new_id(), {}),),
        playables=tuple(PlayableEntry(new_id(), PlayableKind.EPISODE, 1, n, (TextEntry("en", "E"),)) for n in (1, 2)),
    )
    return EditorialTitleRow(id_, PublicationState.DRAFT, 1, None, None, None, document)


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("field", EDITED)
async def test_a_field_takes_as_many_statements_for_many_titles(
    resources: Resources, shelf: Shelf, field: str, live: bool
) -> None:
    def editing() -> Request:
        return make_request(resources, make_viewer(scopes=frozenset({"catalog:edit"})))

    async def more() -> None:
        await fill(resources, shelf, live)

    await more()
    query = f'{{ editorialTitles(query: "name") {{ edges {{ node {{ id {field} }} }} }} }}'
    statements = await check_statements(schema, editing, query, more)
    assert len(statements) <= (15 if live else 4)
