"""Archives of what we hold of a household: in object storage, sealed by the account's own key.

Each sealing is an object of its own, so that a reader never meets one whose key it has not read yet, and of two
workers at the same request one wins. The row names the object that counts.
"""

from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlmodel import col

from models.identity import AccountKey, DataRequest
from runtime.encryption import Cell
from runtime.resources import Resources
from runtime.storage import MissingObject

KEPT = timedelta(days=7)
ATTEMPTS = 3


def folder_of(request_id: UUID) -> str:
    return f"exports/{request_id}"


def cell_of(request_id: UUID) -> Cell:
    return Cell("identity.data_request", "archive", request_id)


async def store(resources: Resources, request_id: UUID, key: bytes, archive: bytes) -> str:
    """Seals and stores an archive; the object's key, which is the row's to remember."""
    object_key = f"{folder_of(request_id)}/{uuid4().hex}.zip.sealed"
    await resources.storage.put(object_key, resources.encryption.seal_bytes(key, cell_of(request_id), archive))
    return object_key


async def load(resources: Resources, request_id: UUID) -> bytes | None:
    """The archive in the clear; None where there is none, or it is over."""
    columns = (col(DataRequest.object_key), col(AccountKey.wrapped_by), col(AccountKey.wrapped))
    query = select(*columns).join(AccountKey, col(AccountKey.account_id) == col(DataRequest.account_id))
    for _ in range(ATTEMPTS):
        async with resources.database.read("identity") as db:
            row = (await db.execute(query.where(col(DataRequest.id) == request_id))).one_or_none()
        if row is None or row.object_key is None:
            return None
        try:
            sealed = await resources.storage.get(row.object_key)
        except MissingObject:  # the account's key was rotated in between: the row names another object by now
            continue
        key = resources.encryption.unwrap(row.wrapped_by, row.wrapped)
        return resources.encryption.open_bytes(key, cell_of(request_id), sealed)
    return None


async def tidy(resources: Resources, request_id: UUID) -> int:
    """Deletes the request's archives but the one that its row names; how many there were."""
    query = select(col(DataRequest.object_key)).where(col(DataRequest.id) == request_id)
    async with resources.database.read("identity") as db:
        named = await db.scalar(query)
    others = [key for key in await resources.storage.keys(folder_of(request_id)) if key != named]
    await resources.storage.delete(others)
    return len(others)
