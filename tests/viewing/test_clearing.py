"""clearHistory: what is gone afterwards, and what goes on."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models.columns import new_id
from runtime.request import Request
from tests.requests import NOW
from tests.viewing.test_continuing import changed, episode
from tests.viewing.test_updates import listening, now, subscribed
from tests.viewing.world import ERRORS, MINUTE, World

CLEAR = f"""mutation ($id: ID, $all: Boolean! = false) {{
    answer: clearHistory(titleId: $id, all: $all) {{ cleared {ERRORS} }} }}"""
HISTORY = "history { edges { node { playable { id } watchedMs } } }"


def at(world: World, minutes: int) -> Request:
    return world.request(now=NOW + timedelta(minutes=minutes))


async def clear(world: World, request: Request | None = None, **given: Any) -> Any:
    return (await world.ask(CLEAR, request, **given))["answer"]


async def watched(world: World, playable: Any, minutes: int = 50, start: int = 0) -> None:
    """Plays for so long, as the clock goes."""
    session = await world.play(playable, at(world, start))
    await world.stop(session, minutes * MINUTE, at(world, start + minutes))


async def history(world: World, request: Request | None = None) -> list[str]:
    edges = (await world.of_profile(HISTORY, request))["history"]["edges"]
    return [edge["node"]["playable"]["id"] for edge in edges]


async def test_a_titles_history_is_cleared_and_the_others_stay(world: World) -> None:
    series, movie = await world.series(episodes=3), await world.movie()
    first, second, _ = world.episodes[series]
    await watched(world, first, 95)
    await watched(world, second, start=100)
    await watched(world, movie, start=200)
    assert await clear(world, id=str(series)) == {"cleared": 2, "userErrors": []}
    assert await history(world) == [str(movie)]
    assert await world.continuing() == [(str(movie), str(movie), "IN_PROGRESS")]
    assert (await world.entity("Episode", first, "progress { watched }"))["progress"] is None
    assert (await world.entity("Series", series, "upNext { id }"))["upNext"]["id"] == str(first)
    assert (await clear(world, id=str(series)))["cleared"] == 0


async def test_all_is_cleared_of_this_profile_alone_and_pushed(world: World) -> None:
    sibling, movies = new_id(), [await world.movie() for _ in range(2)]
    await world.profile(world.account_id, sibling)
    for movie in movies:
        await watched(world, movie)
    theirs = world.request(profile_id=sibling)
    await world.watch(movies[0], 50 * MINUTE, theirs)
    async with subscribed(now(world)) as stream:
        assert len((await stream.next())["snapshot"]) == 2
        waiting = asyncio.create_task(stream.next())
        await listening(world.resources.hub, world)
        assert await clear(world, all=True) == {"cleared": 2, "userErrors": []}
        assert [(await waiting)["kind"], (await stream.next())["kind"]] == ["REMOVE", "REMOVE"]
    assert (await history(world), await world.continuing()) == ([], [])
    assert len(await world.continuing(theirs)) == 1


async def test_what_still_plays_goes_on_as_if_it_had_just_begun(world: World) -> None:
    movie = await world.movie()
    session = await world.play(movie)
    await world.beat(session, 1, 20 * MINUTE, at(world, 20))
    assert (await clear(world, all=True))["cleared"] == 1
    assert await history(world) == []
    assert (await world.start(movie, idempotencyKey="other"))["resumeAtMs"] == 0
    heard = await world.beat(session, 2, 21 * MINUTE, at(world, 21))
    assert (heard["userErrors"], heard["command"]) == ([], None)
    assert heard["playable"]["progress"]["positionMs"] == 21 * MINUTE
    edges = (await world.of_profile(HISTORY))["history"]["edges"]
    assert [edge["node"]["watchedMs"] for edge in edges] == [2 * MINUTE], "as much as can be played in a minute"


async def test_a_series_that_was_cleared_is_not_revived(world: World) -> None:
    series = await world.series(episodes=1)
    await watched(world, world.episodes[series][0], 95)
    await clear(world, id=str(series))
    await episode(world, series, 2)
    await changed(world, series)
    assert await world.continuing() == []


async def test_what_has_become_invisible_can_still_be_cleared(world: World) -> None:
    movie = await world.movie(closes=NOW + timedelta(days=1))
    await watched(world, movie)
    later = world.request(now=NOW + timedelta(days=2))
    assert (await clear(world, later, id=str(movie)))["cleared"] == 1


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "TITLE_OR_ALL"),
        ({"id": "01a20da6-8504-74f3-9be6-147b8bf968d4", "all": True}, "TITLE_OR_ALL"),
        ({"id": "01a20da6-8504-74f3-9be6-147b8bf968d4"}, "NOT_FOUND"),
        ({"id": "nonsense"}, "NOT_FOUND"),
    ],
)
async def test_what_is_wrong_is_told_and_loses_nothing(world: World, given: dict[str, Any], code: str) -> None:
    movie = await world.movie()
    await watched(world, movie)
    answer = await clear(world, **given)
    assert answer["cleared"] == 0
    assert [(e["code"], e["path"]) for e in answer["userErrors"]] == [(code, ["titleId"])]
    assert await history(world) == [str(movie)]


async def test_a_profile_is_needed(world: World) -> None:
    answer = await clear(world, world.request(profile_id=None), all=True)
    assert (answer["cleared"], [e["code"] for e in answer["userErrors"]]) == (0, ["PROFILE_REQUIRED"])
