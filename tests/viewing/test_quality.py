"""Quality of experience, as the report of it says."""

from datetime import UTC, date, datetime, timedelta

import pytest

from models.columns import new_id
from resolvers.viewing.quality import Quality, quality_since
from server.commands import Stop
from server.commands.quality import HEADER, line, quality_of
from tests.requests import NOW
from tests.viewing.world import HEARTBEAT, MINUTE, World


async def watch(world: World, day: int, bitrate: int | None, stalled_ms: int) -> None:
    """Six minutes of a new profile, told of by one heartbeat."""
    profile, movie = new_id(), await world.movie()
    await world.profile(world.account_id, profile)
    at = NOW + timedelta(days=day)
    session = await world.play(movie, world.request(profile_id=profile, now=at))
    given = {"sessionId": session, "sequence": 1, "positionMs": 6 * MINUTE, "state": "PLAYING"}
    given |= {"bitrate": bitrate, "rebufferMs": stalled_ms}
    request = world.request(profile_id=profile, now=at + timedelta(minutes=6))
    assert (await world.ask(HEARTBEAT, request, input=given))["heartbeat"]["userErrors"] == []
    await world.stop(session, 6 * MINUTE, request)


async def test_a_day_tells_of_bitrate_and_stalls(world: World) -> None:
    await watch(world, 0, 3_000_000, 0)
    await watch(world, 0, 5_000_000, 4 * MINUTE)
    await watch(world, 0, None, 0)
    await watch(world, 2, None, 0)
    await watch(world, -9, 1_000_000, 0)
    first, second = await quality_since(world.resources.database, NOW - timedelta(days=1))
    assert first == Quality(date(2026, 6, 1), 3, 3, 0.3, 4_000_000.0, 4 / 22, pytest.approx(1 / 0.3))
    assert (second.day, second.plays, second.bitrate, second.stalled) == (date(2026, 6, 3), 1, None, 0)
    assert line(first) == "2026-06-01         3         3       0.3    4.00   18.18%      3.33"
    assert line(second).split()[4] == "–"


async def test_the_command_prints_a_table_or_that_there_is_nothing(world: World) -> None:
    settings = world.resources.settings
    assert await quality_of(settings, 7) == ["Nothing was watched."]
    await watch(world, (datetime.now(UTC) - NOW).days, 3_000_000, 0)
    header, day = await quality_of(settings, 7)
    assert header == HEADER
    assert day.split()[1:] == ["1", "1", "0.1", "3.00", "0.00%", "0.00"]
    with pytest.raises(Stop, match="at least 1; it is 0"):
        await quality_of(settings, 0)
