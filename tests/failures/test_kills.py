"""A server is killed while it stores heartbeats: what it acknowledged stays, and what is sent again ends it well."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from random import Random

import asyncpg
import httpx2
import pytest

from runtime.settings import Settings
from tests.failures.servers import Door, Server, running
from tests.failures.viewers import BEAT, FILM_MS, Play, beat_of, begin, sign_in, stored

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
PROFILES, BEATS = (50, 150) if SOAK else (12, 25)
"""In the long form 10,000 heartbeats, for a third of them are sent twice."""
KILLS = 2
APART = 8
"""How far out of order heartbeats come."""
AT_ONCE = 2
"""How many heartbeats of a session are under way."""
PROGRESS = """query ($film: ID!) { playable(id: $film) { progress { positionMs } } }"""


def position_of(sequence: int) -> int:
    """Where the viewer is at a heartbeat: nowhere twice, and back as often as forth."""
    return 600_000 + sequence * 1_234_567 % (FILM_MS - 1_200_000)


def mixed(seed: int) -> list[int]:
    """All sequences, neither in order nor once each."""
    random = Random(seed)
    sequences = list(range(1, BEATS + 1))
    repeated = sequences + random.sample(sequences, BEATS // 3)
    return sorted(repeated, key=lambda sequence: sequence + random.uniform(0, APART))


@dataclass
class Player:
    """Sends a session's heartbeats, and remembers which of them were acknowledged."""

    play: Play
    acknowledged: set[int] = field(default_factory=set)

    @property
    def highest(self) -> int:
        return max(self.acknowledged, default=0)

    async def send(self, door: Door, sequence: int) -> None:
        """TransportError where nobody answers."""
        variables = beat_of(self.play, sequence, position_of(sequence))
        response = await door.ask(BEAT, self.play.viewer.token, **variables)
        assert "errors" not in response, response["errors"]
        assert response["data"]["answer"]["userErrors"] == []
        self.acknowledged.add(sequence)


@dataclass
class Load:
    """Players at one server, which comes and goes."""

    server: Server
    players: list[Player]
    up: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    answered: int = 0
    unanswered: int = 0
    wanted: int = 0

    async def run(self, player: Player, sequences: Iterator[int]) -> None:
        """What isn't answered is given up: the next heartbeat says more than it did."""
        for sequence in sequences:
            await self.up.wait()
            try:
                await player.send(self.server.door, sequence)
            except httpx2.TransportError:
                self.unanswered += 1
                continue
            self.answered += 1
            if self.answered >= self.wanted:
                self.reached.set()

    async def all(self) -> None:
        """Everybody sends everything, each several at a time."""
        streams = [(player, iter(mixed(number))) for number, player in enumerate(self.players)]
        self.up.set()
        await asyncio.gather(*(self.run(player, stream) for player, stream in streams for _ in range(AT_ONCE)))

    async def until(self, answered: int) -> None:
        self.wanted = answered
        self.reached.clear()
        await self.reached.wait()


@pytest.mark.soak
async def test_no_acknowledged_heartbeat_is_lost(platform: Settings, database: asyncpg.Connection) -> None:
    async with running(platform, 1) as [server]:
        viewers = await sign_in(platform, PROFILES)
        plays = await asyncio.gather(*(begin(server.door, viewer) for viewer in viewers))
        load = Load(server, [Player(play) for play in plays])
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(load.all())
            for kill in range(1, KILLS + 1):
                await load.until(kill * PROFILES * len(mixed(0)) // (KILLS + 1))
                await kill_and_start(load, database)
        for player in load.players:
            await check_kept(database, player)
        print(f"{load.answered} heartbeats were acknowledged, {load.unanswered} were not")
        for player, viewer in zip(load.players, await sign_in(platform, PROFILES), strict=True):
            player.play = replace(player.play, viewer=viewer)  # the tokens may have expired by now
        await check_all_sent_again(server.door, database, load)


async def kill_and_start(load: Load, database: asyncpg.Connection) -> None:
    """Kills the server while heartbeats are under way; nothing is missing even before it is back."""
    load.up.clear()
    before = load.unanswered
    await load.server.kill()
    for player in load.players:
        await check_kept(database, player)
    await load.server.start()
    assert load.unanswered > before, "no heartbeat was under way when the server was killed"
    load.up.set()


async def check_kept(database: asyncpg.Connection, player: Player) -> None:
    """The session is as far as anything that was acknowledged, and its numbers are those of one heartbeat."""
    sequence, position, progress = await stored(database, player.play)
    assert sequence >= player.highest
    if sequence:
        assert position == progress == position_of(sequence)


async def check_all_sent_again(door: Door, database: asyncpg.Connection, load: Load) -> None:
    """Whatever was lost, and in whatever order it comes now, each session ends at its last heartbeat."""
    await load.all()
    for player in load.players:
        assert player.acknowledged == set(range(1, BEATS + 1))
        last = position_of(BEATS)
        assert await stored(database, player.play) == (BEATS, last, last)
        shown = await door.data(PROGRESS, player.play.viewer.token, film=player.play.film)
        assert shown["playable"]["progress"]["positionMs"] == last
