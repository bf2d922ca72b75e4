"""How well playing went: what heartbeats told of bitrate and stalls, by day."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import text

from runtime.database import Database

QUALITY = text(
    """
    select (started_at at time zone 'UTC')::date as day, count(*) as plays, count(distinct profile_id) as profiles,
        sum(watched_ms) as watched_ms, sum(bits) as bits,
        sum(watched_ms) filter (where bitrate is not null) as measured_ms,
        sum(rebuffers) as stalls, sum(rebuffer_ms) as stalled_ms
    from viewing.playback_session where started_at >= :since and watched_ms > 0 group by day order by day
    """
)
HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Quality:
    """A day (UTC) of plays. Null where nothing told of it: `bitrate` is the mean in bit/s over the time watched,
    `stalled` the part of the time that playing stalled, from 0 to 1, `stalls_an_hour` how often it did."""

    day: date
    plays: int
    profiles: int
    hours: float
    bitrate: float | None
    stalled: float
    stalls_an_hour: float


async def quality_since(database: Database, since: datetime) -> list[Quality]:
    """The days on which something was watched of what began since then, oldest first."""
    async with database.read("viewing") as db:
        rows = (await db.execute(QUALITY, {"since": since})).all()
    return [
        Quality(
            *(row.day, row.plays, row.profiles, row.watched_ms / HOUR_MS),
            1000 * int(row.bits) / row.measured_ms if row.measured_ms else None,
            int(row.stalled_ms) / (row.watched_ms + int(row.stalled_ms)),
            row.stalls * HOUR_MS / row.watched_ms,
        )
        for row in rows
    ]
