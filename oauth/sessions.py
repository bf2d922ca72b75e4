"""Sessions and the tokens they issue: a short-lived access token, and refresh tokens that are each good once.

Rotation and reuse detection follow RFC 9700, section 4.14.2.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.columns import new_id
from models.identity import Account, Device, DeviceKind, Profile, ProfileKind, RefreshToken, Session
from models.published import PublishedSession
from oauth.roles import scopes_of
from runtime.errors import Refusal
from runtime.tokens import ACCESS_TOKEN_SECONDS, TokenKeys

SESSION_LIFETIME = timedelta(days=60)
LEEWAY = timedelta(seconds=20)
"""Two tabs or a lost answer may use a token twice within this time; later it is theft."""


@dataclass(frozen=True, slots=True)
class Tokens:
    access_token: str
    refresh_token: str
    expires_at: datetime
    scopes: list[str]


async def open_session(
    db: AsyncSession,
    keys: TokenKeys,
    account: Account,
    device_name: str,
    device_kind: DeviceKind,
    now: datetime,
    profile: Profile | None = None,
) -> Tokens:
    """Signs the account in on a device: a new session, and its first tokens."""
    device = Device(account_id=account.id, name=device_name, kind=device_kind, last_seen_at=now)
    session = Session(
        account_id=account.id,
        device_id=device.id,
        profile_id=profile.id if profile else None,
        created_at=now,
        last_used_at=now,
        expires_at=now + SESSION_LIFETIME,
    )
    db.add(device)
    await db.flush()
    db.add(session)
    await db.flush()
    db.add(PublishedSession(session_id=session.id, account_id=account.id, device_name=device_name))
    return await issue(db, keys, account, session, profile, now)


async def issue(
    db: AsyncSession, keys: TokenKeys, account: Account, session: Session, profile: Profile | None, now: datetime
) -> Tokens:
    """A fresh pair of tokens of the session, scoped to the profile."""
    refresh_token = secrets.token_urlsafe(32)
    db.add(RefreshToken(token_hash=digest(refresh_token), session_id=session.id, issued_at=now))
    session.last_used_at = now
    expires_at = now + timedelta(seconds=ACCESS_TOKEN_SECONDS)
    scopes = granted(account, profile)
    return Tokens(keys.sign(claims_of(account, session.id, profile, scopes)), refresh_token, expires_at, scopes)


def granted(account: Account, profile: Profile | None) -> list[str]:
    """The scopes of the account's roles; none for a child's profile, whoever owns the account."""
    kids = profile is not None and profile.kind is ProfileKind.KIDS
    return [] if kids else scopes_of(account.roles)


def claims_of(account: Account, session_id: UUID, profile: Profile | None, scopes: list[str]) -> dict[str, object]:
    """What an access token says of its bearer."""
    claims: dict[str, object] = {
        "sub": str(account.id),
        "sid": str(session_id),
        "jti": str(new_id()),
        "epoch": account.epoch,
        "country": account.country,
        "scope": " ".join(scopes),
    }
    if profile is not None:
        claims["profile"] = str(profile.id)
        claims["profile_kind"] = profile.kind.name
        claims["maximum_age"] = profile.maximum_age
        claims["locale"] = profile.language
    return claims


async def redeem(db: AsyncSession, refresh_token: str, now: datetime) -> Session | None:
    """The session that the token refreshes, locked; the token counts as used from then on.

    Refusal INVALID_REFRESH_TOKEN where there is none. None where it was used before and the leeway is over: the whole
    session is revoked then, so the caller must let the transaction commit before it refuses.
    """
    wanted = col(RefreshToken.token_hash) == digest(refresh_token)
    token = await db.scalar(select(RefreshToken).where(wanted).with_for_update())
    session = await db.get(Session, token.session_id, with_for_update=True) if token else None
    if token is None or session is None or session.expires_at <= now:
        raise Refusal("INVALID_REFRESH_TOKEN", "The refresh token is not valid: sign in again.", "refreshToken")
    if token.used_at is not None and token.used_at + LEEWAY < now:
        await db.delete(session)
        return None
    token.used_at = token.used_at or now
    return session


async def revoke_all(db: AsyncSession, account_id: UUID) -> int:
    """Ends every session of the account; how many there were."""
    ended = await db.execute(delete(Session).where(col(Session.account_id) == account_id).returning(col(Session.id)))
    return len(ended.all())


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
