"""The sessions that grants make, and what the token endpoint answers of them (RFC 6749, section 5.1)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col

from models.identity import Account, AccountStatus, Device, Profile, Session
from models.viewing import PlaybackCommandReason
from oauth.provider.clients import RegisteredClient
from oauth.provider.server import Provider
from oauth.sessions import SESSION_LIFETIME, access_token, end_sessions, granted, issue_refresh_token, start_session
from runtime.tokens import ACCESS_TOKEN_SECONDS

ONE_TOKEN = timedelta(seconds=ACCESS_TOKEN_SECONDS)


async def in_good_standing(provider: Provider, account_id: UUID | None) -> Account | None:
    """The account; None where it is gone or suspended."""
    account = await provider.db.get(Account, account_id) if account_id else None
    return account if account and account.status is not AccountStatus.SUSPENDED else None


async def client_session(
    provider: Provider, client: RegisteredClient, account: Account, device: Device, scope: str
) -> Session:
    """A session of the account at the client, for what of the scope the account has; without refresh tokens it is
    as short as its only access token."""
    scope = " ".join(granted(account, None, scope))
    lifetime = SESSION_LIFETIME if client.is_refreshed(scope) else ONE_TOKEN
    return await start_session(
        *(provider.db, account, provider.now),
        device=device,
        client_id=client.row.id,
        scope=scope,
        lifetime=lifetime,
    )


async def tokens_of(
    provider: Provider, client: RegisteredClient, account: Account, session: Session, scope: str | None = None
) -> dict[str, Any]:
    """The token endpoint's answer; the access token is for `scope`, or all that was granted."""
    profile = await provider.db.get(Profile, session.profile_id) if session.profile_id else None
    wanted = session.scope or "" if scope is None else scope
    answer = bearer(
        access_token(provider.resources.tokens, account, session, profile, wanted),
        " ".join(granted(account, profile, wanted)),
    )
    if client.is_refreshed(session.scope or ""):
        answer["refresh_token"] = await issue_refresh_token(provider.db, session, provider.now)
    return answer


def bearer(token: str, scope: str) -> dict[str, Any]:
    return {"token_type": "Bearer", "access_token": token, "expires_in": ACCESS_TOKEN_SECONDS, "scope": scope}


async def end(provider: Provider, session_id: UUID, account_id: UUID | None) -> None:
    """Ends the session, even if the answer is an error; a client's own has no account."""
    await end_sessions(provider.db, col(Session.id) == session_id, PlaybackCommandReason.SIGNED_OUT)
    provider.keeps = True
    if account_id is not None:
        provider.touched.add(account_id)
