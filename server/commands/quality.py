"""`marquee quality`: how well playing went, by day, for whoever operates the installation."""

from datetime import UTC, datetime, timedelta

from resolvers.viewing.quality import Quality, quality_since
from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands import Stop

HEADER = f"{'day':<12}{'plays':>8}{'profiles':>10}{'hours':>10}{'Mbit/s':>8}{'stalled':>9}{'stalls/h':>10}"


async def quality_of(settings: Settings, days: int) -> list[str]:
    """A table of the last days, a line each. Stop for a number of days below 1."""
    if days < 1:
        raise Stop(f"--days must be at least 1; it is {days}.")
    async with open_resources(settings, ("viewing",)) as resources:
        found = await quality_since(resources.database, datetime.now(UTC) - timedelta(days=days))
    return [HEADER, *map(line, found)] if found else ["Nothing was watched."]


def line(day: Quality) -> str:
    bitrate = "–" if day.bitrate is None else f"{day.bitrate / 1e6:.2f}"
    return (
        f"{day.day!s:<12}{day.plays:>8}{day.profiles:>10}{day.hours:>10.1f}{bitrate:>8}"
        f"{day.stalled:>9.2%}{day.stalls_an_hour:>10.2f}"
    )
