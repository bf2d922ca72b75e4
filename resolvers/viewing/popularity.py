"""How much each title is watched, for every list that ranks by it."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

HALF_LIFE_DAYS = 14

REFRESH = text(
    """
    with play as (
        select g.profile_id, g.title_id, max(g.updated_at) as at
        from viewing.progress g
        where (g.watched or g.position_ms >= 0.05 * g.duration_ms)
          and not exists (
              select from catalog.published_playable p where p.playable_id = g.playable_id and p.kind = 'TRAILER'
          )
        group by g.profile_id, g.title_id
    ), heat as (
        select title_id,
            sum(power(0.5::float8, greatest(extract(epoch from now() - at)::float8, 0) / (86400 * :half_life))) as heat
        from play group by title_id
    ), scored as (
        select title_id, heat / max(heat) over () as score from heat where heat > 0
    ), gone as (
        delete from viewing.published_popularity where title_id not in (select title_id from scored)
    ), told as (
        update viewing.popularity_revision set revision = revision + 1
    )
    insert into viewing.published_popularity as old (title_id, score)
    select title_id, score from scored order by title_id
    on conflict (title_id) do update set score = excluded.score where old.score is distinct from excluded.score
    """
)


async def refresh_popularity(session: AsyncSession) -> None:
    """Computes viewing.published_popularity anew, from 0 to 1, where 1 is the most watched title.

    Each profile that watched at least 5 % of a title counts once, by its newest play: half as much every two weeks.
    """
    await session.execute(REFRESH, {"half_life": float(HALF_LIFE_DAYS)})
