"""What is suggested while somebody is typing."""

import pytest
from sqlalchemy import insert

from models.published import PublishedPopularity
from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.queries import ask, codes
from tests.requests import make_request, make_viewer

SUGGEST = "query($prefix: String!, $first: Int) { suggest(prefix: $prefix, first: $first) { text hit { __typename } } }"


async def suggested(request: Request, prefix: str, first: int | None = None) -> list[str]:
    return [one["text"] for one in (await ask(schema, request, SUGGEST, prefix=prefix, first=first))["suggest"]]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("metr", [("Metropolis", "Movie")]),
        ("lun", [("Le Voyage dans la Lune", "Movie")]),
        ("meli", [("Georges Méliès", "Person")]),
        ("ropolis", []),
        ("%", []),
        ("\0", []),
        (" ", []),
    ],
)
async def test_words_are_completed(library: Resources, prefix: str, expected: list[tuple[str, str]]) -> None:
    found = (await ask(schema, make_request(library), SUGGEST, prefix=prefix))["suggest"]
    assert [(s["text"], s["hit"]["__typename"]) for s in found] == expected


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("mettr", ["Metropolis"]),
        ("mtero", ["Metropolis"]),
        ("nosfratu", ["Nosferatu"]),
        ("moon tri", ["A Trip to the Moon"]),
        ("mono trpi", ["A Trip to the Moon"]),
        ("moo", ["Moonlight Patrol", "A Trip to the Moon"]),
        ("mo", ["Moonlight Patrol"]),
        ("m", ["Metropolis", "Moonlight Patrol", "Max Schreck"]),
        ("xyz", []),
    ],
)
async def test_errors_are_forgiven_and_words_may_come_in_any_order(
    library: Resources, prefix: str, expected: list[str]
) -> None:
    assert await suggested(make_request(library), prefix) == expected


async def test_a_prefix_has_200_characters_at_most(library: Resources) -> None:
    assert await codes(schema, make_request(library), SUGGEST, prefix="a" * 201) == ["BAD_USER_INPUT"]


async def test_one_error_is_nearer_than_two(resources: Resources, shelf: Shelf) -> None:
    for name in ("Scarlet", "Secret"):
        shelf.movie(name.lower(), texts={"en": name})
    await shelf.store(resources)
    assert await suggested(make_request(resources), "sceret") == ["Secret"]
    assert await suggested(make_request(resources), "scxret") == ["Secret", "Scarlet"]


async def test_the_most_watched_comes_first_and_of_equals_the_shortest(resources: Resources, shelf: Shelf) -> None:
    watched = shelf.movie("watched", texts={"en": "Moonrise over the Sea", "fr": "Moonrise sur la mer"})
    for name in ("Moonraker", "Moon"):
        shelf.movie(name.lower(), texts={"en": name})
    shelf.person("Moon Person", watched)
    await shelf.store(resources)
    async with resources.database.write("viewing") as db:
        await db.execute(insert(PublishedPopularity).values(title_id=watched.id, score=0.9))
    request = make_request(resources)
    found = await suggested(request, "moon")
    assert found == ["Moonrise sur la mer", "Moon", "Moonraker", "Moon Person"]
    assert await suggested(request, "moon", first=2) == found[:2]


async def test_those_that_do_not_exist_for_the_viewer_take_no_room(resources: Resources, shelf: Shelf) -> None:
    for n in range(30):
        shelf.person(f"Moon {n}", shelf.movie(f"moon-{n}", texts={"en": f"Moon {n}"}, ages={"US": 18}))
    shelf.person("Moonlit Person", shelf.movie("moon", texts={"en": "Moonlight over everybody"}))
    await shelf.store(resources)
    child = make_request(resources, make_viewer(maximum_age=12))
    assert await suggested(child, "moon", first=1) == ["Moonlight over everybody"]
    assert await suggested(child, "moon") == ["Moonlight over everybody", "Moonlit Person"]
    assert len(await suggested(make_request(resources), "moon", first=100)) == 62
