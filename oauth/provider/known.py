"""What a token stands for that somebody shows us: an access token or a refresh token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountStatus, RefreshToken, Session
from oauth.provider.clients import RegisteredClient
from oauth.sessions import digest
from runtime.errors import Unauthenticated
from runtime.tokens import TokenKeys


@dataclass(frozen=True, slots=True)
class Known:
    """A token that is good as far as it goes, the session that it is of, and the account, if any.

    `claims` are an access token's; a refresh token has none.
    """

    session: Session
    account: Account | None
    claims: dict[str, Any] | None
    used: bool
    now: datetime

    def check_client(self, client: RegisteredClient) -> bool:
        return self.session.client_id == client.row.id

    def is_expired(self) -> bool:
        return self.session.expires_at <= self.now

    def is_revoked(self) -> bool:
        """A refresh token that was used, or the token of an account that was signed out everywhere or suspended."""
        if self.account is None:
            return self.used
        signed_out = self.claims is not None and self.claims["epoch"] != self.account.epoch
        return self.used or signed_out or self.account.status is AccountStatus.SUSPENDED


async def known(db: AsyncSession, keys: TokenKeys, token: str, now: datetime) -> Known | None:
    """What the token stands for; None where it is forged or expired, or its session has ended."""
    try:
        claims = keys.verify(token)
    except Unauthenticated:
        return await known_refresh_token(db, token, now)
    found = await of_session(db, UUID(claims["sid"])) if "sid" in claims else None
    return Known(*found, claims=claims, used=False, now=now) if found else None


async def known_refresh_token(db: AsyncSession, token: str, now: datetime) -> Known | None:
    row = await db.get(RefreshToken, digest(token))
    found = await of_session(db, row.session_id) if row else None
    return Known(*found, claims=None, used=row.used_at is not None, now=now) if row and found else None


async def of_session(db: AsyncSession, session_id: UUID) -> tuple[Session, Account | None] | None:
    query = (
        select(Session, Account)
        .outerjoin(Account, col(Account.id) == col(Session.account_id))
        .where(col(Session.id) == session_id)
    )
    row = (await db.execute(query)).one_or_none()
    return (row.Session, row.Account) if row else None
