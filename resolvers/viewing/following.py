"""The job "episodes_changed": who follows a series goes on with the episodes that it has now."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlmodel import col

from models.viewing import ContinueReason, Progress
from resolvers.viewing.changes import lock_profiles, post
from resolvers.viewing.rules import Entry
from resolvers.viewing.standings import Standing, save_continued, standings_at
from runtime.resources import Resources

TOGETHER = 500
"""So many profiles share a transaction."""


async def episodes_changed(resources: Resources, payload: bytes) -> None:
    """Revives the series (`{"titles"}`) for whoever had watched all there was, and did not take it out of
    continue-watching; entries whose episode is gone lead to another, or leave. Done again, it changes nothing."""
    for title_id in map(UUID, orjson.loads(payload)["titles"]):
        followers = await followers_of(resources, title_id)
        for start in range(0, len(followers), TOGETHER):
            await follow(resources, title_id, followers[start : start + TOGETHER])


async def followers_of(resources: Resources, title_id: UUID) -> Sequence[UUID]:
    """The profiles that watched some of the title."""
    query = select(col(Progress.profile_id)).where(col(Progress.title_id) == title_id)
    async with resources.database.read("viewing") as db:
        return (await db.scalars(query.distinct().order_by(col(Progress.profile_id)))).all()


async def follow(resources: Resources, title_id: UUID, profile_ids: Sequence[UUID]) -> None:
    now = datetime.now(UTC)
    async with resources.database.write("viewing") as db:
        revisions = await lock_profiles(db, profile_ids)
        standings = await standings_at(db, [(profile_id, title_id) for profile_id in profile_ids])
        entries = {place: revived(standing, now) for place, standing in standings.items()}
        changes = await save_continued(db, revisions, standings, entries)
    post(resources.hub, changes)


def revived(standing: Standing, now: datetime) -> Entry | None:
    """The entry that follows from the episodes there are; one that comes back does so as new."""
    entry = standing.continued(standing.newest)
    if entry is None or standing.entry is not None or entry.reason is not ContinueReason.NEXT_EPISODE:
        return entry
    return replace(entry, reason=ContinueReason.NEW_EPISODE, updated_at=now)
