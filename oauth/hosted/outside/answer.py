"""From a provider's answer to what it says of who signed in there."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import httpx2
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.util import urlsafe_b64encode

from oauth.addresses import normal_email
from oauth.hosted.outside.provider import Provider, ProviderWrong, ask, provider_of
from oauth.sessions import digest
from runtime.resources import Resources

LEEWAY_SECONDS = 60
"""By how much our clocks may differ."""


class ForeignAnswer(Exception):
    """The answer does not belong to what this browser began."""


class Refused(Exception):
    """The provider signed nobody in, and says so."""


@dataclass(frozen=True, slots=True)
class Outsider:
    """Who signed in at a provider; `email` only where the provider has verified it. `names` are best first."""

    issuer: str
    subject: str
    email: str | None
    names: tuple[str, ...]


def authorization_url(provider: Provider, begun: Mapping[str, str], redirect_uri: str, language: str) -> str:
    """Where the browser signs in (OpenID Connect Core, section 3.1.2.1)."""
    asked = {
        "response_type": "code",
        "client_id": provider.known.client_id,
        "redirect_uri": redirect_uri,
        "scope": "openid email profile",
        "state": begun["state"],
        "nonce": begun["nonce"],
        "code_challenge": urlsafe_b64encode(digest(begun["verifier"])).decode(),
        "code_challenge_method": "S256",
        "ui_locales": language,
    }
    return str(httpx2.URL(provider.authorization_endpoint).copy_merge_params(asked))


async def outsider_of(
    resources: Resources, provider: Provider, begun: Mapping[str, str], answer: Mapping[str, str], redirect_uri: str
) -> Outsider:
    """Who signed in. Raises ForeignAnswer, Refused, ProviderAway, ProviderWrong."""
    check(provider, begun, answer)
    tokens = await redeem(provider, begun, answer["code"], redirect_uri)
    claims = await verified(resources, provider, str(tokens.get("id_token", "")), begun["nonce"])
    if "email" not in claims and provider.userinfo_endpoint is not None:
        claims |= await userinfo(provider.userinfo_endpoint, str(tokens.get("access_token", "")), claims["sub"])
    return described(provider, claims)


def check(provider: Provider, begun: Mapping[str, str], answer: Mapping[str, str]) -> None:
    """Whether it is this browser's answer, of this provider (RFC 9207, section 2.4), and holds a code."""
    if not hmac.compare_digest(answer.get("state", "").encode(), begun["state"].encode()):
        raise ForeignAnswer
    issuer = answer.get("iss", None if provider.names_itself else provider.known.issuer)
    if issuer != provider.known.issuer:
        raise ProviderWrong(f"the answer is one of {issuer!r}")
    if "code" not in answer:
        raise Refused(answer.get("error", ""))


async def redeem(provider: Provider, begun: Mapping[str, str], code: str, redirect_uri: str) -> dict[str, Any]:
    """The tokens that the code is good for."""
    known = provider.known
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri,
        "code_verifier": begun["verifier"],
    }
    if known.client_secret and not provider.secret_in_form:
        auth = httpx2.BasicAuth(quote_plus(known.client_id), quote_plus(known.client_secret))  # RFC 6749, section 2.3.1
        return await ask("POST", provider.token_endpoint, data=form, auth=auth)
    form["client_id"] = known.client_id
    if known.client_secret:
        form["client_secret"] = known.client_secret
    return await ask("POST", provider.token_endpoint, data=form)


async def verified(resources: Resources, provider: Provider, id_token: str, nonce: str) -> dict[str, Any]:
    """The claims of a good id token (OpenID Connect Core, section 3.1.3.7); new keys are looked for once."""
    try:
        try:
            token = jwt.decode(id_token, provider.keys, algorithms=provider.algorithms)
        except InvalidKeyIdError:
            renewed = await provider_of(resources, provider.known, renew=True)
            token = jwt.decode(id_token, renewed.keys, algorithms=renewed.algorithms)
        expectations(provider, nonce).validate(token.claims)
    except (JoseError, ValueError) as error:
        raise ProviderWrong(f"its id token: {error!r}") from error
    claims = dict(token.claims)
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if claims.get("azp", None if several else provider.known.client_id) != provider.known.client_id:
        raise ProviderWrong("its id token was made for another client")
    return claims


def expectations(provider: Provider, nonce: str) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": provider.known.issuer},
        aud={"essential": True, "value": provider.known.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )


async def userinfo(url: str, access_token: str, subject: str) -> dict[str, Any]:
    """What the provider tells by its userinfo endpoint alone (section 5.3)."""
    said = await ask("GET", url, auth=lambda request: bearing(request, access_token))
    if said.get("sub") != subject:
        raise ProviderWrong("its userinfo is about somebody else")
    return said


def bearing(request: httpx2.Request, access_token: str) -> httpx2.Request:
    request.headers["authorization"] = f"Bearer {access_token}"
    return request


def described(provider: Provider, claims: Mapping[str, Any]) -> Outsider:
    email = claims.get("email")
    proven = isinstance(email, str) and "@" in email and claims.get("email_verified") in (True, "true")
    names = tuple(str(claims[name]) for name in ("given_name", "name", "nickname") if claims.get(name))
    return Outsider(provider.known.issuer, claims["sub"], normal_email(str(email)) if proven else None, names)
