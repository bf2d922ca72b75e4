"""Devices without a keyboard (RFC 8628): they show a code, and somebody who is signed in elsewhere approves them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Client, Device, DeviceGrant, DeviceKind
from oauth.sessions import digest
from oauth.throttle import Limit, give_back, take
from runtime.encryption import Encryption
from runtime.errors import Refusal
from runtime.resources import Resources

LIFETIME = timedelta(minutes=30)
INTERVAL_SECONDS = 5
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""No vowels, so no words; nothing that looks like something else (RFC 8628, section 6.1)."""
GUESSES = Limit("user code", burst=10, every=timedelta(minutes=1))
"""By account: a code has 35 bits and lives for half an hour."""


async def add_grant(
    db: AsyncSession, encryption: Encryption, client: Client, scope: str, device_name: str, now: datetime
) -> tuple[str, str]:
    """The device code and the user code of a device that waits for approval from now on."""
    device_code = secrets.token_urlsafe(32)
    letters = "".join(secrets.choice(LETTERS) for _ in range(8))
    db.add(
        DeviceGrant(
            device_code_hash=digest(device_code),
            user_code_index=index_of(encryption, letters),
            client_id=client.id,
            device_name=device_name,
            scope=scope,
            expires_at=now + LIFETIME,
            interval_seconds=INTERVAL_SECONDS,
        )
    )
    await db.flush()
    return device_code, f"{letters[:4]}-{letters[4:]}"


async def waiting(resources: Resources, account_id: UUID, user_code: str, now: datetime) -> tuple[str, str]:
    """The names of the client and of the device that shows the code.

    Refusals: INVALID_USER_CODE (`userCode`), TOO_MANY_ATTEMPTS.
    """
    async with found(resources, account_id, user_code, now) as (db, grant):
        client = await db.get_one(Client, grant.client_id)
        return client.name, grant.device_name


async def approve(resources: Resources, account_id: UUID, user_code: str, now: datetime) -> Device:
    """Lets the device that shows the code in; it gets its tokens when it asks next.

    Refusals: INVALID_USER_CODE (`userCode`), TOO_MANY_ATTEMPTS.
    """
    async with found(resources, account_id, user_code, now) as (db, grant):
        device = Device(account_id=account_id, name=grant.device_name, kind=DeviceKind.TV, last_seen_at=now)
        db.add(device)
        await db.flush()
        grant.device_id = device.id
        return device


async def deny(resources: Resources, account_id: UUID, user_code: str, now: datetime) -> None:
    """Turns the device that shows the code away. Refusals: INVALID_USER_CODE (`userCode`), TOO_MANY_ATTEMPTS."""
    async with found(resources, account_id, user_code, now) as (_, grant):
        grant.denied = True


@asynccontextmanager
async def found(
    resources: Resources, account_id: UUID, user_code: str, now: datetime
) -> AsyncIterator[tuple[AsyncSession, DeviceGrant]]:
    """The grant of a code that waits for a decision, locked, in a transaction; every look is a guess until it finds."""
    await take(resources, GUESSES, now, str(account_id))
    async with resources.database.write("identity") as db:
        waits = (col(DeviceGrant.expires_at) > now, col(DeviceGrant.device_id).is_(None), ~col(DeviceGrant.denied))
        index = index_of(resources.encryption, user_code)
        query = select(DeviceGrant).where(col(DeviceGrant.user_code_index) == index, *waits).with_for_update()
        grant = await db.scalar(query)
        if grant is None:
            raise Refusal("INVALID_USER_CODE", "No device waits with this code: see what it shows now.", "userCode")
        yield db, grant
    await give_back(resources, GUESSES, str(account_id))


def index_of(encryption: Encryption, user_code: str) -> bytes:
    """The code's blind index, however it was typed."""
    return encryption.blind_index("user code\n" + "".join(filter(str.isalnum, user_code)).upper())
