"""What a viewer may not see does not exist, on whatever path: random catalogues against an oracle of ten lines."""

import os
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.catalog import PublicationState
from runtime.resources import Resources
from schema.catalog import schema
from schema.viewing import schema as viewing
from tests.catalog.worlds import (
    MICROSECOND,
    Asker,
    Shown,
    Stock,
    World,
    askers,
    exists,
    instant,
    is_for,
    plays,
    put_up,
    shown,
)
from tests.queries import ask, codes
from tests.requests import make_request

EXAMPLES = 400 if os.environ.get("MARQUEE_SOAK") == "1" else 25
KEYED = ("Movie", "Series", "Episode", "Trailer")
SORTS = ("POPULARITY", "RELEASE_DATE", "NAME", "ADDED", "LEAVING_SOON")
IDS = "edges { node { id } }"
PATHS = f"""query($given: [_Any!]!, $everybody: ID!) {{
  {" ".join(f"{sort}: titles(sort: {sort}) {{ {IDS} }}" for sort in SORTS)}
  films: titles(filter: {{kinds: [MOVIE]}}) {{ {IDS} }}
  soon: titles(filter: {{state: COMING_SOON}}) {{ {IDS} }}
  open: titles(filter: {{state: AVAILABLE}}) {{ edges {{ node {{ id availability {{ state }} }} }} }}
  search(query: "moonrise", first: 50) {{ edges {{ node {{ ... on Title {{ id }} }} }} totalCount didYouMean
    facets {{ field buckets {{ value count }} }} }}
  mistyped: search(query: "monrise", first: 50) {{ edges {{ node {{ ... on Title {{ id }} }} }} totalCount }}
  by: search(query: "georges", first: 50) {{
    edges {{ node {{ ... on Title {{ id }} ... on Person {{ person: id }} }} }} }}
  suggest(prefix: "moon") {{ hit {{ ... on Title {{ id }} }} }}
  suggestPeople: suggest(prefix: "geor") {{ hit {{ ... on Person {{ person: id }} }} }}
  collections {{ slug titles {{ {IDS} }} }}
  genres {{ slug }}
  person(id: $everybody) {{ titles {{ {IDS} }} }}
  directed: titles(filter: {{personId: $everybody}}) {{ {IDS} }}
  _entities(representations: $given) {{ ... on Movie {{ id }} ... on Trailer {{ id title {{ id }} }}
    ... on Series {{ id seasons {{ number series {{ id }} episodes {{ {IDS} }} }} }}
    ... on Episode {{ id series {{ id }} season {{ series {{ id }} }} }} }} }}"""
ONE = """query($id: ID!, $slug: String!, $playable: ID!, $trailer: ID!, $person: ID!) {
  byId: title(id: $id) { id trailers { id } credits { edges { node { person { id } } } } genres { slug } }
  bySlug: title(slug: $slug) { id }
  playable(id: $playable) { id title { id } } trailer: playable(id: $trailer) { id title { id } }
  person(id: $person) { titles { edges { node { id } } } }
  made: titles(filter: {personId: $person}) { edges { node { id } } } }"""
GENRE = "query($genre: ID!) { titles(filter: {genres: [$genre]}) { edges { node { id } } } }"
CHANGES = "{ titleChanges { edges { node { titleId title { id } } } } }"
REFERENCES = """query($given: [_Any!]!) { _entities(representations: $given) {
  ... on Movie { id } ... on Series { id } ... on Episode { id } ... on Trailer { id } } }"""


def nodes(connection: Any) -> set[str]:
    """The ids of a connection's titles."""
    return {edge["node"]["id"] for edge in connection["edges"] if edge["node"] and "id" in edge["node"]}


def ids_of(stock: Iterable[Stock]) -> set[str]:
    return {str(of.id) for of in stock}


def people(hits: list[Any]) -> set[str]:
    return {hit["person"] for hit in hits if "person" in hit}


def representations(stock: list[Stock]) -> list[dict[str, str]]:
    """Each id as if it were of each type."""
    return [{"__typename": name, "id": id_} for id_ in everything(stock) for name in KEYED]


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
    world = await put_up(titles, resources)
    stock = dict(zip((of.id for of in world.stock), titles, strict=True))
    there = [of for of in world.stock if exists(stock[of.id], asker)]
    given = representations(world.stock)
    found = await ask(schema, asker.request(resources), PATHS, given=given, everybody=str(world.everybody))
    check_titles(found, there, [of for of in there if plays(stock[of.id], asker)])
    check_search(found, there, world)
    check_entities(found["_entities"], there)
    referred = await ask(viewing, asker.request(resources), REFERENCES, given=given)
    assert {entity["id"] for entity in referred["_entities"] if entity} == everything(there)
    await check_genre(resources, asker, world, there)
    await check_changes(resources, asker, there, [of for of in world.stock if is_for(stock[of.id], asker)])
    for of in world.stock:
        check_one(await ask(schema, asker.request(resources), ONE, **about(of)), of, of in there, world)


def check_titles(found: dict[str, Any], there: list[Stock], play: list[Stock]) -> None:
    ids = ids_of(there)
    for path in (*SORTS, "directed"):
        assert nodes(found[path]) == ids, path
    assert nodes(found["films"]) == ids_of(of for of in there if of.is_film)
    assert nodes(found["open"]) == ids_of(play)
    assert nodes(found["soon"]) == ids - ids_of(play)
    assert {edge["node"]["availability"]["state"] for edge in found["open"]["edges"]} <= {"AVAILABLE"}
    assert [nodes(collection["titles"]) for collection in found["collections"]] == ([ids] if ids else [])
    assert found["genres"] == ([{"slug": "genre"}] if ids else [])
    assert (nodes(found["person"]["titles"]) if ids else found["person"]) == (ids or None)


def check_search(found: dict[str, Any], there: list[Stock], world: World) -> None:
    ids, persons = ids_of(there), {str(of.person) for of in there}
    for search in ("search", "mistyped"):
        assert nodes(found[search]) == ids
        assert found[search]["totalCount"] == len(ids)
    assert found["search"]["didYouMean"] is None
    counted = {
        facet["field"]: {b["value"]: b["count"] for b in facet["buckets"]} for facet in found["search"]["facets"]
    }
    kinds = Counter("MOVIE" if of.is_film else "SERIES" for of in there)
    genres, decades = ({str(world.genre): len(ids)}, {"1950": len(ids)}) if ids else ({}, {})
    assert counted == {"KIND": kinds, "GENRE": genres, "DECADE": decades, "AUDIO_LANGUAGE": {}}
    assert nodes(found["by"]) == ids
    assert people([edge["node"] for edge in found["by"]["edges"]]) == persons
    assert {one["hit"]["id"] for one in found["suggest"]} == ids
    assert people([one["hit"] for one in found["suggestPeople"]]) == persons


def everything(there: list[Stock]) -> set[str]:
    """The keys that some entity has."""
    return {str(id_) for of in there for id_ in (of.id, of.playable, of.trailer)}


def check_entities(entities: list[Any], there: list[Stock]) -> None:
    """What is there is whole, and leads back to its title."""
    found = {entity["id"]: entity for entity in entities if entity}
    assert found.keys() == everything(there)
    for of in there:
        id_ = {"id": str(of.id)}
        assert found[str(of.trailer)]["title"] == id_
        if not of.is_film:
            (season,) = found[str(of.id)]["seasons"]
            assert (season["number"], season["series"], len(nodes(season["episodes"]))) == (1, id_, 2)
            assert str(of.playable) in nodes(season["episodes"])
            assert found[str(of.playable)] == {"id": str(of.playable), "series": id_, "season": {"series": id_}}


async def check_genre(resources: Resources, asker: Asker, world: World, there: list[Stock]) -> None:
    """A genre of titles that are all hidden is none."""
    genre = str(world.genre)
    if there:
        assert nodes((await ask(schema, asker.request(resources), GENRE, genre=genre))["titles"]) == ids_of(there)
    else:
        assert await codes(schema, asker.request(resources), GENRE, genre=genre) == ["BAD_USER_INPUT"]


async def check_changes(resources: Resources, asker: Asker, there: list[Stock], could: list[Stock]) -> None:
    """A partner who reads the feed for the first time knows what is there, and is told of nothing that never was."""
    request = asker.request(resources, frozenset({"catalog:feed"}))
    told = [edge["node"] for edge in (await ask(schema, request, CHANGES))["titleChanges"]["edges"]]
    assert {change["titleId"] for change in told if change["title"]} == ids_of(there)
    assert {change["titleId"] for change in told} <= ids_of(could)


def about(of: Stock) -> dict[str, str]:
    names = ("id", "slug", "playable", "trailer", "person")
    return {name: str(getattr(of, name)) for name in names}


def check_one(found: dict[str, Any], of: Stock, there: bool, world: World) -> None:
    """By its ids, the title is whole, or there is nothing of it."""
    if not there:
        nothing = {"byId": None, "bySlug": None, "playable": None, "trailer": None, "person": None}
        assert found == nothing | {"made": {"edges": []}}
        return
    assert found["byId"]["trailers"] == [{"id": str(of.trailer)}]
    credited = [edge["node"]["person"]["id"] for edge in found["byId"]["credits"]["edges"]]
    assert credited == [str(of.person), str(world.everybody)]
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
