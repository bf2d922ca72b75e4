"""Where the provider's endpoints are, and what it says of itself."""

from collections.abc import Awaitable, Callable
from typing import Any

from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from oauth.provider.answering import answered
from oauth.provider.authorize import authorize
from oauth.provider.clients import CONFIDENTIAL, METHODS
from oauth.provider.openid import userinfo
from oauth.roles import ADMINISTRATOR, HOUSEHOLD, OPENID_SCOPES, ROLES
from runtime.resources import Resources
from runtime.tokens import ALGORITHM

SCOPES = [*sorted(OPENID_SCOPES), HOUSEHOLD, *sorted(ROLES[ADMINISTRATOR])]
GRANT_TYPES = ["authorization_code", "refresh_token", "client_credentials", DEVICE_CODE_GRANT_TYPE]
CLAIMS = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "at_hash",
    "email",
    "email_verified",
    "name",
    "locale",
]
PROMPTS = ["none", "login", "consent", "select_account"]
FROM_ANYWHERE = Middleware(
    CORSMiddleware,
    allow_origins=["*"],  # cookies count for nothing at these
    allow_methods=["GET", "POST"],
    allow_headers=["authorization", "content-type"],
    expose_headers=["www-authenticate"],
)


def provider_routes() -> list[BaseRoute]:
    """The routes of a process that has identity's database."""
    return [
        Route("/oauth/authorize", authorize, methods=["GET", "POST"]),
        api("/oauth/token", token, "POST"),
        api("/oauth/device_authorization", endpoint("device_authorization"), "POST"),
        api("/oauth/revoke", endpoint("revocation"), "POST"),
        Route("/oauth/introspect", endpoint("introspection"), methods=["POST"]),  # no browser keeps a secret
        api("/oauth/userinfo", userinfo, "GET", "POST"),
        api("/.well-known/openid-configuration", metadata, "GET"),
        api("/.well-known/oauth-authorization-server", metadata, "GET"),
    ]


def api(path: str, handler: Any, *methods: str) -> Route:
    """One that a client in any browser may call."""
    return Route(path, handler, methods=[*methods, "OPTIONS"], middleware=[FROM_ANYWHERE])


async def token(http: HttpRequest) -> Response:
    """The token endpoint (RFC 6749, section 3.2)."""
    return await answered(http, lambda provider, request: provider.create_token_response(request))


def endpoint(name: str) -> Callable[[HttpRequest], Awaitable[Response]]:
    """One of Authlib's other endpoints, by its name."""

    async def answer(http: HttpRequest) -> Response:
        return await answered(http, lambda provider, request: provider.create_endpoint_response(name, request))

    return answer


async def metadata(http: HttpRequest) -> Response:
    """What clients must know of us (OpenID Connect Discovery 1.0, section 3; RFC 8414, section 2)."""
    resources: Resources = http.app.state.resources
    issuer = resources.tokens.issuer
    said = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "jwks_uri": f"{issuer}/.well-known/jwks.json",
        "device_authorization_endpoint": f"{issuer}/oauth/device_authorization",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANT_TYPES,
        "prompt_values_supported": PROMPTS,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "claims_supported": CLAIMS,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_methods_supported": CONFIDENTIAL,
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return JSONResponse(said, headers={"cache-control": "public, max-age=300"})
