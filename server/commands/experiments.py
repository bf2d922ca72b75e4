"""`marquee recommend experiments`: how the arms of experiments did."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from recommendations.experiments import Outcome, summary
from runtime.resources import open_resources
from runtime.settings import Settings

# a title picked from a row on a day counts once, however often it was played: so plays never outnumber impressions
OUTCOMES = text(
    """
    select i.buckets, sum(i.count)::bigint as impressions, count(*) filter (
        where exists (
            select from viewing.playback_session s
            where s.profile_id = i.profile_id and s.title_id = i.title_id and s.row_id = i.row_id
                and s.started_at >= i.day::timestamptz and s.started_at < (i.day + 1)::timestamptz
        )
    ) as plays
    from viewing.impression i where i.day >= cast(:since as date) and i.buckets <> ''
    group by i.buckets order by i.buckets
    """
)


async def experiments_of(settings: Settings, days: int) -> list[str]:
    """A line an arm: impressions, plays, and plays for each impression with their 95 % confidence interval."""
    since = (datetime.now(UTC) - timedelta(days=days)).date()
    async with open_resources(settings, ("viewing",)) as resources, resources.database.read("viewing") as db:
        rows = await db.execute(OUTCOMES, {"since": since})
        outcomes = [Outcome(row.buckets, row.impressions, row.plays) for row in rows]
    lines = [
        f"{arm.experiment:<16} {arm.arm:<16} {arm.impressions:>12} {arm.plays:>8}"
        f" {arm.rate:>8.4f} {arm.low:>8.4f} {arm.high:>8.4f}"
        for arm in summary(outcomes)
    ]
    heading = f"{'experiment':<16} {'arm':<16} {'impressions':>12} {'plays':>8} {'rate':>8} {'from':>8} {'to':>8}"
    return [heading, *lines] if lines else [f"No impressions in an experiment since {since}."]
