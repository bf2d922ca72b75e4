"""startPlayback: who gets a session, and why others get none."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from sqlalchemy import func, select, update
from sqlmodel import col

from media.signing import EdgeSigner
from models.catalog import PlayableKind, TitleKind
from models.columns import new_id
from models.identity import AccountStatus
from models.published import PublishedAccount
from models.viewing import PlaybackSession
from runtime.resources import open_resources
from runtime.settings import Settings
from schema.viewing import schema
from tests.queries import codes
from tests.requests import NOW, make_request, make_viewer
from tests.viewing.world import LENGTH, MINUTE, SECRET, START, World


async def test_a_session_has_all_that_a_player_needs(world: World) -> None:
    series = await world.series(episodes=2)
    first, second = world.episodes[series]
    started = await world.start(first)
    assert started["playable"] == {"__typename": "Episode", "id": str(first), "progress": None}
    assert started["nextEpisode"] == {"id": str(second)}
    assert (started["audioLanguage"], started["subtitleLanguage"], started["resumeAtMs"]) == ("en", None, 0)
    assert (started["maxHeight"], started["heartbeatIntervalMs"]) == (1080, 10_000)
    assert [m["protocol"] for m in started["manifests"]] == ["HLS", "DASH"]
    path = urlsplit(started["manifests"][0]["url"]).path.removeprefix("/s/")
    grant, name = EdgeSigner(SECRET, "").verify(path, NOW)
    assert (grant.session_id, grant.max_height, grant.prefix) == (UUID(started["id"]), 1080, "media/a/b")
    assert name == "master.m3u8"
    assert started["expiresAt"] == (NOW + timedelta(hours=6)).isoformat().replace("+00:00", "Z")


async def test_the_lowest_of_plan_media_and_wish_limits_the_height(world: World) -> None:
    movie = await world.movie()
    assert (await world.start(movie, maxHeight=480, protocols=["DASH"]))["maxHeight"] == 480
    low = await world.playable(await world.title(TitleKind.MOVIE), PlayableKind.MOVIE, height=720)
    assert (await world.start(low, maxHeight=2000))["maxHeight"] == 720


async def test_a_plan_below_the_lowest_rendition_is_too_low(world: World) -> None:
    movie = await world.playable(await world.title(TitleKind.MOVIE), PlayableKind.MOVIE, lowest=720)
    account, profile = new_id(), new_id()
    await world.household(account, height=480)
    await world.profile(account, profile)
    denied = await world.start(movie, world.request(account_id=account, profile_id=profile, languages=("es",)))
    assert (denied["reason"], denied["message"]) == (
        "PLAN_TOO_LOW",
        "Tu plan no incluye la calidad en la que está disponible este título.",
    )
    assert (await world.start(movie))["maxHeight"] == 1080


@pytest.mark.parametrize("given", [{"maxHeight": 719}, {"protocols": []}])
async def test_a_device_that_can_show_nothing_of_it_is_not_supported(world: World, given: dict[str, Any]) -> None:
    movie = await world.playable(await world.title(TitleKind.MOVIE), PlayableKind.MOVIE, lowest=720)
    assert (await world.start(movie, **given))["reason"] == "DEVICE_NOT_SUPPORTED"
    assert await live(world, world.account_id) == 0


async def test_only_wanted_protocols_come(world: World) -> None:
    started = await world.start(await world.movie(), protocols=["DASH"])
    assert [m["protocol"] for m in started["manifests"]] == ["DASH"]


@pytest.mark.parametrize(
    ("position_ms", "resumes_at"),
    [(4 * MINUTE, 0), (5 * MINUTE, 5 * MINUTE), (60 * MINUTE, 60 * MINUTE), (90 * MINUTE, 0)],
)
async def test_it_resumes_where_progress_counts(world: World, position_ms: int, resumes_at: int) -> None:
    movie = await world.movie()
    await world.watch(movie, position_ms)
    assert (await world.start(movie))["resumeAtMs"] == resumes_at
    assert (await world.start(movie, fromStart=True))["resumeAtMs"] == 0


async def test_a_film_that_is_invisible_is_as_one_that_does_not_exist(world: World) -> None:
    shut = await world.movie(closes=NOW - timedelta(days=1))
    rated = await world.movie(age=18)
    child = world.request(maximum_age=12)
    answers = [await world.start(i, child) for i in (shut, rated, new_id())] + [await world.start("nonsense", child)]  # type: ignore[arg-type]
    assert answers[0]["reason"] == "NOT_AVAILABLE"
    assert all(answer == answers[0] for answer in answers)


async def test_a_film_to_come_says_from_when(world: World) -> None:
    soon = NOW + timedelta(days=3)
    movie = await world.movie(opens=soon)
    denied = await world.start(movie)
    assert denied["reason"] == "NOT_AVAILABLE"
    assert denied["availableFrom"] == soon.isoformat().replace("+00:00", "Z")
    trailer = await world.playable(movie, PlayableKind.TRAILER)
    assert (await world.start(trailer))["__typename"] == "PlaybackSession", "its trailer plays already"


async def test_media_that_is_not_ready_does_not_play(world: World) -> None:
    assert (await world.start(await world.movie(ready=False)))["reason"] == "NOT_READY"


async def test_nothing_plays_without_a_profile(world: World) -> None:
    movie = await world.movie()
    assert (await world.start(movie, world.request(profile_id=None)))["reason"] == "PROFILE_REQUIRED"
    foreign = world.request(account_id=new_id())
    assert (await world.start(movie, foreign))["reason"] == "PROFILE_REQUIRED"


async def test_nothing_plays_without_a_subscription(world: World) -> None:
    movie = await world.movie()
    for options in ({"entitled": False}, {"until": NOW}):
        account, profile = new_id(), new_id()
        await world.household(account, **options)  # type: ignore[arg-type]
        await world.profile(account, profile)
        denied = await world.start(movie, world.request(account_id=account, profile_id=profile, languages=("de",)))
        assert (denied["reason"], denied["message"]) == ("NO_SUBSCRIPTION", "Dein Haushalt hat kein laufendes Abo.")


async def test_of_several_entitlements_the_best_valid_one_counts(world: World) -> None:
    await world.entitle(world.account_id, streams=4, height=2160, rank=3, until=NOW + timedelta(days=1))
    await world.entitle(world.account_id, streams=9, height=4320, rank=9, until=NOW)
    assert (await world.start(await world.movie()))["maxHeight"] == 2160


async def test_a_suspended_household_plays_nothing(world: World) -> None:
    async with world.resources.database.write("identity") as db:
        await db.execute(update(PublishedAccount).values(status=AccountStatus.SUSPENDED))
    assert (await world.start(await world.movie()))["reason"] == "ACCOUNT_SUSPENDED"


async def test_a_token_is_needed(world: World) -> None:
    given = {"playableId": str(new_id()), "idempotencyKey": "k"}
    assert await codes(schema, make_request(world.resources), START, input=given) == ["UNAUTHENTICATED"]


async def test_the_same_key_gives_the_same_session(world: World) -> None:
    movie, key = await world.movie(), "once"
    first = await world.start(movie, idempotencyKey=key)
    again = await world.start(movie, idempotencyKey=key)
    assert again == first
    other = {"playableId": str(movie), "idempotencyKey": key, "fromStart": True}
    result = await schema.execute(START, {"input": other}, world.request())
    assert "idempotencyKey" in str(result.errors)
    assert await codes(schema, world.request(), START, input=other) == ["BAD_USER_INPUT"]
    await world.stop(first["id"], 0)
    assert (await world.start(movie, idempotencyKey=key))["reason"] == "SESSION_ENDED"


async def test_the_limit_names_who_is_watching_and_terminate_takes_over(world: World) -> None:
    movie, other = await world.movie(), new_id()
    await world.profile(world.account_id, other, name="Grace")
    grace = world.request(profile_id=other)
    first, second = await world.play(movie), await world.play(movie, grace)
    denied = await world.start(movie)
    assert denied["reason"] == "STREAM_LIMIT"
    assert [(s["sessionId"], s["profileName"]) for s in denied["activeStreams"]] == [(first, "Ada"), (second, "Grace")]
    taken = await world.start(movie, terminate=[second])
    assert taken["__typename"] == "PlaybackSession"
    heard = await world.beat(second, 1, 10 * MINUTE, world.request(profile_id=other, languages=("de-AT",)))
    assert (heard["command"]["kind"], heard["command"]["reason"]) == ("STOP", "TAKEN_OVER")
    assert heard["command"]["message"] == "Ada schaut jetzt und hat diese Wiedergabe übernommen."
    assert heard["playable"]["progress"] is None, "who lost the slot moves nothing on"


async def test_a_denial_ends_nothing(world: World) -> None:
    movie, other = await world.movie(), new_id()
    first, second = await world.play(movie), await world.play(movie)
    account = (await world.entity("Account", world.account_id, "activeStreams { sessionId }"))["activeStreams"]
    assert [s["sessionId"] for s in account] == [first, second]
    assert (await world.start(await world.movie(ready=False), terminate=[first]))["reason"] == "NOT_READY"
    assert (await world.start(movie, terminate=[str(other)]))["reason"] == "STREAM_LIMIT"
    assert (await world.beat(first, 1, 0))["command"] is None


async def test_only_the_household_itself_sees_its_streams(world: World) -> None:
    stranger = world.request(account_id=new_id())
    assert await world.entity("Account", world.account_id, "activeStreams { sessionId }", stranger) is None


async def test_a_lease_frees_its_slot_after_ninety_seconds_and_comes_back_if_nobody_took_it(world: World) -> None:
    movie = await world.movie()
    first, second = await world.play(movie), await world.play(movie)
    later = NOW + timedelta(seconds=91)
    assert (await world.beat(second, 1, 0, world.request(now=later)))["command"] is None, "nobody took it"
    third = await world.start(movie, world.request(now=later))
    assert third["__typename"] == "PlaybackSession"
    lost = await world.beat(first, 1, 0, world.request(now=later))
    assert lost["command"]["reason"] == "TAKEN_OVER"
    assert (await world.start(movie, world.request(now=later)))["reason"] == "STREAM_LIMIT"


async def test_stopping_frees_the_slot_at_once(world: World) -> None:
    movie = await world.movie()
    first, _ = await world.play(movie), await world.play(movie)
    stopped = await world.stop(first, 30 * MINUTE)
    assert stopped["playable"]["progress"]["positionMs"] == 30 * MINUTE
    assert (await world.start(movie))["resumeAtMs"] == 30 * MINUTE


async def test_renewing_checks_the_right_again(world: World) -> None:
    renew = "mutation ($id: ID!) { renewPlayback(sessionId: $id) { __typename ... on PlaybackSession { id expiresAt }"
    renew += " ... on PlaybackDenied { reason } } }"
    session = await world.play(await world.movie(closes=NOW + timedelta(hours=2)))
    hour = world.request(now=NOW + timedelta(hours=1))
    fresh = (await world.ask(renew, hour, id=session))["renewPlayback"]
    assert (fresh["id"], fresh["expiresAt"]) == (session, "2026-06-01T19:00:00Z")
    shut = world.request(now=NOW + timedelta(hours=3))
    assert (await world.ask(renew, shut, id=session))["renewPlayback"]["reason"] == "NOT_AVAILABLE"
    await world.stop(session, 0)
    assert (await world.ask(renew, hour, id=session))["renewPlayback"]["reason"] == "SESSION_ENDED"
    assert await codes(schema, hour, renew, id=str(new_id())) == ["NOT_FOUND"]


async def test_a_renewal_is_no_better_than_the_plan_is_by_then(world: World) -> None:
    renew = "mutation ($id: ID!) { renewPlayback(sessionId: $id) { ... on PlaybackSession { maxHeight }"
    renew += " ... on PlaybackDenied { reason } } }"
    movie = await world.playable(await world.title(TitleKind.MOVIE), PlayableKind.MOVIE, lowest=360)
    session = await world.play(movie)
    for height, answer in ((720, {"maxHeight": 720}), (240, {"reason": "PLAN_TOO_LOW"})):
        await world.entitle(world.account_id, streams=2, height=height, rank=1000 - height)
        assert (await world.ask(renew, id=session))["renewPlayback"] == answer


async def test_languages_follow_the_profile(world: World) -> None:
    movie, profile = await world.movie(), new_id()
    await world.profile(world.account_id, profile, audio=["fr", "de-AT"], subtitles=["es"], mode="ALWAYS")
    started = await world.start(movie, world.request(profile_id=profile))
    assert (started["audioLanguage"], started["subtitleLanguage"]) == ("de", "es")


@pytest.mark.parametrize("limit", [1, 3])
async def test_racing_starts_never_exceed_the_plan(world: World, settings: Settings, limit: int) -> None:
    """Fifty starts at once, in two processes' worth of connection pools."""
    movie, account, profile = await world.movie(), new_id(), new_id()
    await world.household(account, streams=limit)
    await world.profile(account, profile)
    async with AsyncExitStack() as stack:
        pools = [world.resources, await stack.enter_async_context(open_resources(settings))]
        pools[1].shared.update(pools[0].shared)
        viewer = make_viewer(account_id=account, profile_id=profile)
        starts = (world.start(movie, make_request(pools[n % 2], viewer)) for n in range(50))
        answers = await asyncio.gather(*starts)
    assert sum(answer["__typename"] == "PlaybackSession" for answer in answers) == limit
    assert {answer["reason"] for answer in answers if "reason" in answer} == {"STREAM_LIMIT"}
    assert await live(world, account) == limit


async def test_takeovers_and_heartbeats_that_race_never_exceed_the_plan(world: World) -> None:
    """Leases that ran out come back by heartbeats while others take their slots."""
    movie = await world.movie()
    sessions = [await world.play(movie) for _ in range(2)]
    later = NOW + timedelta(seconds=120)
    beats = [
        world.beat(session, n + 1, LENGTH // 2, world.request(now=later)) for n in range(8) for session in sessions
    ]
    starts = [world.start(movie, world.request(now=later)) for _ in range(10)]
    await asyncio.gather(*[job for pair in zip(beats, starts, strict=False) for job in pair], *beats[len(starts) :])
    assert await live(world, world.account_id) <= 2


async def live(world: World, account_id: UUID) -> int:
    query = select(func.count()).where(
        col(PlaybackSession.account_id) == account_id, col(PlaybackSession.ended_at).is_(None)
    )
    async with world.resources.database.read("viewing") as db:
        return (await db.execute(query)).scalar_one()
