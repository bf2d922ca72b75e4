"""What identity keeps for a while alone, and forgets by itself."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import (
    AuthorizationCode,
    Ceremony,
    Device,
    DeviceGrant,
    KnownAddress,
    MailToken,
    Session,
    Throttle,
)

AFTERWARDS = timedelta(days=1)
"""How long what is good once is kept after its time: a code that is replayed then still ends what it gave."""
IDLE_BUCKET = timedelta(days=1)
"""Longer than any throttle's bucket takes to run empty."""
UNSEEN_ADDRESS = timedelta(days=365)


async def forget_expired(db: AsyncSession, now: datetime) -> None:
    """Deletes sessions at their end, devices that no session or approval is left of, what was good once a day later,
    throttles of the day before, and addresses that nobody signed in from for a year.

    Streams of an expired session end with their lease, for it can send no more heartbeats.
    """
    await db.execute(delete(Session).where(col(Session.expires_at) <= now))
    for table in (AuthorizationCode, DeviceGrant, Ceremony, MailToken):
        await db.execute(delete(table).where(col(table.expires_at) <= now - AFTERWARDS))
    await db.execute(delete(Throttle).where(col(Throttle.updated_at) <= now - IDLE_BUCKET))
    await db.execute(delete(KnownAddress).where(col(KnownAddress.seen_at) <= now - UNSEEN_ADDRESS))
    signed_in = exists().where(col(Session.device_id) == col(Device.id))
    approved = exists().where(col(DeviceGrant.device_id) == col(Device.id))
    await db.execute(delete(Device).where(~signed_in, ~approved))
