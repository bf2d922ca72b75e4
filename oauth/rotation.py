"""New keys for old, while the server runs: what wraps the accounts' keys, and the accounts' keys themselves.

Whoever reads a cell reads its key in the same statement, and whoever writes one locks the key's row, so neither ever
meets one without the other. Rotation locks accounts first, as commands do, waits for nobody longer than PATIENCE, and
comes back to what it had to leave.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey, DataRequest
from oauth import archives
from oauth.sealed import reseal
from runtime.resources import Resources

BATCH = 200
PATIENCE = text("set local lock_timeout = '200ms'")
"""Less than Postgres' deadlock_timeout of 1 s: in a deadlock it is the rotation that gives way."""
LOCK_NOT_AVAILABLE = "55P03"
PAUSE = 0.05

Progress = Callable[[int, int], None]
"""How many are done, of how many."""


async def rewrap(resources: Resources, progress: Progress) -> int:
    """Wraps every account's key by the current key-encryption key; how many it were."""
    current = resources.encryption.provider.names()[-1]
    total, done = await wrapped_otherwise(resources, current), 0
    while left := await wrapped_otherwise(resources, current):
        done += await rewrap_batch(resources, current)
        progress(done, max(total, done + left))
    return done


async def wrapped_otherwise(resources: Resources, current: str) -> int:
    query = select(func.count()).select_from(AccountKey).where(col(AccountKey.wrapped_by) != current)
    async with resources.database.read("identity") as db:
        return int(await db.scalar(query) or 0)


async def rewrap_batch(resources: Resources, current: str) -> int:
    """Wraps some more; those that somebody has locked are left for the next time."""
    query = select(AccountKey).where(col(AccountKey.wrapped_by) != current).limit(BATCH)
    async with resources.database.write("identity") as db:
        stored = (await db.scalars(query.with_for_update(skip_locked=True))).all()
        for key in stored:
            plain = resources.encryption.unwrap(key.wrapped_by, key.wrapped)
            key.wrapped_by, key.wrapped = resources.encryption.provider.wrap(plain)
    if not stored:
        await asyncio.sleep(PAUSE)
    return len(stored)


async def renew(resources: Resources, progress: Progress) -> int:
    """Gives every account there is now a new key, and seals everything of it anew; how many it were."""
    async with resources.database.read("identity") as db:
        waiting = list(
            (await db.scalars(select(col(AccountKey.account_id)).order_by(col(AccountKey.account_id)))).all()
        )
    total, renewed = len(waiting), 0
    while waiting:
        batch, waiting = waiting[:BATCH], waiting[BATCH:]
        busy = [account_id for account_id in batch if not await patiently(renew_one, resources, account_id)]
        renewed += len(batch) - len(busy)
        waiting += busy
        progress(renewed, total)
    return renewed


async def patiently(work: Callable[[Resources, UUID], Awaitable[bool]], resources: Resources, account_id: UUID) -> bool:
    """Whether it is done; False where somebody holds what it needs."""
    try:
        return await work(resources, account_id)
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCK_NOT_AVAILABLE:
            raise
        return False


async def renew_one(resources: Resources, account_id: UUID) -> bool:
    """Changes one account's key; False where the key or an archive changed in between. One that is gone needs none."""
    old = await read_key(resources, account_id)
    if old is None:
        return True
    wrapped_by, wrapped, new = resources.encryption.new_key()
    archived = await read_archived(resources, account_id)
    sealed = {
        id_: await resealed(resources, id_, new) for id_ in archived
    }  # before the transaction: it may be far away
    async with resources.database.write("identity") as db:
        await db.execute(PATIENCE)
        stored = await locked_key(db, account_id)
        known = await db.scalars(archived_of(account_id))
        swaps = (
            stored is not None
            and resources.encryption.unwrap(stored.wrapped_by, stored.wrapped) == old
            and {row.id: row.object_key for row in known} == archived
        )
        if stored is not None and swaps:
            await reseal(db, resources.encryption, account_id, old, new)
            stored.wrapped_by, stored.wrapped = wrapped_by, wrapped
            for request_id, object_key in sealed.items():
                (await db.get_one(DataRequest, request_id)).object_key = object_key
    for request_id in sealed:
        await archives.tidy(resources, request_id)
    return swaps or stored is None


async def read_key(resources: Resources, account_id: UUID) -> bytes | None:
    columns = (col(AccountKey.wrapped_by), col(AccountKey.wrapped))
    async with resources.database.read("identity") as db:
        row = (await db.execute(select(*columns).where(col(AccountKey.account_id) == account_id))).one_or_none()
    return resources.encryption.unwrap(row.wrapped_by, row.wrapped) if row else None


def archived_of(account_id: UUID) -> Select[Any]:
    return select(DataRequest).where(
        col(DataRequest.account_id) == account_id, col(DataRequest.object_key).is_not(None)
    )


async def read_archived(resources: Resources, account_id: UUID) -> dict[UUID, str]:
    """The account's archives: the object of each by its request."""
    async with resources.database.read("identity") as db:
        return {row.id: row.object_key for row in await db.execute(archived_of(account_id))}


async def resealed(resources: Resources, request_id: UUID, key: bytes) -> str | None:
    """The object of the request's archive, sealed anew; None where it is over."""
    archive = await archives.load(resources, request_id)
    return await archives.store(resources, request_id, key, archive) if archive is not None else None


async def locked_key(db: AsyncSession, account_id: UUID) -> AccountKey | None:
    """The account's key, locked after the account, in the order in which commands do."""
    await db.scalar(select(col(Account.id)).where(col(Account.id) == account_id).with_for_update(key_share=True))
    return await db.get(AccountKey, account_id, with_for_update=True)
