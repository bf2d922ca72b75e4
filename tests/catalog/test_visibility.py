"""What a viewer may not see does not exist, on whatever path: random catalogues against an oracle of ten lines."""

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.catalog import PublicationState
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask
from tests.requests import NOW, make_request, make_viewer

EXAMPLES = 400 if os.environ.get("MARQUEE_SOAK") == "1" else 25
HOUR, MICROSECOND = timedelta(hours=1), timedelta(microseconds=1)
COUNTRIES = ["US", "DE"]
KEYED = ("Movie", "Series", "Episode", "Trailer")
PATHS = """query($given: [_Any!]!) {
  titles(sort: NAME) { edges { node { id } } }
  films: titles(filter: {kinds: [MOVIE]}) { edges { node { id } } }
  search(query: "moonrise", first: 50) { edges { node { ... on Title { id } } } totalCount didYouMean
    facets { field buckets { value count } } }
  mistyped: search(query: "monrise", first: 50) { edges { node { ... on Title { id } } } totalCount }
  by: search(query: "georges", first: 50) { edges { node { ... on Title { id } ... on Person { person: id } } } }
  suggest(prefix: "moon") { hit { ... on Title { id } } }
  suggestPeople: suggest(prefix: "geor") { hit { ... on Person { person: id } } }
  collections { slug titles { edges { node { id } } } }
  genres { slug }
  _entities(representations: $given) { ... on Movie { id } ... on Series { id seasons { episodes { edges { node {
    id } } } } } ... on Episode { id series { id } season { number } } ... on Trailer { id title { id } } } }"""
ONE = """query($id: ID!, $slug: String!, $playable: ID!, $trailer: ID!, $person: ID!, $personId: ID) {
  byId: title(id: $id) { id trailers { id } credits { edges { node { person { id } } } } genres { slug } }
  bySlug: title(slug: $slug) { id }
  playable(id: $playable) { id title { id } } trailer: playable(id: $trailer) { id title { id } }
  person(id: $person) { titles { edges { node { id } } } }
  made: titles(filter: {personId: $personId}) { edges { node { id } } } }"""


@dataclass(frozen=True)
class Shown:
    """A title: windows are (country, opens, closes) in hours from now, ages by country."""

    state: PublicationState
    windows: tuple[tuple[str, int, int | None], ...]
    ages: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Asker:
    """Who asks, and when: hours from now, or a microsecond before or after. Without an age it is nobody signed in."""

    country: str
    age: int | None
    at: int
    off: int = 0

    @property
    def now(self) -> datetime:
        return instant(self.at) + self.off * MICROSECOND


def exists(title: Shown, asker: Asker) -> bool:
    """The oracle: published, rated for the viewer's age, and in a window of the country that has not closed."""
    age = dict(title.ages).get(asker.country)
    if title.state is not PublicationState.PUBLISHED or age is None:
        return False
    if asker.age is not None and age > asker.age:
        return False
    closing = [closes for country, _, closes in title.windows if country == asker.country]
    return any(closes is None or instant(closes) > asker.now for closes in closing)


def instant(hour: int) -> datetime:
    return NOW + hour * HOUR


hours = st.integers(-3, 3)
windows = st.tuples(st.sampled_from(COUNTRIES), hours, st.none() | st.integers(1, 4)).map(
    lambda window: (window[0], window[1], None if window[2] is None else window[1] + window[2])
)
shown = st.builds(
    Shown,
    state=st.sampled_from([PublicationState.PUBLISHED] * 4 + list(PublicationState)),
    windows=st.lists(windows, min_size=1, max_size=3).map(tuple),
    ages=st.dictionaries(st.sampled_from(COUNTRIES), st.sampled_from([0, 12, 16])).map(lambda a: tuple(a.items())),
)
askers = st.builds(
    Asker,
    country=st.sampled_from(COUNTRIES),
    age=st.none() | st.sampled_from([0, 11, 12, 15, 16, 99]),
    at=hours,
    off=st.sampled_from([0, 0, -1, 1]),
)


@dataclass
class Stock:
    """The ids of a title and of what belongs to it alone. Genre and collection are shared by all titles."""

    id: UUID
    slug: str
    playable: UUID
    trailer: UUID
    person: UUID


async def put_up(titles: tuple[Shown, ...], resources: Resources) -> list[Stock]:
    """Empties the catalogue and stores the titles: films, but for every third, which is a series."""
    async with resources.database.write("catalog") as session:
        for table in ("collection", "title", "person", "genre", "published_title", "published_window", "title_change"):
            await session.execute(text(f"delete from catalog.{table}"))
        for table in ("search_name", "search_text", "search_word", "title_shown", "published_playable"):
            await session.execute(text(f"delete from catalog.{table}"))
    shelf, made, stock = Shelf(), [], []
    for n, title in enumerate(titles):
        opened = [([c], instant(a), None if b is None else instant(b)) for c, a, b in title.windows]
        add = shelf.series if n % 3 == 2 else shelf.movie
        row = add(f"title-{n}", texts={"en": f"Moonrise {n}"}, windows=opened, ages=dict(title.ages), state=title.state)
        (playable, *_) = [playable for playable in shelf.rows_of("Playable") if playable.title_id == row.id]
        person, trailer = shelf.person(f"Georges {n}", row), shelf.trailer(row)
        stock.append(Stock(row.id, row.slug, playable.id, trailer.id, person.id))
        made.append(row)
    shelf.collection("list", *made)
    shelf.genre("genre", *made)
    await shelf.store(resources)
    return stock


def nodes(connection: Any) -> set[str]:
    """The ids of a connection's titles."""
    return {edge["node"]["id"] for edge in connection["edges"] if edge["node"] and "id" in edge["node"]}


def people(hits: list[Any]) -> set[str]:
    return {hit["person"] for hit in hits if "person" in hit}


def representations(stock: list[Stock]) -> list[dict[str, str]]:
    ids = [(of, id_) for of in stock for id_ in (of.id, of.playable, of.trailer)]
    return [{"__typename": name, "id": str(id_)} for _, id_ in ids for name in KEYED]


ALWAYS = ((("US", -1, None),), (("US", 0),))
PUBLIC, HIDDEN = PublicationState.PUBLISHED, PublicationState.UNPUBLISHED


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(titles=st.lists(shown, min_size=1, max_size=4).map(tuple), asker=askers)
@example((Shown(PUBLIC, (("US", -1, 1),), ALWAYS[1]), Shown(PUBLIC, *ALWAYS)), Asker("US", None, -1))
@example((Shown(PUBLIC, (("US", -1, 1),), ALWAYS[1]), Shown(PUBLIC, *ALWAYS)), Asker("US", None, 1, -1))
@example((Shown(PUBLIC, (("US", -1, 1),), ALWAYS[1]), Shown(PUBLIC, *ALWAYS)), Asker("US", None, 1))
@example((Shown(PUBLIC, (("US", -1, 1), ("US", 1, 2)), ALWAYS[1]),), Asker("US", None, 1))
@example((Shown(PUBLIC, (("DE", -1, None), ("US", -2, -1)), ALWAYS[1]),), Asker("US", None, 0))
@example((Shown(PUBLIC, ALWAYS[0], (("US", 12),)), Shown(PUBLIC, *ALWAYS)), Asker("US", 11, 0))
@example((Shown(PUBLIC, ALWAYS[0], (("US", 12),)), Shown(PUBLIC, *ALWAYS)), Asker("US", 12, 0))
@example((Shown(HIDDEN, *ALWAYS), Shown(PUBLIC, *ALWAYS), Shown(HIDDEN, *ALWAYS)), Asker("US", None, 0))
async def test_every_path_agrees_with_the_oracle(resources: Resources, titles: tuple[Shown, ...], asker: Asker) -> None:
    stock = await put_up(titles, resources)
    viewer = None if asker.age is None else make_viewer(maximum_age=asker.age)
    there = [of for of, title in zip(stock, titles, strict=True) if exists(title, asker)]

    def request() -> Any:
        return make_request(resources, viewer, country=asker.country, now=asker.now)

    found = await ask(schema, request(), PATHS, given=representations(stock))
    check_lists(found, there, stock)
    for of in stock:
        one = await ask(
            schema,
            request(),
            ONE,
            id=str(of.id),
            slug=of.slug,
            playable=str(of.playable),
            trailer=str(of.trailer),
            person=str(of.person),
            personId=str(of.person),
        )
        check_one(one, of, of in there)


def check_lists(found: dict[str, Any], there: list[Stock], stock: list[Stock]) -> None:
    ids, persons = {str(of.id) for of in there}, {str(of.person) for of in there}
    films = {str(of.id) for of in there if of.playable == of.id}
    assert nodes(found["titles"]) == ids
    assert nodes(found["films"]) == films
    for search in ("search", "mistyped"):
        assert nodes(found[search]) == ids
        assert found[search]["totalCount"] == len(ids)
    assert found["search"]["didYouMean"] is None
    assert all(bucket["count"] <= len(ids) for facet in found["search"]["facets"] for bucket in facet["buckets"])
    (kinds,) = [facet["buckets"] for facet in found["search"]["facets"] if facet["field"] == "KIND"]
    assert sum(bucket["count"] for bucket in kinds) == len(ids)
    assert nodes(found["by"]) == ids
    assert people([edge["node"] for edge in found["by"]["edges"]]) == persons
    assert {one["hit"]["id"] for one in found["suggest"]} == ids
    assert people([one["hit"] for one in found["suggestPeople"]]) == persons
    assert [nodes(collection["titles"]) for collection in found["collections"]] == ([ids] if ids else [])
    assert [genre["slug"] for genre in found["genres"]] == (["genre"] if ids else [])
    entities = {entity["id"] for entity in found["_entities"] if entity}
    assert entities == {str(id_) for of in there for id_ in (of.id, of.playable, of.trailer)}


def check_one(found: dict[str, Any], of: Stock, there: bool) -> None:
    """By its ids, the title is whole, or there is nothing of it."""
    if not there:
        nothing = {"byId": None, "bySlug": None, "playable": None, "trailer": None, "person": None}
        assert found == nothing | {"made": {"edges": []}}
        return
    assert found["byId"]["trailers"] == [{"id": str(of.trailer)}]
    assert found["byId"]["credits"]["edges"] == [{"node": {"person": {"id": str(of.person)}}}]
    assert found["bySlug"] == {"id": str(of.id)}
    assert found["playable"] == {"id": str(of.playable), "title": {"id": str(of.id)}}
    assert found["trailer"] == {"id": str(of.trailer), "title": {"id": str(of.id)}}
    assert nodes(found["person"]["titles"]) == nodes(found["made"]) == {str(of.id)}


async def test_the_very_second_a_window_opens_and_closes(resources: Resources) -> None:
    await put_up((Shown(PUBLIC, (("US", -1, 1),), ALWAYS[1]),), resources)
    states = []
    second = timedelta(seconds=1)
    for now in (instant(-1) - second, instant(-1), instant(1) - second, instant(1) - MICROSECOND, instant(1)):
        title = await ask(
            schema, make_request(resources, now=now), '{ title(slug: "title-0") { availability { state } } }'
        )
        states.append(title["title"] and title["title"]["availability"]["state"])
    assert states == ["COMING_SOON", "AVAILABLE", "AVAILABLE", "AVAILABLE", None]
