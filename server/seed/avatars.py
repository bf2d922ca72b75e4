"""The pictures that profiles choose from."""

import asyncio
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.identity import Avatar
from runtime.resources import Resources
from runtime.storage import Storage
from sandbox.artwork import AVATARS, draw_avatar
from server.seed.ids import seed_id

MEDIA_TYPE = "image/jpeg"


def avatar_id(number: int) -> UUID:
    """The id of an avatar; numbers run from 1, and go round for those above the last."""
    return seed_id("avatar", (number - 1) % AVATARS + 1)


async def seed_avatars(resources: Resources) -> None:
    """Draws the avatars that are not there."""
    async with resources.database.read("identity") as db:
        there = set((await db.execute(select(col(Avatar.id)))).scalars())
    rows = [await store(resources.storage, n) for n in range(1, AVATARS + 1) if avatar_id(n) not in there]
    if rows:
        async with resources.database.write("identity") as db:
            await db.execute(insert(Avatar).values([row.model_dump() for row in rows]).on_conflict_do_nothing())


async def store(storage: Storage, number: int) -> Avatar:
    """Draws an avatar and stores its picture; the row that is to be."""
    key = f"artwork/avatars/{number}.jpg"
    await storage.put(key, await asyncio.to_thread(draw_avatar, number), MEDIA_TYPE)
    return Avatar(id=avatar_id(number), object_key=key, position=number)
