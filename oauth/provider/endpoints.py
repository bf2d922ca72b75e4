"""What clients ask beside tokens: for a device's codes, and what becomes or has become of a token."""

from typing import Any

from authlib.oauth2.rfc6749 import InvalidRequestError, InvalidScopeError, UnauthorizedClientError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceAuthorizationEndpoint
from sqlalchemy.util import await_only

from oauth.names import checked_name
from oauth.provider.clients import CONFIDENTIAL, METHODS, RegisteredClient
from oauth.provider.device import INTERVAL_SECONDS, LIFETIME, add_grant
from oauth.provider.issuing import end
from oauth.provider.known import Known, known
from oauth.provider.requests import ProviderRequest
from oauth.provider.server import Provider
from runtime.errors import Refusal

VERIFICATION = "/oauth/device"
NO_STORE = [("Cache-Control", "no-store")]


class DeviceAuthorization(DeviceAuthorizationEndpoint):
    """RFC 8628, section 3.1. `device_name` is ours: what the household will call the device."""

    CLIENT_AUTH_METHODS = METHODS

    def create_endpoint_response(self, request: ProviderRequest) -> tuple[int, dict[str, Any], list[tuple[str, str]]]:
        client: RegisteredClient = self.authenticate_client(request)
        if not client.check_grant_type(DEVICE_CODE_GRANT_TYPE):
            raise UnauthorizedClientError("The client may not use the device flow.")
        scope = client.get_allowed_scope(request.payload.scope)
        if scope is None:
            raise InvalidScopeError
        try:
            name = checked_name(request.payload.data.get("device_name", client.row.name))
        except Refusal as refusal:
            raise InvalidRequestError(f"The device_name is not one: {refusal}") from refusal
        provider: Provider = self.server
        encryption = provider.resources.encryption
        device_code, user_code = await_only(add_grant(provider.db, encryption, client.row, scope, name, provider.now))
        page = provider.issuer + VERIFICATION
        answer = {
            "device_code": device_code,
            "user_code": user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={user_code}",
            "expires_in": int(LIFETIME.total_seconds()),
            "interval": INTERVAL_SECONDS,
        }
        return 200, answer, NO_STORE


class OfTokens:
    """What the two endpoints have in common: a hint at the kind of token is not needed, and ignored."""

    server: Provider

    def check_params(self, request: ProviderRequest, client: RegisteredClient) -> None:
        if "token" not in request.form:
            raise InvalidRequestError("Missing 'token' in request.")

    def query_token(self, token: str, hint: str | None) -> Known | None:
        provider = self.server
        return await_only(known(provider.db, provider.resources.tokens, token, provider.now))


class Revocation(OfTokens, RevocationEndpoint):
    """RFC 7009: either kind of token ends its whole session."""

    CLIENT_AUTH_METHODS = METHODS

    def revoke_token(self, token: Known, request: ProviderRequest) -> None:
        await_only(end(self.server, token.session.id, token.session.account_id))


class Introspection(OfTokens, IntrospectionEndpoint):
    """RFC 7662, for clients that keep a secret, about their own tokens."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL

    def check_permission(self, token: Known, client: RegisteredClient, request: ProviderRequest) -> bool:
        return token.check_client(client)

    def introspect_token(self, token: Known) -> dict[str, Any]:
        if token.claims is not None:
            standard = ("iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti")
            return {name: token.claims[name] for name in standard} | {"token_type": "Bearer"}
        session = token.session
        return {
            "iss": self.server.issuer,
            "sub": str(session.account_id),
            "client_id": session.client_id,
            "scope": session.scope,
            "iat": int(session.created_at.timestamp()),
            "exp": int(session.expires_at.timestamp()),
        }
