"""What an outside provider says of itself: OpenID Connect Discovery 1.0, and its keys (RFC 7517)."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from runtime.resources import Resources
from runtime.settings import OpenIdProvider

SECONDS = 5.0
"""How long one answer of a provider may take."""
KEPT_SECONDS = 3600.0
TRUSTED = ("ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512")
"""Signatures of an id token that we take: none with a shared secret, and never none at all."""


class ProviderAway(Exception):
    """The provider does not answer."""


class ProviderWrong(Exception):
    """The provider's answer is not what it must be; the message, for our log alone, says why."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider's metadata and keys, as they were at `read_at` (monotonic seconds)."""

    known: OpenIdProvider
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str | None
    algorithms: tuple[str, ...]
    secret_in_form: bool
    names_itself: bool
    """It sends `iss` with what it sends back (RFC 9207)."""
    keys: KeySet
    read_at: float


async def provider_of(resources: Resources, known: OpenIdProvider, *, renew: bool = False) -> Provider:
    """The provider, as it was within the last hour; with `renew`, as it is now. Raises ProviderAway, ProviderWrong."""
    kept: Provider | None = resources.shared.get((Provider, known))
    if kept is None or renew or time.monotonic() - kept.read_at > KEPT_SECONDS:
        kept = resources.shared[(Provider, known)] = await discover(known)
    return kept


async def discover(known: OpenIdProvider) -> Provider:
    said = await ask("GET", f"{known.issuer.rstrip('/')}/.well-known/openid-configuration")
    if said.get("issuer") != known.issuer:
        raise ProviderWrong(f"it calls itself {said.get('issuer')!r}")
    offered = names(said, "id_token_signing_alg_values_supported", "RS256")
    algorithms = tuple(name for name in TRUSTED if name in offered)
    if not algorithms:
        raise ProviderWrong(f"it signs by {offered!r}")
    methods = names(said, "token_endpoint_auth_methods_supported", "client_secret_basic")
    return Provider(
        known=known,
        authorization_endpoint=endpoint(known, said, "authorization_endpoint"),
        token_endpoint=endpoint(known, said, "token_endpoint"),
        userinfo_endpoint=endpoint(known, said, "userinfo_endpoint") if "userinfo_endpoint" in said else None,
        algorithms=algorithms,
        secret_in_form="client_secret_basic" not in methods,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        keys=await keys_at(endpoint(known, said, "jwks_uri")),
        read_at=time.monotonic(),
    )


def names(said: dict[str, Any], name: str, default: str) -> list[str]:
    """A list of what the provider can do."""
    given = said.get(name, [default])
    if not isinstance(given, list):
        raise ProviderWrong(f"its {name} is {given!r}")
    return given


async def keys_at(url: str) -> KeySet:
    said = await ask("GET", url)
    try:
        return KeySet.import_key_set(said)  # type: ignore[arg-type]  # checked by what it does
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderWrong(f"its keys are none: {error}") from error


def endpoint(known: OpenIdProvider, said: dict[str, Any], name: str) -> str:
    """An address of the provider's, as safe as its issuer's."""
    url = said.get(name)
    scheme = urlsplit(known.issuer).scheme
    if not isinstance(url, str) or not url.startswith(("https://", f"{scheme}://")):
        raise ProviderWrong(f"its {name} is {url!r}")
    return url


async def ask(method: str, url: str, **options: Any) -> dict[str, Any]:
    """The JSON object that the provider answers with."""
    try:
        async with asyncio.timeout(SECONDS), httpx2.AsyncClient(follow_redirects=False) as client:
            answer = await client.request(method, url, headers={"accept": "application/json"}, **options)
    except (httpx2.HTTPError, TimeoutError) as error:
        raise ProviderAway(f"{url}: {error!r}") from error
    if answer.status_code >= 500:
        raise ProviderAway(f"{url}: {answer.status_code}")
    try:
        said = answer.json()
    except ValueError as error:
        raise ProviderWrong(f"{url} answers no JSON") from error
    if answer.status_code != 200 or not isinstance(said, dict):
        raise ProviderWrong(f"{url}: {answer.status_code} {said.get('error') if isinstance(said, dict) else ''}")
    return said
