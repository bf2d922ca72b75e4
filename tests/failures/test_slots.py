"""One stream slot, two hundred who want it at two servers, and one of the servers is killed."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx2
import pytest

from resolvers.viewing.beats import LEASE
from runtime.settings import Settings
from tests.failures.servers import Door, running
from tests.failures.viewers import STOP, Viewer, sign_in, start, unbegun_films

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
KILLED_AFTER = (0, 1, 2, 5, 10, 20, 40, 60, 80) if SOAK else (20,)
"""How many answers the one server has given when it is killed; 0: once somebody has the slot."""
REQUESTS, KEYS = 200, 150
LIVE = """select count(*) from viewing.playback_session
  where account_id = $1 and ended_at is null and lease_until > now()"""
STREAMS = "{ viewer { account { activeStreams { sessionId } } } }"


@dataclass
class Household:
    """Two profiles that share one slot, and a film that both may play."""

    viewers: list[Viewer]
    film: str
    sessions: dict[str, set[str]] = field(default_factory=dict)
    limited: set[str] = field(default_factory=set)
    again: int = 0

    async def play(self, door: Door, number: int) -> str | None:
        """Starts the playback of that number; the session's id, None where all slots are taken."""
        key = f"play {number}"
        answer = await start(door, self.viewers[number % 2], self.film, key)
        if answer["__typename"] == "PlaybackDenied":
            assert answer["reason"] == "STREAM_LIMIT", answer
            self.limited.add(key)
            return None
        self.sessions.setdefault(key, set()).add(answer["id"])
        return str(answer["id"])

    async def play_somewhere(self, doors: list[Door], number: int) -> None:
        """Asks the next door where one was slammed."""
        for door in doors:
            try:
                await self.play(door, number)
            except httpx2.TransportError:
                self.again += 1
            else:
                return
        pytest.fail("no server answered")

    async def warm_up(self, door: Door) -> None:
        """Lets a server connect to its database as often as it may, or the first to ask would have it to themselves."""
        asked = (start(door, self.viewers[0], "no film", f"warming up {number}") for number in range(20))
        assert {answer["reason"] for answer in await asyncio.gather(*asked)} == {"NOT_AVAILABLE"}

    async def streams(self, door: Door) -> list[str]:
        """The sessions that hold a slot, as the graph shows them."""
        account = (await door.data(STREAMS, self.viewers[0].token))["viewer"]["account"]
        return [stream["sessionId"] for stream in account["activeStreams"]]

    async def stop(self, door: Door, key: str) -> None:
        viewer = self.viewers[int(key.split()[1]) % 2]
        answer = (await door.data(STOP, viewer.token, session=next(iter(self.sessions[key]))))["answer"]
        assert answer["userErrors"] == []


async def household_at(door: Door, settings: Settings, database: asyncpg.Connection) -> Household:
    viewers = (await sign_in(settings, 3, every_profile_of="Robin"))[:2]
    await database.execute(
        "update billing.published_entitlement set max_streams = 1 where account_id = $1", viewers[0].account_id
    )
    films = [await unbegun_films(door, viewer) for viewer in viewers]
    return Household(viewers, next(film for film in films[0] if film in films[1]))


@asynccontextmanager
async def watched(
    database: asyncpg.Connection, account_id: UUID, taken: Callable[[], Awaitable[None]]
) -> AsyncIterator[list[int]]:
    """How many leases were live at each of the instants within the block; `taken` is awaited after the first one."""
    seen: list[int] = []
    over = asyncio.Event()

    async def watch() -> None:
        while not over.is_set():
            seen.append(await database.fetchval(LIVE, account_id))
            if seen[-1] and not any(seen[:-1]):
                await taken()
            await asyncio.sleep(0.005)

    watching = asyncio.create_task(watch())
    try:
        yield seen
    finally:
        over.set()
        await watching


@pytest.mark.soak
@pytest.mark.parametrize("answers", KILLED_AFTER)
async def test_a_slot_is_taken_once_while_a_server_is_killed(
    platform: Settings, database: asyncpg.Connection, answers: int
) -> None:
    async with running(platform, 2) as (doomed, other):
        household = await household_at(other.door, platform, database)
        await asyncio.gather(household.warm_up(doomed.door), household.warm_up(other.door))
        answered = 0

        async def taken() -> None:
            if answers == 0:
                await doomed.kill()

        async def count(response: httpx2.Response) -> None:
            nonlocal answered
            answered += 1
            if answered == answers:
                await doomed.kill()

        doomed.door.client.event_hooks = {"response": [count]}
        doors = [doomed.door, other.door]
        async with watched(database, household.viewers[0].account_id, taken) as seen:
            await asyncio.gather(*(household.play_somewhere(doors[(i // 2) % 2 :], i % KEYS) for i in range(REQUESTS)))
        assert doomed.process is not None
        assert doomed.process.returncode == -9
        assert household.again > 0, "nobody was waiting at the server that was killed"
        await check_one_winner(household, other.door, seen)
        await check_free_at_once(household, other.door)


async def check_one_winner(household: Household, door: Door, seen: list[int]) -> None:
    """One key won, always with the same session; it alone holds the slot, and never did two."""
    assert max(seen) == 1, f"{max(seen)} leases were live at once"
    assert len(household.sessions) == 1, household.sessions
    [(key, sessions)] = household.sessions.items()
    assert len(sessions) == 1, sessions
    assert household.limited == {f"play {number}" for number in range(KEYS)} - {key}
    assert await household.streams(door) == list(sessions)
    assert await household.play(door, int(key.split()[1])) in sessions, "who asks again gets the very session"


async def check_free_at_once(household: Household, door: Door) -> None:
    """After stopPlayback nobody streams, and the next one may."""
    [key] = household.sessions
    await household.stop(door, key)
    assert await household.streams(door) == []
    session = await household.play(door, KEYS)
    assert session is not None
    assert await household.streams(door) == [session]


@pytest.mark.soak
async def test_a_session_that_falls_silent_frees_its_slot(platform: Settings, database: asyncpg.Connection) -> None:
    async with running(platform, 2) as (doomed, other):
        household = await household_at(other.door, platform, database)
        silent = await household.play(doomed.door, 0)
        await doomed.kill()
        assert await household.play(other.door, 1) is None, "its lease goes on, whatever became of its server"
        assert await household.streams(other.door) == [silent]
        assert await household.play(other.door, 0) == silent, "its key opens the very session at any server"
        await run_out(database, silent)
        assert await household.streams(other.door) == []
        following = await household.play(other.door, 1)
        assert following is not None
        assert await household.streams(other.door) == [following]
        answer = await start(other.door, household.viewers[0], household.film, "play 0")
        assert answer["reason"] == "SESSION_ENDED", "it was taken over, so it can't go on"


async def run_out(database: asyncpg.Connection, session: str | None) -> None:
    """Lets the session's lease run out: in the long form really, else by turning its clock forward."""
    lease_until = await database.fetchval(
        "select lease_until - now() from viewing.playback_session where id = $1", UUID(session)
    )
    assert timedelta(0) < lease_until <= LEASE
    if SOAK:
        await asyncio.sleep(lease_until.total_seconds() + 1)
    else:
        await database.execute(
            "update viewing.playback_session set lease_until = now() - interval '1 ms' where id = $1", UUID(session)
        )
