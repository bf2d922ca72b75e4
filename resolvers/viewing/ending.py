"""The job "end_streams": what plays ends with the sign-in that it was started by, or with its household's standing."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.viewing import AccountLock, PlaybackCommandReason
from models.viewing import PlaybackSession as Session
from resolvers.viewing.commands import announce
from resolvers.viewing.slots import end, lock_account
from runtime.database import among
from runtime.resources import Resources


async def end_streams(resources: Resources, payload: bytes) -> None:
    """Ends the open playbacks of sign-ins (`{"sessions", "accounts", "reason"}`) or of a household (`{"account",
    "reason"}`), and tells their players why. Done again, it finds none to end.
    """
    wanted = orjson.loads(payload)
    reason = PlaybackCommandReason[wanted["reason"]]
    accounts = sorted(map(UUID, wanted.get("accounts") or [wanted["account"]]))
    async with resources.database.write("viewing") as db:
        added = await lock_accounts(db, accounts)
        ids = await lock_streams(db, streams_meant(wanted))
        await end(db, ids, datetime.now(UTC), reason)
        await db.execute(delete(AccountLock).where(among(col(AccountLock.account_id), added)))
    announce(resources.hub, accounts, ids)


async def lock_accounts(db: AsyncSession, ids: Iterable[UUID]) -> list[UUID]:
    """Locks accounts, so that a playback which is being started with the token of a session that has just ended is
    either seen here, or sees that the session is gone; those among them that had no lock until now."""
    added = []
    for account_id in ids:
        lock = insert(AccountLock).values(account_id=account_id).on_conflict_do_nothing()
        if await db.scalar(lock.returning(col(AccountLock.account_id))):
            added.append(account_id)
        else:
            await lock_account(db, account_id)
    return added


def streams_meant(wanted: dict[str, Any]) -> ColumnElement[bool]:
    if "account" in wanted:
        return col(Session.account_id) == UUID(wanted["account"])
    return among(col(Session.sign_in_id), list(map(UUID, wanted["sessions"])))


async def lock_streams(db: AsyncSession, meant: ColumnElement[bool]) -> Sequence[UUID]:
    """The open playbacks among those meant."""
    query = select(col(Session.id)).where(meant, col(Session.ended_at).is_(None))
    return (await db.scalars(query.order_by(col(Session.id)).with_for_update())).all()
