"""What every form of the pages is held to: it is ours, it is small, and it leads to a page of ours."""

from collections.abc import Awaitable, Callable
from functools import wraps
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from oauth.hosted.pages import message, resources_of

LARGEST = 64 * 1024
"""Bytes of a form; a passkey's answer takes some two thousand."""
SAFE = ("GET", "HEAD")
Handler = Callable[[Request], Awaitable[Response]]


class ForeignAddress(Exception):
    """`continue` leads elsewhere than to a page of ours."""


def same_origin(http_request: Request) -> bool:
    """Whether a page of ours sent the form: by Sec-Fetch-Site, else by Origin; False where the browser says neither.

    OWASP's cheat sheet on cross-site request forgery, "Verifying origin with standard headers" and "Fetch metadata".
    """
    site = http_request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return http_request.headers.get("origin") == origin_of(resources_of(http_request).settings.address)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address (RFC 6454)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def guarded(handler: Handler) -> Handler:
    """The handler, for forms of ours alone; whatever else is posted gets a page that says what was wrong with it."""

    @wraps(handler)
    async def checked(http_request: Request) -> Response:
        if http_request.method not in SAFE:
            if not same_origin(http_request):
                return message(http_request, "FOREIGN_FORM", status=403)
            length = http_request.headers.get("content-length", "")
            if not length.isdigit() or int(length) > LARGEST:
                return message(http_request, "LARGE_FORM", status=413)
        try:
            return await handler(http_request)
        except ForeignAddress:
            return message(http_request, "FOREIGN_ADDRESS", status=400)

    return checked


async def fields(http_request: Request, *names: str) -> list[str]:
    """The form's fields of these names; empty where one is missing."""
    async with http_request.form(max_files=0, max_fields=20) as form:
        return [str(form.get(name, "")) for name in names]


def own_path(given: str) -> str:
    """The address to go on to, which is a path of ours below /oauth/; ForeignAddress where it is anything else."""
    parts = urlsplit(given)
    steps = unquote(parts.path).replace("\\", "/").split("/")
    ours = given.startswith("/oauth/") and given.isascii() and given.isprintable() and "\\" not in given
    if not ours or parts.scheme or parts.netloc or {".", ".."} & set(steps):
        raise ForeignAddress(given)
    return given
