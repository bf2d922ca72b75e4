"""Heartbeats in any order, as often as they come, end where they would in order: as an oracle says of the last."""

import asyncio
import os
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.columns import new_id
from models.viewing import ContinueWatching, PlaybackSession, Progress
from tests.requests import NOW
from tests.viewing.world import LENGTH, MINUTE, World

SOAK = "MARQUEE_SOAK" in os.environ
PROFILES, BEATS = (50, 10_000) if SOAK else (8, 400)
PLAYS = 6
CREDITS = 80 * MINUTE


@dataclass
class Oracle:
    """What should be stored of one profile: of each play only the last heartbeat counts, and what was there before."""

    following: dict[UUID, UUID | None]
    title_of: dict[UUID, UUID]
    progress: dict[UUID, tuple[int, bool, int]] = field(default_factory=dict)
    counted: dict[UUID, int] = field(default_factory=dict)

    def play(self, number: int, playable: UUID, positions: list[int]) -> None:
        last = min(positions[-1], LENGTH)
        _, was_watched, plays = self.progress.get(playable, (0, False, 0))
        film = self.title_of[playable] == playable
        finished = last >= (CREDITS if film else 0.9 * LENGTH)
        counts = last >= 0.05 * LENGTH
        self.progress[playable] = (last, finished or (was_watched and not counts), plays + finished)
        if counts:
            self.counted[playable] = number

    def entries(self) -> dict[UUID, tuple[UUID, str]]:
        """Title to playable and reason."""
        found = {}
        for title in set(self.title_of.values()):
            begun = [p for p in self.counted if self.title_of[p] == title]
            newest = max(begun, key=self.counted.__getitem__, default=None)
            if newest is not None and not self.progress[newest][1]:
                found[title] = newest, "IN_PROGRESS"
            elif newest is not None and (after := self.following[newest]):
                found[title] = after, "NEXT_EPISODE"
        return found


def positions(rnd: random.Random, count: int) -> list[int]:
    """Playing on, with a leap now and then, to wherever: the start, the credits, beyond the end.

    Many end at the end, or with a look at the start.
    """
    at, told = 0, []
    for _ in range(count):
        at = rnd.choice((0, 3, 6, 50, 79, 81, 91, 101)) * MINUTE if rnd.random() < 0.3 else at + rnd.randrange(MINUTE)
        told.append(at)
    return [*told[:-1], rnd.choice((at, 95 * MINUTE, 2 * MINUTE))]


def shuffled(rnd: random.Random, told: list[int]) -> list[tuple[int, int]]:
    """Sequence and position of each heartbeat, in disorder, some more than once; none is left out."""
    beats = list(enumerate(told, 1))
    beats += rnd.choices(beats, k=len(beats) // 3)
    rnd.shuffle(beats)
    return beats


async def begun(world: World, profile: UUID, playable: UUID, title: UUID, at: datetime) -> str:
    """A session without startPlayback, so that no limit of a plan ends it."""
    row = PlaybackSession(
        account_id=new_id(), profile_id=profile, playable_id=playable, title_id=title, device_name="TV"
    )
    row.idempotency_key, row.request_hash, row.max_height = str(new_id()), b"", 1080
    row.started_at, row.beat_at, row.lease_until = at, at, at + timedelta(seconds=90)
    await world.insert("viewing", row)
    return str(row.id)


@pytest.mark.soak
async def test_shuffled_and_repeated_heartbeats_end_where_the_oracle_does(world: World) -> None:
    series, film = await world.series(episodes=3), await world.movie(credits_ms=CREDITS)
    episodes = world.episodes[series]
    following = dict(zip(episodes, [*episodes[1:], None], strict=True)) | {film: None}
    title_of = dict.fromkeys(episodes, series) | {film: film}
    profiles = [new_id() for _ in range(PROFILES)]
    for profile in profiles:
        await world.profile(world.account_id, profile)
    oracles = {profile: Oracle(following, title_of) for profile in profiles}

    async def watch(number: int, profile: UUID) -> int:
        rnd, oracle = random.Random(f"{number} {profiles.index(profile)}"), oracles[profile]
        for play in range(PLAYS):
            at = NOW + timedelta(hours=play)
            playable = rnd.choice([*episodes, film])
            told = positions(rnd, BEATS * 3 // 4 // PROFILES // PLAYS)
            session = await begun(world, profile, playable, title_of[playable], at)
            request = [world.request(profile_id=profile, now=at + timedelta(seconds=n)) for n in range(3)]
            beats = shuffled(rnd, told)
            answers = await asyncio.gather(*(world.beat(session, *beat, rnd.choice(request)) for beat in beats))
            assert all(answer["userErrors"] == [] for answer in answers)
            oracle.play(play, playable, told)
        return PLAYS

    await asyncio.gather(*(watch(1, profile) for profile in profiles))
    for profile in profiles:
        progress, entries = await stored(world, profile)
        assert progress == oracles[profile].progress
        assert entries == oracles[profile].entries()


async def stored(world: World, profile: UUID) -> tuple[dict[UUID, Any], dict[UUID, Any]]:
    async with world.resources.database.read("viewing") as db:
        columns = (Progress.playable_id, Progress.position_ms, Progress.watched, Progress.play_count)
        of_profile = col(Progress.profile_id) == profile
        progress = {r.playable_id: tuple(r)[1:] for r in await db.execute(select(*map(col, columns)).where(of_profile))}
        columns = (ContinueWatching.title_id, ContinueWatching.playable_id, ContinueWatching.reason)
        of_profile = col(ContinueWatching.profile_id) == profile
        rows = await db.execute(select(*map(col, columns)).where(of_profile))
        return progress, {row.title_id: (row.playable_id, row.reason.name) for row in rows}
