"""The page on which a household allows a client what it asks for, and the page that says what went wrong."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from models.identity import Client
from oauth.hosted.browser import to_sign_in
from oauth.hosted.pages import page
from oauth.hosted.texts import TEXTS

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def consent_page(http_request: Request, client: Client, scopes: Sequence[str], email: str) -> Response:
    """Asks for consent: a form that posts `decision`, allow or deny, to the very address that was asked for."""
    explained = [(f"SCOPE_{scope}" if f"SCOPE_{scope}" in TEXTS["en"] else "SCOPE_other", scope) for scope in scopes]
    return page(
        http_request,
        "consent.html",
        goes_to=sources(client.redirect_uris),
        client=client.name,
        scopes=explained,
        email=email,
        again=to_sign_in(http_request).headers["location"],
    )


def error_page(http_request: Request, status: int, title: str, text: str) -> Response:
    """A page that says what went wrong, to the person at the browser; nothing is redirected."""
    return page(http_request, "message.html", status=status, title=title, text=text, link=None)


def sources(redirect_uris: Iterable[str]) -> list[str]:
    """What a Content-Security-Policy calls the places that a client's addresses are at, each once."""
    return list(dict.fromkeys(map(source, redirect_uris)))


def source(redirect_uri: str) -> str:
    """A native app's own scheme, any port of a loopback address (RFC 8252, section 7.3), or an origin."""
    parts = urlsplit(redirect_uri)
    if parts.scheme not in ("http", "https") or ":" in (parts.hostname or ""):  # CSP knows no IPv6 addresses
        return f"{parts.scheme}:"
    if parts.hostname in LOOPBACK:
        return f"{parts.scheme}://{parts.hostname}:*"
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}"
