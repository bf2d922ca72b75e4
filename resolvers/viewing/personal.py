"""What viewing holds of a household: what it watched, keeps and thinks of titles."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlmodel import SQLModel, col

from models.viewing import (
    AccountLock,
    ContinueWatching,
    Impression,
    ListItem,
    NotInterested,
    PlaybackSession,
    Progress,
    Removal,
    TasteSeed,
    TitleThumb,
)
from resolvers.personal import Kinds, columns_of, rows_of
from resolvers.viewing.forgetting import forget_profiles, topics_of
from runtime.database import among
from runtime.resources import Resources

KINDS: dict[str, type[SQLModel]] = {
    "plays": PlaybackSession,
    "progress": Progress,
    "continue_watching": ContinueWatching,
    "taken_out_of_continue_watching": Removal,
    "my_list": ListItem,
    "thumbs": TitleThumb,
    "not_interested": NotInterested,
    "taste_seeds": TasteSeed,
    "shown_on_home": Impression,
}
"""What is exported; ProfileState and AccountLock hold a counter and a lock, and nothing about anybody."""
OF_ACCOUNT: tuple[Any, ...] = (PlaybackSession, AccountLock)


async def export(resources: Resources, account_id: UUID, profile_ids: Sequence[UUID]) -> Kinds:
    """All plays of the account, and all else of its profiles."""
    async with resources.database.read("viewing") as db:
        return {
            name: await rows_of(
                db, select(*columns_of(table, ("account_id",))).where(own(table, account_id, profile_ids))
            )
            for name, table in KINDS.items()
        }


def own(table: Any, account_id: UUID, profile_ids: Sequence[UUID]) -> ColumnElement[bool]:
    if table in OF_ACCOUNT:
        return col(table.account_id) == account_id
    return among(col(table.profile_id), profile_ids)


async def clear_events(resources: Resources, profile_ids: Sequence[UUID]) -> int:
    """Deletes what Valkey keeps of the profiles; how many keys. Call before `erase`, which forgets the plays."""
    async with resources.database.write("viewing") as db:
        topics = await topics_of(db, profile_ids)
    return int(await resources.valkey.delete(*topics)) if topics else 0


async def erase(resources: Resources, account_id: UUID, profile_ids: Sequence[UUID]) -> int:
    """Deletes everything; how many rows it were."""
    async with resources.database.write("viewing") as db:
        forgotten = await forget_profiles(db, profile_ids)
        deleted = [await db.execute(delete(table).where(col(table.account_id) == account_id)) for table in OF_ACCOUNT]
    return sum(forgotten.values()) + sum(result.rowcount for result in deleted)  # type: ignore[attr-defined]
