"""What continue-watching does when episodes come and go, and when a title was taken out of it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, update
from sqlmodel import col

from models.catalog import PlayableKind
from models.columns import new_id
from models.published import PublishedPlayable
from resolvers.viewing.following import TOGETHER, episodes_changed
from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.request import Request
from tests.requests import NOW
from tests.viewing.test_updates import listening, now, subscribed
from tests.viewing.world import ERRORS, MINUTE, World

REMOVE = f"mutation ($id: ID!) {{ answer: removeFromContinueWatching(titleId: $id) {{ removedId {ERRORS} }} }}"
MARK = f"""mutation ($id: ID!, $w: Boolean!) {{ answer: markWatched(playableId: $id, watched: $w) {{
    playable {{ id progress {{ positionMs watched playCount }} }} {ERRORS} }} }}"""
NOT_INTERESTED = f"""mutation ($id: ID!, $undo: Boolean! = false) {{
    answer: notInterested(titleId: $id, undo: $undo) {{ title {{ id }} {ERRORS} }} }}"""


def at(world: World, minutes: int) -> Request:
    return world.request(now=NOW + timedelta(minutes=minutes))


async def episode(world: World, series: UUID, number: int, ready: bool = True) -> UUID:
    return await world.playable(series, PlayableKind.EPISODE, number=number, ready=ready)


async def changed(world: World, series: UUID) -> None:
    await episodes_changed(world.resources, orjson.dumps({"titles": [str(series)]}))


async def finished(world: World, episodes: int = 2) -> UUID:
    """A series that the profile has watched to its end."""
    series = await world.series(episodes=episodes)
    for number, one in enumerate(world.episodes[series]):
        await world.watch(one, 95 * MINUTE, at(world, number))
    assert await world.continuing() == []
    return series


async def remove(world: World, title_id: UUID, request: Request | None = None) -> Any:
    return (await world.ask(REMOVE, request, id=str(title_id)))["answer"]["removedId"]


async def test_a_new_episode_revives_a_series_and_is_pushed(world: World) -> None:
    series = await finished(world)
    async with subscribed(now(world)) as stream:
        assert (await stream.next())["snapshot"] == []
        waiting = asyncio.create_task(stream.next())
        await listening(world.resources.hub, world)
        third = await episode(world, series, 3)
        await changed(world, series)
        event = await waiting
    assert (event["kind"], event["item"]["reason"]) == ("UPSERT", "NEW_EPISODE")
    assert await world.continuing() == [(str(series), str(third), "NEW_EPISODE")]
    await changed(world, series)
    await episode(world, series, 4)
    await changed(world, series)
    assert await world.continuing() == [(str(series), str(third), "NEW_EPISODE")], "nothing new to go on with"
    await world.watch(third, 50 * MINUTE, now(world))
    assert await world.continuing() == [(str(series), str(third), "IN_PROGRESS")]


async def test_who_never_finished_it_is_left_alone(world: World) -> None:
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    await world.watch(first, 50 * MINUTE, at(world, 0))
    await episode(world, series, 3)
    await changed(world, series)
    assert await world.continuing() == [(str(series), str(first), "IN_PROGRESS")]
    await world.watch(first, 95 * MINUTE, at(world, 1))
    assert await world.continuing() == [(str(series), str(second), "NEXT_EPISODE")]


async def test_an_episode_without_its_video_is_nothing_to_go_on_with_until_it_has_one(world: World) -> None:
    series = await world.series(episodes=1)
    await episode(world, series, 2, ready=False)
    await episode(world, series, 3)
    started = await world.start(world.episodes[series][0])
    assert started["nextEpisode"] is None
    await world.stop(started["id"], 95 * MINUTE)
    assert await world.continuing() == []
    await changed(world, series)
    assert await world.continuing() == []
    async with world.resources.database.write("catalog") as db:
        ready = {"prefix": "media/a/b", "duration_ms": 100 * MINUTE, "max_height": 1080}
        await db.execute(update(PublishedPlayable).where(col(PublishedPlayable.number) == 2).values(**ready))
    await changed(world, series)
    [(_, _, reason)] = await world.continuing()
    assert reason == "NEW_EPISODE"


async def test_a_trailer_is_nothing_to_go_on_with(world: World) -> None:
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    await world.watch(first, 95 * MINUTE, at(world, 0))
    await world.watch(await world.playable(series, PlayableKind.TRAILER), 50 * MINUTE, at(world, 1))
    expected = [(str(series), str(second), "NEXT_EPISODE")]
    assert await world.continuing() == expected
    await changed(world, series)
    assert await world.continuing() == expected


async def test_an_entry_whose_episode_is_gone_leads_to_the_one_after(world: World) -> None:
    series = await world.series(episodes=3)
    first, second, third = world.episodes[series]
    await world.watch(first, 95 * MINUTE)
    async with world.resources.database.write("catalog") as db:
        await db.execute(delete(PublishedPlayable).where(col(PublishedPlayable.playable_id) == second))
    await changed(world, series)
    assert await world.continuing() == [(str(series), str(third), "NEXT_EPISODE")]


async def test_what_was_taken_out_stays_out_until_it_is_watched_again(world: World) -> None:
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    await world.watch(first, 95 * MINUTE, at(world, 0))
    assert await remove(world, series, at(world, 1)) is not None
    assert await remove(world, series, at(world, 2)) is None
    await episode(world, series, 3)
    await changed(world, series)
    assert await world.continuing() == []
    await world.watch(second, 3 * MINUTE, at(world, 3))
    assert await world.continuing() == [], "a look at its start is not watching"
    await world.watch(second, 30 * MINUTE, at(world, 4))
    assert await world.continuing() == [(str(series), str(second), "IN_PROGRESS")]
    await world.watch(second, 95 * MINUTE, at(world, 5))
    [(_, _, reason)] = await world.continuing()
    assert reason == "NEXT_EPISODE"


async def test_a_finished_series_that_was_taken_out_is_not_revived(world: World) -> None:
    series = await finished(world, episodes=1)
    await episode(world, series, 2)
    await changed(world, series)
    await remove(world, series, at(world, 60))
    await episode(world, series, 3)
    await changed(world, series)
    assert await world.continuing() == []


async def test_more_followers_than_share_a_transaction_are_all_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolvers.viewing.following.TOGETHER", 2)
    assert TOGETHER > 2
    series, profiles = await world.series(episodes=1), [new_id() for _ in range(5)]
    for profile in profiles:
        await world.profile(world.account_id, profile)
        await world.watch(world.episodes[series][0], 95 * MINUTE, world.request(profile_id=profile))
    await episode(world, series, 2)
    await changed(world, series)
    for profile in profiles:
        assert len(await world.continuing(world.request(profile_id=profile))) == 1


async def mark(world: World, playable: UUID, watched: bool, minutes: int = 0) -> Any:
    answer = (await world.ask(MARK, at(world, minutes), id=str(playable), w=watched))["answer"]
    assert answer["userErrors"] == []
    return answer["playable"]["progress"]


async def test_an_episode_a_film_and_a_trailer_are_marked_and_unmarked(world: World) -> None:
    series, movie = await world.series(episodes=2), await world.movie()
    first, second = world.episodes[series]
    trailer = await world.playable(movie, PlayableKind.TRAILER)
    await world.watch(movie, 50 * MINUTE, at(world, 0))
    for playable in (first, trailer):
        assert await mark(world, playable, True, 1) == {"positionMs": 100 * MINUTE, "watched": True, "playCount": 1}
        assert (await mark(world, playable, True, 2))["playCount"] == 1, "once is enough"
    assert await world.continuing() == [
        (str(series), str(second), "NEXT_EPISODE"), (str(movie), str(movie), "IN_PROGRESS")
    ]  # fmt: skip
    await mark(world, movie, True, 3)
    assert len(await world.continuing()) == 1
    for playable in (first, movie, trailer):
        assert await mark(world, playable, False, 4) is None
    assert await world.continuing() == []


async def test_unmarking_the_newest_goes_back_to_what_was_watched_before(world: World) -> None:
    series = await world.series(episodes=3)
    first, second, third = world.episodes[series]
    await world.watch(first, 95 * MINUTE, at(world, 0))
    await mark(world, second, True, 1)
    assert await world.continuing() == [(str(series), str(third), "NEXT_EPISODE")]
    await mark(world, second, False, 2)
    assert await world.continuing() == [(str(series), str(second), "NEXT_EPISODE")]


async def test_a_play_that_goes_on_starts_from_what_was_said_meanwhile(world: World) -> None:
    movie = await world.movie()
    session = await world.play(movie)
    await world.beat(session, 1, 95 * MINUTE, at(world, 1))
    await mark(world, movie, False, 2)
    heard = await world.beat(session, 2, 2 * MINUTE, at(world, 3))
    assert (heard["playable"]["progress"]["watched"], heard["playable"]["progress"]["playCount"]) == (False, 0)
    await mark(world, movie, True, 4)
    heard = await world.beat(session, 3, 2 * MINUTE, at(world, 5))
    assert (heard["playable"]["progress"]["watched"], heard["playable"]["progress"]["playCount"]) == (True, 1)


async def test_not_interested_leaves_home_and_taste_seeds_until_it_is_undone(world: World) -> None:
    movies = [await world.movie(score=1 - n / 10) for n in range(6)]
    await world.watch(movies[1], 50 * MINUTE)

    async def shown() -> tuple[set[str], set[str]]:
        fields = "home { edges { node { kind titles { edges { node { id } } } } } }"
        rows = [edge["node"] for edge in (await world.of_profile(fields))["home"]["edges"]]
        own = {HomeRowKind.CONTINUE_WATCHING.name}
        proposed = {e["node"]["id"] for row in rows if row["kind"] not in own for e in row["titles"]["edges"]}
        return proposed, {title["id"] for title in (await world.ask("{ tasteSeeds { id } }"))["tasteSeeds"]}

    home, seeds = await shown()
    assert {str(movies[0]), str(movies[2])} <= home & seeds
    for _ in range(2):
        answer = (await world.ask(NOT_INTERESTED, id=str(movies[0])))["answer"]
        assert answer == {"title": {"id": str(movies[0])}, "userErrors": []}
    assert str(movies[0]) not in set.union(*await shown())
    assert str(movies[2]) in set.intersection(*await shown())
    await world.ask(NOT_INTERESTED, id=str(movies[1]))
    assert len(await world.continuing()) == 1, "what was begun stays"
    await world.ask(NOT_INTERESTED, id=str(movies[0]), undo=True)
    assert (await shown())[1] == seeds - {str(movies[1])}
    refused = (await world.ask(NOT_INTERESTED, id=str(new_id())))["answer"]
    assert [(e["code"], e["path"]) for e in refused["userErrors"]] == [("NOT_FOUND", ["titleId"])]
