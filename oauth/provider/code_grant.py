"""The authorization code grant (RFC 6749, section 4.1), with PKCE by S256 for every client (RFC 7636)."""

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from sqlalchemy import select
from sqlalchemy.util import await_only
from sqlmodel import col

from models.identity import Account, AuthorizationCode, Device, DeviceKind
from oauth.provider.clients import METHODS, RegisteredClient
from oauth.provider.issuing import client_session, end, in_good_standing, tokens_of
from oauth.provider.requests import ProviderRequest
from oauth.provider.server import Provider
from oauth.sessions import digest, granted

LIFETIME = timedelta(seconds=60)


class IssuedCode:
    """A code's row, behind Authlib's interface."""

    def __init__(self, row: AuthorizationCode) -> None:
        self.row = row

    def get_redirect_uri(self) -> str:
        return self.row.redirect_uri

    def get_scope(self) -> str:
        return self.row.scope


class CodeGrant(AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    @staticmethod
    def validate_authorization_redirect_uri(request: ProviderRequest, client: RegisteredClient) -> str:
        redirect_uri: str | None = request.payload.redirect_uri
        if redirect_uri is None or not client.check_redirect_uri(redirect_uri):
            raise InvalidRequestError("The redirect_uri is not one that the client has registered.")
        return redirect_uri

    def save_authorization_code(self, code: str, request: ProviderRequest) -> None:
        provider: Provider = self.server
        row = AuthorizationCode(
            code_hash=digest(code),
            client_id=request.client.row.id,
            account_id=request.user.id,
            redirect_uri=request.payload.redirect_uri,
            scope=" ".join(granted(request.user, None, request.scope)),
            nonce=request.payload.data.get("nonce"),
            challenge=request.payload.data["code_challenge"],
            auth_time=request.auth_time,
            expires_at=provider.now + LIFETIME,
        )
        provider.db.add(row)

    def query_authorization_code(self, code: str, client: RegisteredClient) -> IssuedCode | None:
        row = await_only(unused(self.server, code, client))
        return IssuedCode(row) if row else None

    def authenticate_user(self, code: IssuedCode) -> Account | None:
        return await_only(in_good_standing(self.server, code.row.account_id))

    def generate_token(self, user: Account, scope: str, **_: Any) -> dict[str, Any]:
        return await_only(redeemed(self.server, self.request.client, user, self.request.authorization_code.row))

    def save_token(self, token: dict[str, Any]) -> None:
        """It is part of its session."""

    def delete_authorization_code(self, code: IssuedCode) -> None:
        """It stays, so that its replay is known for one."""


class Challenge(CodeChallenge):
    """Authlib asks for a challenge only where the client came with one, and takes `plain`."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: CodeGrant, redirect_uri: str) -> None:
        if grant.request.payload.data.get("code_challenge_method") != "S256":
            raise InvalidRequestError("PKCE is required: send a code_challenge with code_challenge_method=S256.")
        super().validate_code_challenge(grant, redirect_uri)

    def get_authorization_code_challenge(self, code: IssuedCode) -> str:
        return code.row.challenge

    def get_authorization_code_challenge_method(self, code: IssuedCode) -> str:
        return "S256"


async def unused(provider: Provider, code: str, client: RegisteredClient) -> AuthorizationCode | None:
    """The client's code, locked, so that of many who redeem it at once the first alone gets tokens.

    InvalidGrantError where it was used before, expired or not: what it gave is revoked then (section 4.1.2).
    """
    wanted = col(AuthorizationCode.code_hash) == digest(code)
    row = await provider.db.scalar(select(AuthorizationCode).where(wanted).with_for_update())
    if row is None or row.client_id != client.row.id:
        return None
    if row.used_at is not None:
        if row.session_id is not None:
            await end(provider, row.session_id, row.account_id)
        raise InvalidGrantError("The code was used before: what it gave is revoked.")
    return row if row.expires_at > provider.now else None


async def redeemed(
    provider: Provider, client: RegisteredClient, account: Account, code: AuthorizationCode
) -> dict[str, Any]:
    """Uses the code up: a session on a device that is called like the client, and its tokens."""
    device = Device(account_id=account.id, name=client.row.name, kind=DeviceKind.WEB, last_seen_at=provider.now)
    provider.db.add(device)
    await provider.db.flush()
    session = await client_session(provider, client, account, device, code.scope)
    code.used_at, code.session_id = provider.now, session.id
    return await tokens_of(provider, client, account, session)
