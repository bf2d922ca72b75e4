"""The job "forget_profile": when a profile is gone, so is all that it watched, listed and rated."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.viewing import PlaybackSession as Session
from models.viewing import ProfileState
from resolvers.viewing import changes, commands
from resolvers.viewing.recommending import cache
from runtime.database import among
from runtime.resources import Resources

TABLES = [t for t in SQLModel.metadata.sorted_tables if t.schema == "viewing" and "profile_id" in t.columns]
"""Every table of this subgraph that says of a row whose it is."""


async def forget_profile(resources: Resources, profile_id: UUID) -> None:
    """Forgets one profile, in Postgres and in Valkey; done again, it finds nothing to forget.

    RedisError where Valkey is away; then Postgres still knows what Valkey is to forget.
    """
    async with resources.database.write("viewing") as db:
        topics = await topics_of(db, [profile_id])
        await forget_profiles(db, [profile_id])
        await resources.valkey.delete(*topics)


async def forget_profiles(db: AsyncSession, profile_ids: Sequence[UUID]) -> dict[str, int]:
    """Deletes all rows of the profiles; how many, by the tables' names.

    It locks what heartbeats lock, in the order in which they do.
    """
    wanted = sorted(profile_ids)
    state = col(ProfileState.profile_id)
    for key, of in ((col(Session.id), col(Session.profile_id)), (state, state)):
        await db.execute(select(key).where(among(of, wanted)).order_by(key).with_for_update())
    forgotten = {}
    for table in TABLES:
        result: CursorResult[Any] = await db.execute(delete(table).where(among(table.c.profile_id, wanted)))  # type: ignore[assignment]
        forgotten[table.fullname] = result.rowcount
    return forgotten


async def topics_of(db: AsyncSession, profile_ids: Sequence[UUID]) -> list[str]:
    """The keys of the profiles in Valkey: those of their lists, of their playbacks, and of their rankings."""
    sessions = await db.scalars(select(col(Session.id)).where(among(col(Session.profile_id), profile_ids)))
    rankings = [key for profile_id in profile_ids for key in cache.keys_of(profile_id)]
    return [*map(changes.topic_of, profile_ids), *map(commands.topic_of, sessions), *rankings]
