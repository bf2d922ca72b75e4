"""Titles as viewers get them: every field of films, series, episodes and trailers."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from models.catalog import ArtworkKind, MediaAssetStatus
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask
from tests.requests import NOW, make_request, make_viewer

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TITLE = """
fragment T on Title {
  __typename id slug name originalName originalLanguage tagline releaseYear
  short: synopsis(length: SHORT) synopsis long: synopsis(length: LONG)
  genres { slug name } maturity { system code minimumAge advisories }
  artwork(kind: POSTER) { url width height blurhash alt } backdrop: artwork(kind: BACKDROP, width: 300) { url }
  credits(roles: [ACTOR], first: 5) {
    edges { node { person { name photo { url } } role character } cursor } pageInfo { hasNextPage } }
  availability { state from until } badges trailers { id name title { slug } } externalIds { source value }
}
fragment P on Playable {
  id name runtimeMs title { slug } maturity { code } artwork(kind: POSTER) { url }
  audioTracks { id language label channels descriptive } subtitleTracks { id language label kind }
  maxHeight markers { kind startMs endMs label }
}
"""


async def test_a_film_has_every_field(resources: Resources, shelf: Shelf) -> None:
    movie, _ = shelf.full("moon", shelf.asset())
    [poster] = [picture for picture in shelf.rows_of("Artwork") if picture.owner_id == movie.id]
    await shelf.store(resources)
    query = TITLE + "query($id: ID) { title(id: $id) { ...T ... on Movie { ...P } } }"
    film = (await ask(schema, make_request(resources), query, id=str(movie.id)))["title"]
    assert (film["__typename"], film["slug"], film["name"]) == ("Movie", "moon-film", "Moon Film")
    assert (film["short"], film["synopsis"], film["long"]) == ("One.", "One. Two.", "One. Two.")
    assert film["genres"] == [{"slug": "moon-genre", "name": "Moon-Genre"}]
    assert film["maturity"] == {"system": "S", "code": "0", "minimumAge": 0, "advisories": []}
    base = "http://127.0.0.1:8000/"
    assert film["artwork"]["url"].startswith(f"{base}artwork/{poster.id}/6/")
    assert film["backdrop"] is None
    [credit] = [edge["node"] for edge in film["credits"]["edges"]]
    assert (credit["person"]["name"], credit["role"], credit["character"]) == ("moon person", "ACTOR", "Self")
    assert credit["person"]["photo"]["url"].startswith(base)
    assert film["availability"] == {"state": "AVAILABLE", "from": "2025-04-27T12:00:00Z", "until": None}
    assert film["badges"] == []
    assert [(t["name"], t["title"]["slug"]) for t in film["trailers"]] == [("Trailer", "moon-film")]
    assert film["externalIds"] == [{"source": "wikidata", "value": "moon"}]
    assert film["title"] == {"slug": "moon-film"}
    assert (film["runtimeMs"], film["maxHeight"]) == (600_000, 1080)
    assert [track["language"] for track in film["audioTracks"]] == ["de", "en"]
    assert [(track["language"], track["kind"]) for track in film["subtitleTracks"]] == [("en", "CAPTIONS")]
    assert film["markers"] == [{"kind": "CREDITS", "startMs": 500_000, "endMs": 600_000, "label": None}]


async def test_a_series_has_every_field(resources: Resources, shelf: Shelf) -> None:
    shelf.full("mars", shelf.asset())
    await shelf.store(resources)
    query = (
        TITLE
        + """{ title(slug: "mars-series") { ...T ... on Series { status seasons {
        id number name series { slug } episodeCount
        episodes(first: 1) { pageInfo { hasNextPage } edges { cursor node { ...P number synopsis airDate
            season { number } series { slug } } } } } } } }"""
    )
    series = (await ask(schema, make_request(resources), query))["title"]
    assert (series["__typename"], series["status"]) == ("Series", "ENDED")
    [season] = series["seasons"]
    assert (season["number"], season["name"], season["episodeCount"]) == (1, "Season 1", 2)
    assert season["series"] == {"slug": "mars-series"}
    assert season["episodes"]["pageInfo"] == {"hasNextPage": True}
    [episode] = [edge["node"] for edge in season["episodes"]["edges"]]
    assert (episode["name"], episode["number"], episode["synopsis"]) == ("Part 1", 1, "It goes on.")
    assert episode["title"] == episode["series"] == {"slug": "mars-series"}
    assert episode["artwork"]["url"] == (series["artwork"])["url"]  # it has none of its own
    assert (episode["runtimeMs"], episode["audioTracks"]) == (None, [])


async def test_no_track_borrows_anothers_id(resources: Resources, shelf: Shelf) -> None:
    shelf.full("venus", shelf.asset())
    await shelf.store(resources)
    query = """{ title(slug: "venus-film") { ... on Movie { audioTracks { id } subtitleTracks { id } }
        trailers { audioTracks { id } subtitleTracks { id } } } }"""
    film = (await ask(schema, make_request(resources), query))["title"]
    tracks = [t["id"] for p in (film, *film["trailers"]) for t in p["audioTracks"] + p["subtitleTracks"]]
    assert len(set(tracks)) == len(tracks) == 6
    assert (await ask(schema, make_request(resources), query))["title"] == film


async def test_media_that_is_not_ready_shows_nothing(resources: Resources, shelf: Shelf) -> None:
    shelf.movie("early", asset=shelf.asset(MediaAssetStatus.PROCESSING))
    await shelf.store(resources)
    query = '{ title(slug: "early") { ... on Movie { runtimeMs maxHeight audioTracks { id } subtitleTracks { id } } } }'
    film = (await ask(schema, make_request(resources), query))["title"]
    assert film == {"runtimeMs": None, "maxHeight": None, "audioTracks": [], "subtitleTracks": []}


async def test_what_plays_is_found_by_its_id(resources: Resources, shelf: Shelf) -> None:
    movie = shelf.movie("a")
    series = shelf.series("b", episodes=1)
    trailer = shelf.trailer(series)
    await shelf.store(resources)
    [season] = (
        await ask(
            schema,
            make_request(resources),
            """{ title(slug: "b") { ... on Series {
        seasons { episodes { edges { node { id } } } } } } }""",
        )
    )["title"]["seasons"]
    episode = season["episodes"]["edges"][0]["node"]["id"]
    query = "query($id: ID!) { playable(id: $id) { __typename id } }"
    for id_, kind in ((movie.id, "Movie"), (episode, "Episode"), (trailer.id, "Trailer")):
        found = (await ask(schema, make_request(resources), query, id=str(id_)))["playable"]
        assert found == {"__typename": kind, "id": str(id_)}
    for id_ in (series.id, uuid4(), "no-id"):
        assert (await ask(schema, make_request(resources), query, id=str(id_)))["playable"] is None


async def test_entities_come_in_order_and_only_as_what_they_are(resources: Resources, shelf: Shelf) -> None:
    movie, series = shelf.full("x", shelf.asset())
    trailer = shelf.trailer(movie)
    hidden = shelf.movie("hidden", ages={"US": 18})
    await shelf.store(resources)
    asked = [("Series", series), ("Movie", movie), ("Movie", series), ("Movie", hidden), ("Trailer", trailer)]
    given = [{"__typename": name, "id": str(row.id)} for name, row in asked] + [{"__typename": "Movie", "id": "junk"}]
    query = """query($given: [_Any!]!) { _entities(representations: $given) {
        __typename ... on Title { name } ... on Playable { name } } }"""
    request = make_request(resources, make_viewer(maximum_age=16))
    found = (await ask(schema, request, query, given=given))["_entities"]
    assert [entity and entity["__typename"] for entity in found] == ["Series", "Movie", None, None, "Trailer", None]


def window(opens: float, closes: float | None) -> tuple[list[str], datetime, datetime | None]:
    """A window in the US, its ends in days from now."""
    return ["US"], NOW + opens * DAY, None if closes is None else NOW + closes * DAY


BADGES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, []),
    ({"added_at": NOW - 30 * DAY + SECOND}, ["NEW"]),
    ({"added_at": NOW - 30 * DAY}, []),
    ({"windows": [window(-29, None)]}, ["NEW"]),  # it was to come for long, and opened lately
    ({"windows": [window(-30, None)]}, []),
    ({"windows": [window(-90, -1), window(-1, None)]}, []),  # a licence renewed is nothing new
    ({"windows": [window(-90, -2), window(-1, None)]}, ["NEW"]),  # back after a gap
    ({"windows": [window(-90, 14)]}, ["LEAVING_SOON"]),
    ({"windows": [(["US"], NOW - 90 * DAY, NOW + 14 * DAY + SECOND)]}, []),
    ({"windows": [window(-90, 3), window(3, None)]}, []),
    ({"windows": [window(-90, 3), window(4, None)]}, ["LEAVING_SOON"]),
    ({"added_at": NOW, "windows": [(["US"], NOW + SECOND, None)]}, []),
    ({"aired": (NOW - 29 * DAY).date()}, ["NEW_EPISODES"]),
    ({"aired": (NOW - 30 * DAY).date()}, []),
    ({"aired": (NOW + DAY).date()}, []),
    ({"aired": NOW.date(), "added_at": NOW}, ["NEW"]),
    ({"aired": NOW.date(), "windows": [window(-90, 1)]}, ["NEW_EPISODES", "LEAVING_SOON"]),
]


@pytest.mark.parametrize(("options", "badges"), BADGES)
async def test_badges(resources: Resources, shelf: Shelf, options: dict[str, Any], badges: list[str]) -> None:
    shelf.series("s", **options)
    await shelf.store(resources)
    assert (await ask(schema, make_request(resources), '{ title(slug: "s") { badges } }'))["title"]["badges"] == badges


AVAILABLE: list[tuple[list[Any], tuple[str, int, int | None] | None]] = [
    ([window(-1, None)], ("AVAILABLE", -1, None)),
    ([window(1, 3)], ("COMING_SOON", 1, 3)),
    ([window(-1, 1), window(1, 2)], ("AVAILABLE", -1, 2)),  # they touch
    ([window(-1, 1), window(2, None)], ("AVAILABLE", -1, 1)),  # a gap
    ([window(-3, 9), window(-2, 2), window(1, 4)], ("AVAILABLE", -3, 9)),  # one within another
    ([window(-2, None), window(1, 2)], ("AVAILABLE", -2, None)),
    ([window(-3, -1), window(-1, 1)], ("AVAILABLE", -3, 1)),  # the first is over, but nothing was interrupted
    ([window(-3, -1), window(0, 1)], ("AVAILABLE", 0, 1)),
    ([window(-3, -1), window(1, 2), window(2, 3)], ("COMING_SOON", 1, 3)),
    ([window(-3, -2), window(-1, 0)], None),
]


@pytest.mark.parametrize(("windows", "expected"), AVAILABLE)
async def test_availability(
    resources: Resources, shelf: Shelf, windows: list[Any], expected: tuple[str, int, int | None] | None
) -> None:
    shelf.movie("m", windows=[*windows, (["DE"], NOW - 9 * DAY, None)])
    await shelf.store(resources)
    query = '{ title(slug: "m") { availability { state from until } } }'
    found = (await ask(schema, make_request(resources), query))["title"]
    if expected is None:
        assert found is None
        return
    state, *days = expected
    ends = [None if day is None else (NOW + day * DAY).isoformat().replace("+00:00", "Z") for day in days]
    assert found["availability"] == dict(zip(("state", "from", "until"), (state, *ends), strict=True))


async def test_pictures_come_in_the_best_language(resources: Resources, shelf: Shelf) -> None:
    movie = shelf.movie("m")
    posters = {tag: shelf.picture(movie.id, ArtworkKind.POSTER, tag) for tag in (None, "de", "en")}
    await shelf.store(resources)
    query = '{ title(slug: "m") { artwork(kind: POSTER) { url } } }'
    for languages, expected in ((("de-AT",), "de"), (("en",), "en"), (("fr",), None)):
        film = (await ask(schema, make_request(resources, languages=languages), query))["title"]
        assert f"/artwork/{posters[expected].id}/" in film["artwork"]["url"]
