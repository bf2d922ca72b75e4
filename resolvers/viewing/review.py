"""The job "review_streams": what plays without the right to ends, and what nobody plays any more is closed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from models.viewing import PlaybackCommandReason
from resolvers.viewing.commands import announce
from resolvers.viewing.slots import end, lock_account
from runtime.resources import Resources

ABANDONED = timedelta(hours=12)
"""A play that was not heard of for so long is over: by then its addresses no longer work either."""
TOGETHER = 200
"""So many accounts share a transaction."""

UNENTITLED = text(
    """
    select s.id, s.account_id, entitled.it as entitled
    from viewing.playback_session s
    left join catalog.published_playable p using (playable_id)
    left join identity.published_profile f using (profile_id)
    cross join lateral (select exists (
        select from billing.published_entitlement e
        where e.account_id = s.account_id and (e.valid_until is null or e.valid_until > :now)
    ) as it) entitled
    where s.ended_at is null and s.lease_until > :now
    and (cast(:accounts as uuid[]) is null or s.account_id = any(cast(:accounts as uuid[])))
    and not (entitled.it and exists (
        select from catalog.published_window w
        where w.title_id = p.title_id and w.country = coalesce(s.country, w.country) and w.minimum_age <= f.maximum_age
        and (w.closes_at is null or w.closes_at > :now) and (w.opens_at <= :now or p.kind = 'TRAILER')
    ))
    order by s.id
    """
)
LOCKED = text(f"{UNENTITLED.text} for update of s")
CLOSE = text(
    """
    update viewing.playback_session set ended_at = beat_at where id in (
        select id from viewing.playback_session where ended_at is null and lease_until < :before
        order by id limit 1000 for update skip locked
    ) returning id
    """
)


async def review_streams(resources: Resources, now: datetime) -> None:
    """Ends the playbacks whose household has no entitlement any more, or whose title is no longer to be seen where it
    plays, and tells their players why; then closes what was abandoned. Done again, it finds none."""
    async with resources.database.read("viewing") as db:
        rows = await db.execute(UNENTITLED, {"now": now, "accounts": None})
        accounts = sorted({row.account_id for row in rows})
    for start in range(0, len(accounts), TOGETHER):
        await end_unentitled(resources, accounts[start : start + TOGETHER], now)
    await close_abandoned(resources, now - ABANDONED)


async def end_unentitled(resources: Resources, account_ids: Sequence[UUID], now: datetime) -> None:
    async with resources.database.write("viewing") as db:
        for account_id in account_ids:
            await lock_account(db, account_id)
        rows = (await db.execute(LOCKED, {"now": now, "accounts": account_ids})).all()
        await end_for(db, [row for row in rows if not row.entitled], PlaybackCommandReason.NO_SUBSCRIPTION)
        await end_for(db, [row for row in rows if row.entitled], PlaybackCommandReason.NOT_AVAILABLE)
    announce(resources.hub, {row.account_id for row in rows}, [row.id for row in rows])


async def end_for(db: AsyncSession, rows: Sequence[Any], reason: PlaybackCommandReason) -> None:
    await end(db, [row.id for row in rows], datetime.now(UTC), reason)


async def close_abandoned(resources: Resources, before: datetime) -> None:
    while True:
        async with resources.database.write("viewing") as db:
            if not (await db.execute(CLOSE, {"before": before})).all():
                return
