"""How a page is made: its template, its language, and headers that keep it to itself."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, PlainTextResponse, Response

from oauth.hosted.texts import say, spoken
from oauth.refusals import translated
from runtime.errors import Refusal
from runtime.languages import accepted_languages
from runtime.resources import Resources

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
STATUSES = {"TOO_MANY_ATTEMPTS": 429}
"""Of pages that show a refusal; the others are 422: the form was understood, and what it holds won't do."""


def page(
    http_request: Request,
    template: str,
    *,
    status: int = 200,
    goes_to: Iterable[str] = (),
    errors: dict[str, Refusal] | None = None,
    **values: Any,
) -> HTMLResponse:
    """The page that a template makes, in the browser's language.

    Its forms may lead to us and to the sources (CSP level 3, section 6.4.1) in `goes_to`: browsers hold redirects of a
    form's answer to it as well. `errors` are refusals, each by the name of the field that it stands at.
    """
    language = language_of(http_request)
    refused = {field: refusal_text(language, error) for field, error in (errors or {}).items()}
    html = TEMPLATES.get_template(template).render(
        say=partial(say, language), language=language, static=static, errors=refused, **values
    )
    if errors:
        status = max(STATUSES.get(error.error.code, 422) for error in errors.values())
    return HTMLResponse(html, status, headers=headers(goes_to))


def message(
    http_request: Request, text: str, *, status: int = 200, link: tuple[str, str] | None = None, **values: object
) -> HTMLResponse:
    """A page that only says something: the text, under the one of the same name with _TITLE; `link` is an address and
    the name of its text."""
    title, said = (say_to(http_request, name, **values) for name in (f"{text}_TITLE", text))
    onward = (link[0], say_to(http_request, link[1])) if link else None
    return page(http_request, "message.html", status=status, title=title, text=said, link=onward)


def going_on(http_request: Request, address: str) -> HTMLResponse:
    """A page that goes on by itself, to any site: no form leads there, so no policy on forms forbids it."""
    return page(http_request, "going-on.html", address=address)


def headers(goes_to: Iterable[str] = ()) -> dict[str, str]:
    actions = " ".join(["'self'", *goes_to])
    policy = (
        f"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action {actions}; frame-ancestors 'none'; base-uri 'none'"
    )
    return {
        "content-security-policy": policy,
        "x-frame-options": "DENY",
        "cache-control": "no-store",
        "cross-origin-opener-policy": "same-origin",
        "vary": "accept-language",
    }


def language_of(http_request: Request) -> str:
    """Which of our languages the browser gets."""
    return spoken(accepted_languages(http_request.headers.get("accept-language", "")))


def say_to(http_request: Request, text: str, **values: object) -> str:
    """The text in the browser's language."""
    return say(language_of(http_request), text, **values)


def refusal_text(language: str, refusal: Refusal) -> str:
    """What the refusal says, in the page's language."""
    return translated([language], refusal.error).message


def static(name: str) -> str:
    """The address of a style sheet, script or picture, which changes with its content."""
    return f"/oauth/static/{name}?v={versions()[name]}"


@cache
def versions() -> dict[str, str]:
    """What there is to load, each with a digest of its content."""
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest()[:12] for file in STATIC.iterdir()}


async def static_file(http_request: Request) -> Response:
    """What a page loads: kept by browsers for good, where it is the version that they asked for."""
    name = http_request.path_params["name"]
    if name not in versions():
        return PlainTextResponse("There is no such file.", status_code=404)
    kept = http_request.query_params.get("v") == versions()[name]
    control = "public, max-age=31536000, immutable" if kept else "no-cache"
    return FileResponse(STATIC / name, headers={"cache-control": control})


def resources_of(http_request: Request) -> Resources:
    resources: Resources = http_request.app.state.resources
    return resources


def address_of(http_request: Request) -> str:
    """The network address that the request comes from; empty if unknown."""
    return http_request.client.host if http_request.client else ""


def now() -> datetime:
    return datetime.now(UTC)
