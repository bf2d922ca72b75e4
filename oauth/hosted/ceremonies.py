"""What is begun in a browser and ended there: kept sealed, under the digest of a secret that only a cookie holds."""

import secrets
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete
from sqlmodel import col
from starlette.requests import Request
from starlette.responses import Response

from models.identity import Ceremony
from oauth.attempts import network_of
from oauth.hosted.browser import cookie_name, set_cookie
from oauth.hosted.pages import address_of, now, resources_of
from oauth.sessions import digest
from oauth.throttle import Limit, take
from runtime.encryption import Cell, DecryptionError

LIFETIME = timedelta(minutes=10)
BEGUN = Limit("ceremony", burst=60, every=timedelta(seconds=2))
"""By network address: each one is a row."""


async def begin(http_request: Request, purpose: str, data: dict[str, Any]) -> str:
    """Keeps the data until the browser comes back with the secret. Refusal TOO_MANY_ATTEMPTS."""
    resources = resources_of(http_request)
    await take(resources, BEGUN, now(), network_of(address_of(http_request)))
    secret = secrets.token_urlsafe(32)
    key = resources.encryption.derived_key("ceremony")
    sealed = resources.encryption.seal(key, cell(purpose, secret), orjson.dumps(data).decode())
    async with resources.database.write("identity") as db:
        db.add(Ceremony(id_hash=digest(secret), data=sealed, expires_at=now() + LIFETIME))
    return secret


def hand_over(response: Response, http_request: Request, purpose: str, secret: str) -> None:
    """Gives the secret to the browser."""
    settings = resources_of(http_request).settings
    set_cookie(response, settings, f"{cookie_name(settings)}-{purpose}", secret, int(LIFETIME.total_seconds()))


async def take_up(http_request: Request, purpose: str) -> dict[str, Any] | None:
    """What this browser began, from then on forgotten; None where that is too long ago, or was taken up before."""
    resources = resources_of(http_request)
    secret = http_request.cookies.get(f"{cookie_name(resources.settings)}-{purpose}", "")
    wanted = (col(Ceremony.id_hash) == digest(secret), col(Ceremony.expires_at) > now())
    async with resources.database.write("identity") as db:
        sealed = await db.scalar(delete(Ceremony).where(*wanted).returning(col(Ceremony.data)))
    if sealed is None:
        return None
    key = resources.encryption.derived_key("ceremony")
    with suppress(DecryptionError):  # it was begun for something else
        data: dict[str, Any] = orjson.loads(resources.encryption.open(key, cell(purpose, secret), sealed))
        return data
    return None


def cell(purpose: str, secret: str) -> Cell:
    """A ceremony's place: one that was begun for something else does not open."""
    return Cell("identity.ceremony", f"data.{purpose}", UUID(bytes=digest(secret)[:16]))
