"""The other grants: refresh tokens, devices without a keyboard, and clients on their own account."""

from datetime import timedelta
from typing import Any

from authlib.oauth2.rfc6749 import AccessDeniedError, InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant, RefreshTokenGrant
from authlib.oauth2.rfc8628 import (
    AuthorizationPendingError,
    DeviceCodeGrant,
    ExpiredTokenError,
    SlowDownError,
)
from sqlalchemy import select
from sqlalchemy.util import await_only
from sqlmodel import col

from models.identity import Account, Client, Device, DeviceGrant, RefreshToken, Session
from oauth.provider.clients import CONFIDENTIAL, METHODS, RegisteredClient
from oauth.provider.issuing import ONE_TOKEN, bearer, client_session, in_good_standing, tokens_of
from oauth.provider.server import Provider
from oauth.roles import HOUSEHOLD, OPENID_SCOPES
from oauth.sessions import client_token, digest, redeem, start_session
from runtime.countries import COUNTRIES
from runtime.errors import Refusal

SLOWER_SECONDS = 5


class RefreshedSession:
    """The session that a refresh token was good for, behind Authlib's interface."""

    def __init__(self, row: Session) -> None:
        self.row = row

    def check_client(self, client: RegisteredClient) -> bool:
        return self.row.client_id == client.row.id

    def get_scope(self) -> str | None:
        return self.row.scope


class Refresh(RefreshTokenGrant):
    """RFC 6749, section 6, with rotation and reuse detection (RFC 9700, section 4.14.2)."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def authenticate_refresh_token(self, refresh_token: str) -> RefreshedSession:
        return RefreshedSession(await_only(refreshed(self.server, self.request.client, refresh_token)))

    def authenticate_user(self, token: RefreshedSession) -> Account:
        account = await_only(in_good_standing(self.server, token.row.account_id))
        if account is None:
            raise InvalidGrantError("The account is suspended or closed.")
        return account

    def generate_token(self, user: Account, scope: str, **_: Any) -> dict[str, Any]:
        return await_only(tokens_of(self.server, self.request.client, user, self.request.refresh_token.row, scope))

    def save_token(self, token: dict[str, Any]) -> None:
        """It is part of its session."""

    def revoke_old_credential(self, token: RefreshedSession) -> None:
        """It counts as used since it was redeemed."""


class DeviceCode(DeviceCodeGrant):
    """RFC 8628, section 3.4."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS

    def query_device_credential(self, device_code: str) -> "AskingDevice":
        return AskingDevice(await_only(asking(self.server, device_code)))

    def validate_device_credential(self, credential: "AskingDevice") -> Account:
        return await_only(approver(self.server, credential.row))

    def generate_token(self, user: Account, scope: str, **_: Any) -> dict[str, Any]:
        return await_only(let_in(self.server, self.request.client, user, self.request.credential.row))

    def save_token(self, token: dict[str, Any]) -> None:
        """It is part of its session."""


class AskingDevice:
    """A device's row, behind Authlib's interface."""

    def __init__(self, row: DeviceGrant) -> None:
        self.row = row

    def get_client_id(self) -> str:
        return self.row.client_id

    def get_scope(self) -> str:
        return self.row.scope


class ClientCredentials(ClientCredentialsGrant):
    """RFC 6749, section 4.4: a partner or a service, without anybody signed in."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL

    def generate_token(self, scope: str | None, **_: Any) -> dict[str, Any]:
        client: RegisteredClient = self.request.client
        country = country_of(client.row, self.request.payload.data.get("country"))
        return await_only(own_token(self.server, client, own_scope(client, scope), country))

    def save_token(self, token: dict[str, Any]) -> None:
        """It is part of its session."""


async def refreshed(provider: Provider, client: RegisteredClient, refresh_token: str) -> Session:
    """The session that the token refreshes; InvalidGrantError where it does not, or was stolen."""
    token = col(RefreshToken.token_hash) == digest(refresh_token)
    owner = select(col(Session.account_id)).join(RefreshToken, col(RefreshToken.session_id) == col(Session.id))
    account_id = await provider.db.scalar(owner.where(token))
    try:
        session = await redeem(provider.db, refresh_token, provider.now, client_id=client.row.id)
    except Refusal as refusal:
        raise InvalidGrantError("The refresh token is not valid.") from refusal
    if session is None:
        provider.keeps = True
        provider.touched |= {account_id} if account_id else set()
        raise InvalidGrantError("The refresh token was used before: its session has ended.")
    return session


async def asking(provider: Provider, device_code: str) -> DeviceGrant:
    """The device that has the code, locked: one of its polls at a time."""
    wanted = col(DeviceGrant.device_code_hash) == digest(device_code)
    row = await provider.db.scalar(select(DeviceGrant).where(wanted).with_for_update())
    if row is None:
        raise InvalidGrantError("The device_code is unknown, or was used before.")
    return row


async def approver(provider: Provider, asking: DeviceGrant) -> Account:
    """The account that let the device in; else the error of RFC 8628, section 3.5 that tells it what to do."""
    if asking.denied:
        raise AccessDeniedError
    if asking.expires_at <= provider.now:
        raise ExpiredTokenError
    if asking.device_id is not None:
        device = await provider.db.get_one(Device, asking.device_id)
        account = await in_good_standing(provider, device.account_id)
        if account is None:
            raise AccessDeniedError
        return account
    provider.keeps = True
    too_soon = asking.polled_at and provider.now < asking.polled_at + timedelta(seconds=asking.interval_seconds)
    asking.polled_at = provider.now
    if too_soon:
        asking.interval_seconds += SLOWER_SECONDS
        raise SlowDownError
    raise AuthorizationPendingError


async def let_in(provider: Provider, client: RegisteredClient, account: Account, asking: DeviceGrant) -> dict[str, Any]:
    """Uses the device code up: a session on the device, and its tokens."""
    device = await provider.db.get_one(Device, asking.device_id)
    session = await client_session(provider, client, account, device, asking.scope)
    await provider.db.delete(asking)
    return await tokens_of(provider, client, account, session)


async def own_token(provider: Provider, client: RegisteredClient, scope: str, country: str | None) -> dict[str, Any]:
    session = await start_session(
        *(provider.db, None, provider.now),
        client_id=client.row.id,
        scope=scope,
        lifetime=ONE_TOKEN,
    )
    return bearer(client_token(provider.resources.tokens, session, country), scope)


def own_scope(client: RegisteredClient, scope: str | None) -> str:
    """What the client asks for itself, by default all that it may: never what is a household's."""
    may = [name for name in client.row.scopes if name not in {*OPENID_SCOPES, HOUSEHOLD}]
    wanted = dict.fromkeys(scope.split()) if scope else may
    if not set(wanted) <= set(may):
        raise InvalidScopeError("The client may not ask for all of these scopes for itself.")
    return " ".join(wanted)


def country_of(client: Client, asked: str | None) -> str | None:
    """The country that a client's own token is for: the one that it is registered for, else the one it names."""
    if asked is not None and asked not in COUNTRIES:
        raise InvalidRequestError("The country is not one of ISO 3166-1 alpha-2.")
    if asked is not None and client.country not in (None, asked):
        raise InvalidRequestError(f"The country is not the client's: it is registered for {client.country}.")
    return client.country or asked
