"""What a viewer may not see does not exist, on whatever path: random catalogues against an oracle of ten lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from models.catalog import PublicationState, Title
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask
from tests.requests import NOW, make_request, make_viewer

HOUR = timedelta(hours=1)
COUNTRIES = ["US", "DE"]
PATHS = """query($slug: String, $id: ID!, $collection: String, $person: ID!, $given: [_Any!]!) {
  bySlug: title(slug: $slug) { id } byId: title(id: $id) { id } playable(id: $id) { id }
  titles(sort: NAME) { edges { node { id } } }
  search(query: "moonrise") { edges { node { ... on Movie { id } ... on Person { person: id } } } totalCount
    facets { field buckets { count } } didYouMean }
  suggest(prefix: "moon") { hit { ... on Movie { id } } }
  people: search(query: "georges") { totalCount didYouMean }
  collection(slug: $collection) { titles { edges { node { id } } } } collections { slug } genres { slug }
  person(id: $person) { titles { edges { node { id } } } }
  _entities(representations: $given) { ... on Movie { id } ... on Trailer { id title { id } } }
}"""


@dataclass(frozen=True)
class World:
    """One film, and who asks for it when: windows are (country, opens, closes) in hours from now."""

    state: PublicationState
    windows: tuple[tuple[str, int, int | None], ...]
    ages: tuple[tuple[str, int], ...]
    country: str
    age: int | None
    at: int


def exists(world: World) -> bool:
    """The oracle: published, rated for the viewer's age, and in a window of the country that has not closed."""
    age = dict(world.ages).get(world.country)
    if world.state is not PublicationState.PUBLISHED or age is None:
        return False
    if world.age is not None and age > world.age:
        return False
    closing = [closes for country, _, closes in world.windows if country == world.country]
    return any(closes is None or closes > world.at for closes in closing)


hours = st.integers(-3, 3)
windows = st.tuples(st.sampled_from(COUNTRIES), hours, st.none() | st.integers(1, 4)).map(
    lambda window: (window[0], window[1], None if window[2] is None else window[1] + window[2])
)
worlds = st.builds(
    World,
    state=st.sampled_from([PublicationState.PUBLISHED] * 3 + list(PublicationState)),
    windows=st.lists(windows, min_size=1, max_size=3).map(tuple),
    ages=st.dictionaries(st.sampled_from(COUNTRIES), st.sampled_from([0, 12, 16])).map(
        lambda ages: tuple(ages.items())
    ),
    country=st.sampled_from(COUNTRIES),
    age=st.none() | st.sampled_from([0, 11, 12, 15, 16, 99]),
    at=hours,
)


def instant(hour: int) -> datetime:
    return NOW + hour * HOUR


async def put_up(world: World, resources: Resources) -> tuple[Title, Any, Any]:
    """Empties the catalogue and stores the world's one film."""
    async with resources.database.write("catalog") as session:
        for table in ("collection", "title", "person", "genre", "published_title", "published_window"):
            await session.execute(text(f"delete from catalog.{table}"))
    shelf = Shelf()
    opened = [([c], instant(opens), None if closes is None else instant(closes)) for c, opens, closes in world.windows]
    film = shelf.movie(
        "film", texts={"en": "Moonrise"}, windows=opened, ages=dict(world.ages), state=world.state, year=1902
    )
    person, trailer = shelf.person("Georges", film), shelf.trailer(film)
    shelf.collection("list", film)
    shelf.genre("genre", film)
    await shelf.store(resources)
    return film, person, trailer


def seen(found: dict[str, Any]) -> dict[str, bool]:
    """Whether each path shows anything of the film."""
    search, people = found["search"], found["people"]
    return {
        "slug": found["bySlug"] is not None,
        "id": found["byId"] is not None,
        "playable": found["playable"] is not None,
        "titles": found["titles"]["edges"] != [],
        "search": search["edges"] != [],
        "count": search["totalCount"] != 0,
        "facets": any(facet["buckets"] for facet in search["facets"]),
        "suggest": found["suggest"] != [],
        "people": people["totalCount"] != 0,
        "collection": found["collection"] is not None and found["collection"]["titles"]["edges"] != [],
        "collections": found["collections"] != [],
        "genres": found["genres"] != [],
        "person": found["person"] is not None and found["person"]["titles"]["edges"] != [],
        "entity": found["_entities"][0] is not None,
        "trailer": found["_entities"][1] is not None,
    }


FOR_ALL = ((("US", 0),), "US", None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds)
@example(World(PublicationState.PUBLISHED, (("US", -1, 1),), *FOR_ALL, at=-1))
@example(World(PublicationState.PUBLISHED, (("US", -1, 1),), *FOR_ALL, at=1))
@example(World(PublicationState.PUBLISHED, (("US", -1, 1), ("US", 1, 2)), *FOR_ALL, at=1))
@example(World(PublicationState.PUBLISHED, (("DE", -1, None), ("US", -2, -1)), *FOR_ALL, at=0))
@example(World(PublicationState.PUBLISHED, (("US", -1, None),), (("US", 12),), "US", 11, at=0))
@example(World(PublicationState.PUBLISHED, (("US", -1, None),), (("US", 12),), "US", 12, at=0))
@example(World(PublicationState.UNPUBLISHED, (("US", -1, None),), *FOR_ALL, at=0))
async def test_every_path_agrees_with_the_oracle(resources: Resources, world: World) -> None:
    film, person, trailer = await put_up(world, resources)
    now = instant(world.at)
    viewer = None if world.age is None else make_viewer(maximum_age=world.age)
    found = await ask(
        schema,
        make_request(resources, viewer, country=world.country, now=now),
        PATHS,
        slug="film",
        id=str(film.id),
        collection="list",
        person=str(person.id),
        given=[{"__typename": "Movie", "id": str(film.id)}, {"__typename": "Trailer", "id": str(trailer.id)}],
    )
    visible = exists(world)
    assert seen(found) == dict.fromkeys(seen(found), visible)
    if not visible:
        assert (found["search"]["didYouMean"], found["people"]["didYouMean"]) == (None, None)


async def test_the_very_second_a_window_opens_and_closes(resources: Resources) -> None:
    world = World(PublicationState.PUBLISHED, (("US", -1, 1),), *FOR_ALL, at=0)
    await put_up(world, resources)
    states = []
    for now in (instant(-1) - timedelta(seconds=1), instant(-1), instant(1) - timedelta(seconds=1), instant(1)):
        title = await ask(
            schema, make_request(resources, now=now), '{ title(slug: "film") { availability { state } } }'
        )
        states.append(title["title"] and title["title"]["availability"]["state"])
    assert states == ["COMING_SOON", "AVAILABLE", "AVAILABLE", None]
