"""OpenID Connect Core 1.0: who signed in, as an id token and at the userinfo endpoint."""

from typing import Any

from authlib.oidc.core.grants.code import OpenIDToken
from authlib.oidc.core.util import create_half_hash
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import await_only
from sqlmodel import col
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from models.identity import Account, Profile
from oauth.addresses import email_of
from oauth.provider.code_grant import IssuedCode
from oauth.provider.known import known
from oauth.provider.requests import ProviderRequest
from oauth.provider.server import Provider
from runtime.encryption import Encryption
from runtime.resources import Resources
from runtime.tokens import ALGORITHM


class IdToken(OpenIDToken):
    """Adds an id token to what a grant answers, if `openid` was asked for; signed like access tokens, but none."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider

    def encode_id_token(self, token: dict[str, Any], request: ProviderRequest) -> str:
        provider = self.provider
        code: IssuedCode | None = request.authorization_code
        claims = {
            "aud": request.client.row.id,
            "at_hash": create_half_hash(token["access_token"], ALGORITHM).decode(),
        }
        if code is not None:
            claims["auth_time"] = int(code.row.auth_time.timestamp())
            claims |= {"nonce": code.row.nonce} if code.row.nonce else {}
        about = claims_about(provider.db, provider.resources.encryption, request.user, token["scope"])
        return provider.resources.tokens.sign(claims | await_only(about), kind="JWT")


async def claims_about(db: AsyncSession, encryption: Encryption, account: Account, scope: str) -> dict[str, Any]:
    """What the scopes tell of a household (section 5.4); its name is that of its first profile."""
    scopes = scope.split()
    claims: dict[str, Any] = {"sub": str(account.id)}
    if "email" in scopes:
        claims["email"] = await email_of(db, encryption, account)
        claims["email_verified"] = account.email_verified
    if "profile" in scopes:
        own = select(col(Profile.name)).where(col(Profile.account_id) == account.id)
        claims["name"] = await db.scalar(own.order_by(col(Profile.created_at), col(Profile.id)).limit(1))
        claims["locale"] = account.language
    return claims


async def userinfo(http: HttpRequest) -> Response:
    """The claims about whoever the access token is of (section 5.3); errors are those of RFC 6750, section 3."""
    scheme, _, token = http.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return challenged(401)
    resources: Resources = http.app.state.resources
    async with resources.database.write("identity") as db:
        found = await known(db, resources.tokens, token, Provider(resources, db).now)
        if found is None or found.claims is None or found.account is None or found.is_revoked():
            return challenged(401, "invalid_token", "The access token is not valid, or its session has ended.")
        if "openid" not in found.claims["scope"].split():
            return challenged(403, "insufficient_scope", "This takes the scope openid.")
        claims = await claims_about(db, resources.encryption, found.account, found.claims["scope"])
    return JSONResponse(claims, headers={"cache-control": "no-store"})


def challenged(status: int, error: str = "", text: str = "") -> Response:
    """Without an error where there was no token (RFC 6750, section 3.1)."""
    said = f' error="{error}", error_description="{text}"' if error else ""
    body = {"error": error, "error_description": text} if error else {}
    return JSONResponse(body, status, headers={"www-authenticate": f"Bearer{said}", "cache-control": "no-store"})
