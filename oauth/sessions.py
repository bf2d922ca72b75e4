"""Sessions and the tokens they issue: a short-lived access token, and refresh tokens that are each good once.

Rotation and reuse detection follow RFC 9700, section 4.14.2. Our own sign-in and every client of OAuth have the same
sessions: a household sees all of them, and ends any.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.columns import new_id
from models.identity import Account, Device, DeviceKind, Profile, ProfileKind, RefreshToken, Session
from models.published import PublishedSession
from models.viewing import PlaybackCommandReason
from oauth.roles import HOUSEHOLD, OPENID_SCOPES, scopes_of
from runtime.errors import Refusal
from runtime.jobs import enqueue
from runtime.tokens import ACCESS_TOKEN_SECONDS, TokenKeys

SESSION_LIFETIME = timedelta(days=60)
LEEWAY = timedelta(seconds=20)
"""Two tabs or a lost answer may use a token twice within this time; later it is theft."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """`refresh_token` is None for a client that gets none."""

    access_token: str
    refresh_token: str | None
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
    db.add(device)
    await db.flush()
    session = await start_session(db, account, now, device=device, profile=profile)
    return await issue(db, keys, account, session, profile, now)


async def start_session(
    db: AsyncSession,
    account: Account | None,
    now: datetime,
    *,
    device: Device | None = None,
    profile: Profile | None = None,
    client_id: str | None = None,
    scope: str | None = None,
    lifetime: timedelta = SESSION_LIFETIME,
) -> Session:
    """A session, stored and published; a client's own has no account."""
    session = Session(
        account_id=account.id if account else None,
        device_id=device.id if device else None,
        profile_id=profile.id if profile else None,
        client_id=client_id,
        scope=scope,
        created_at=now,
        last_used_at=now,
        expires_at=now + lifetime,
    )
    db.add(session)
    await db.flush()
    named = device.name if device else None
    db.add(PublishedSession(session_id=session.id, account_id=session.account_id, device_name=named))
    return session


async def issue(
    db: AsyncSession, keys: TokenKeys, account: Account, session: Session, profile: Profile | None, now: datetime
) -> Tokens:
    """A fresh pair of tokens of the session, scoped to the profile."""
    refreshed = session.client_id is None or await is_refreshed(db, session)
    refresh_token = await issue_refresh_token(db, session, now) if refreshed else None
    expires_at = now + timedelta(seconds=ACCESS_TOKEN_SECONDS)
    scopes = granted(account, profile, session.scope)
    return Tokens(access_token(keys, account, session, profile), refresh_token, expires_at, scopes)


async def is_refreshed(db: AsyncSession, session: Session) -> bool:
    """Whether the session was given a refresh token: what a client may have was decided when it began."""
    return bool(await db.scalar(select(exists().where(col(RefreshToken.session_id) == session.id))))


async def issue_refresh_token(db: AsyncSession, session: Session, now: datetime) -> str:
    """A further refresh token of the session."""
    token = secrets.token_urlsafe(32)
    db.add(RefreshToken(token_hash=digest(token), session_id=session.id, issued_at=now))
    session.last_used_at = now
    if session.device_id is not None:
        await db.execute(update(Device).where(col(Device.id) == session.device_id).values(last_seen_at=now))
    return token


def access_token(
    keys: TokenKeys, account: Account, session: Session, profile: Profile | None, scope: str | None = None
) -> str:
    """An access token of the session, for `scope` if a client asks for less than it was granted.

    It opens the graph unless a client was not granted the household.
    """
    scopes = granted(account, profile, session.scope if scope is None else scope)
    claims = claims_of(account, session, profile, scopes)
    if session.scope is not None and HOUSEHOLD not in scopes:
        claims["aud"] = keys.issuer
    return keys.sign(claims)


def granted(account: Account, profile: Profile | None, scope: str | None = None) -> list[str]:
    """The scopes of the account's roles, of which a client has those in `scope`; none of them for a child's profile."""
    kids = profile is not None and profile.kind is ProfileKind.KIDS
    of_roles = [] if kids else scopes_of(account.roles)
    return of_roles if scope is None else sorted(set(scope.split()) & {*of_roles, *OPENID_SCOPES, HOUSEHOLD})


def claims_of(account: Account, session: Session, profile: Profile | None, scopes: list[str]) -> dict[str, object]:
    """What an access token says of its bearer (RFC 9068, section 2.2)."""
    claims: dict[str, object] = {
        "sub": str(account.id),
        "sid": str(session.id),
        "jti": str(new_id()),
        "epoch": account.epoch,
        "country": account.country,
        "scope": " ".join(scopes),
    }
    if session.client_id is not None:
        claims["client_id"] = session.client_id
    if profile is not None:
        claims["profile"] = str(profile.id)
        claims["profile_kind"] = profile.kind.name
        claims["maximum_age"] = profile.maximum_age
        claims["locale"] = profile.language
    return claims


def client_token(keys: TokenKeys, session: Session, country: str | None) -> str:
    """An access token of a client's own session: nobody's household, for the graph as `country` sees it."""
    claims = {
        "sub": session.client_id,
        "client_id": session.client_id,
        "sid": str(session.id),
        "jti": str(new_id()),
        "scope": session.scope,
    }
    return keys.sign(claims | ({"country": country} if country else {}))


async def redeem(
    db: AsyncSession, refresh_token: str, now: datetime, *, client_id: str | None = None
) -> Session | None:
    """The session that the token refreshes, locked; the token counts as used from then on.

    Refusal INVALID_REFRESH_TOKEN where there is none, or it is another client's. None where it was used before and the
    leeway is over: the whole session is revoked then, so the caller must let the transaction commit before it refuses.
    """
    key = digest(refresh_token)
    session_id = await db.scalar(select(col(RefreshToken.session_id)).where(col(RefreshToken.token_hash) == key))
    session = await db.get(Session, session_id, with_for_update=True) if session_id else None
    token = await db.get(RefreshToken, key)  # under the session's lock, in the order in which a revocation deletes
    if token is None or session is None or session.expires_at <= now or session.client_id != client_id:
        raise Refusal("INVALID_REFRESH_TOKEN", "The refresh token is not valid: sign in again.", "refreshToken")
    if token.used_at is not None and token.used_at + LEEWAY < now:
        await end_sessions(db, col(Session.id) == session.id, PlaybackCommandReason.SIGNED_OUT)
        return None
    token.used_at = token.used_at or now
    return session


async def end_sessions(db: AsyncSession, which: ColumnElement[bool], reason: PlaybackCommandReason) -> Sequence[UUID]:
    """Ends sessions, and queues the end of their streams; the ids of those there were.

    Their access tokens are void as soon as this commits and `authenticate.changed` was told.
    """
    rows = (await db.execute(delete(Session).where(which).returning(col(Session.id), col(Session.account_id)))).all()
    ended = [row.id for row in rows]
    accounts = {row.account_id for row in rows if row.account_id is not None}  # a client's own session plays nothing
    if accounts:
        job = {"sessions": ended, "accounts": list(accounts), "reason": reason.name}
        await enqueue(db, "end_streams", orjson.dumps(job, default=str))
    return ended


def digest(token: str) -> bytes:
    """The form in which tokens are stored and looked up: SHA-256, for they are random and long."""
    return hashlib.sha256(token.encode()).digest()
