"""heartbeat and stopPlayback: what they store, and what they leave as it is."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.columns import new_id
from models.viewing import PlaybackSession
from tests.requests import NOW
from tests.viewing.world import HEARTBEAT, LENGTH, MINUTE, World


async def test_a_heartbeat_answers_with_the_progress_it_stored(world: World) -> None:
    movie = await world.movie()
    session = await world.play(movie)
    heard = await world.beat(session, 1, 25 * MINUTE)
    progress = heard["playable"].pop("progress")
    assert heard == {"playable": {"__typename": "Movie", "id": str(movie)}, "command": None, "userErrors": []}
    assert progress.pop("lastWatchedAt") == "2026-06-01T12:00:00Z"
    assert progress == {
        "positionMs": 25 * MINUTE, "durationMs": LENGTH, "percent": 25.0, "watched": False, "playCount": 0
    }  # fmt: skip


async def test_a_repeat_and_a_late_arrival_change_nothing(world: World) -> None:
    session = await world.play(await world.movie())
    await world.beat(session, 2, 20 * MINUTE)
    for sequence, position in ((2, 99 * MINUTE), (1, 10 * MINUTE)):
        heard = await world.beat(session, sequence, position)
        assert heard["playable"]["progress"]["positionMs"] == 20 * MINUTE
        assert heard["userErrors"] == []


async def test_a_position_beyond_the_end_is_the_end(world: World) -> None:
    heard = await world.beat(await world.play(await world.movie()), 1, LENGTH + 40)
    assert heard["playable"]["progress"]["positionMs"] == LENGTH


@pytest.mark.parametrize(
    ("sequence", "position", "path"), [(1, -1, ["input", "positionMs"]), (0, 5, ["input", "sequence"])]
)
async def test_numbers_out_of_range_are_refused(world: World, sequence: int, position: int, path: list[str]) -> None:
    heard = await world.beat(await world.play(await world.movie()), sequence, position)
    assert heard["playable"] is None
    assert [(e["code"], e["path"]) for e in heard["userErrors"]] == [("OUT_OF_RANGE", path)]


async def test_another_households_session_is_as_one_that_does_not_exist(world: World) -> None:
    session = await world.play(await world.movie())
    stranger = world.request(account_id=new_id(), profile_id=new_id())
    answers = [await world.beat(i, 1, 50 * MINUTE, stranger) for i in (session, str(new_id()), "nonsense")]
    assert answers[0]["userErrors"][0]["code"] == "NOT_FOUND"
    assert answers[0]["userErrors"][0]["path"] == ["input", "sessionId"]
    assert answers[1:] == answers[:1] * 2
    assert await world.continuing() == []
    stopped = await world.stop(session, 0, stranger)
    assert (stopped["userErrors"][0]["code"], stopped["userErrors"][0]["path"]) == ("NOT_FOUND", ["sessionId"])


async def test_after_the_stop_late_heartbeats_change_nothing(world: World) -> None:
    session = await world.play(await world.movie())
    await world.beat(session, 5, 10 * MINUTE)
    await world.stop(session, 30 * MINUTE)
    late = await world.beat(session, 4, 8 * MINUTE)
    assert (late["userErrors"], late["playable"]["progress"]["positionMs"]) == ([], 30 * MINUTE)
    new = await world.beat(session, 6, 40 * MINUTE)
    assert (new["userErrors"][0]["code"], new["playable"]) == ("SESSION_ENDED", None)
    again = await world.stop(session, 50 * MINUTE)
    assert (again["userErrors"], again["playable"]["progress"]["positionMs"]) == ([], 30 * MINUTE)


async def test_a_guilty_heartbeat_fails_alone(world: World) -> None:
    session = await world.play(await world.movie())
    answers = await asyncio.gather(
        world.beat(session, 1, 10 * MINUTE), world.beat(str(new_id()), 1, 5), world.beat(session, 2, 11 * MINUTE)
    )
    assert [bool(a["userErrors"]) for a in answers] == [False, True, False]
    assert answers[2]["playable"]["progress"]["positionMs"] == 11 * MINUTE


async def test_sixty_four_heartbeats_at_once_share_transactions(world: World) -> None:
    movie = await world.movie()
    profiles = [new_id() for _ in range(64)]
    requests = []
    for profile in profiles:
        account = new_id()
        await world.household(account)
        await world.profile(account, profile)
        requests.append(world.request(account_id=account, profile_id=profile))
    sessions = [await world.play(movie, request) for request in requests]
    before = await commits(world)
    beats = (world.beat(s, 1, 20 * MINUTE, r) for s, r in zip(sessions, requests, strict=True))
    answers = await asyncio.gather(*beats)
    assert all(answer["playable"]["progress"]["positionMs"] == 20 * MINUTE for answer in answers)
    assert await commits(world) - before <= 5


async def commits(world: World) -> int:
    """How many heartbeat transactions there were: sessions that were stored together bear one xmin."""
    query = select(col(PlaybackSession.id)).with_only_columns(_xmin())
    async with world.resources.database.read("viewing") as db:
        return len(set((await db.execute(query.where(col(PlaybackSession.sequence) > 0))).scalars()))


def _xmin() -> Any:
    from sqlalchemy import BigInteger, Text, cast, literal_column

    return cast(cast(literal_column("playback_session.xmin"), Text), BigInteger)


async def test_time_watched_grows_by_what_was_played_not_by_what_was_skipped(world: World) -> None:
    session = await world.play(await world.movie())
    for n, (seconds, position) in enumerate([(10, 10_000), (20, 50 * MINUTE), (30, 40 * MINUTE)], 1):
        await world.beat(session, n, position, world.request(now=NOW + timedelta(seconds=seconds)))
    [entry] = (await world.of_profile("history { edges { node { watchedMs completed deviceName playable { id } } } }"))[
        "history"
    ]["edges"]
    assert (entry["node"]["watchedMs"], entry["node"]["completed"]) == (10_000 + 20_000, False)


async def test_what_the_viewer_experienced_is_kept(world: World) -> None:
    session = await world.play(await world.movie())
    told = [(10, 10_000, 4_000_000, None), (20, 20_000, None, 0), (30, 25_000, 2_000_000, 5_000), (40, 30_000, None, 5)]
    for sequence, (seconds, position, bitrate, stalled) in enumerate(told, 1):
        given = {"sessionId": session, "sequence": sequence, "positionMs": position, "state": "PLAYING"}
        given |= {"bitrate": bitrate, "rebufferMs": stalled}
        request = world.request(now=NOW + timedelta(seconds=seconds))
        assert (await world.ask(HEARTBEAT, request, input=given))["heartbeat"]["userErrors"] == []
    columns = (col(PlaybackSession.bits), col(PlaybackSession.rebuffers), col(PlaybackSession.rebuffer_ms))
    async with world.resources.database.read("viewing") as db:
        kept = (await db.execute(select(*columns))).one()
    assert tuple(kept) == (2 * 40_000_000 + 2 * 10_000_000, 2, 5_005)


async def test_a_late_heartbeat_in_the_same_batch_hides_nothing(world: World) -> None:
    """One episode stands at the middle; its late heartbeat comes along with a look at the next one's start."""
    series = await world.series(episodes=2)
    first, second = [await world.play(one) for one in world.episodes[series]]
    await world.beat(first, 2, 50 * MINUTE)
    before = await world.continuing()
    await asyncio.gather(world.beat(first, 1, 10 * MINUTE), world.beat(second, 1, 2 * MINUTE))
    assert await world.continuing() == before == [(str(series), str(world.episodes[series][0]), "IN_PROGRESS")]
