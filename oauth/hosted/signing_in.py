"""The pages on which somebody signs in by a password, and out."""

from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from models.identity import Client
from oauth.credentials import identify
from oauth.hosted import browser
from oauth.hosted.consent import sources
from oauth.hosted.forms import fields, own_path
from oauth.hosted.pages import address_of, message, now, page, resources_of
from oauth.hosted.passkeys import relying_party
from runtime.errors import Refusal

HOME = "/oauth/passkeys"
NOTICES = {HOME: "CONFIRM_FIRST", "/oauth/outside/": "LINK_FIRST", "/oauth/device": "DEVICE_FIRST"}
"""What somebody is told who comes from an address that begins like this."""


async def sign_in(http_request: Request) -> Response:
    """Asks for address and password, and goes on to `continue`."""
    if http_request.method != "POST":
        onward = own_path(http_request.query_params.get("continue") or HOME)
        return await sign_in_page(http_request, onward, await email_here(http_request))
    email, password, onward = await fields(http_request, "email", "password", "continue")
    onward = own_path(onward or HOME)
    try:
        account_id = await identify(resources_of(http_request), email, password, address_of(http_request), now())
        return await go_on(http_request, account_id, onward)
    except Refusal as refusal:
        return await sign_in_page(http_request, onward, email, {"password": refusal})


async def sign_in_page(
    http_request: Request, onward: str, email: str = "", errors: dict[str, Refusal] | None = None
) -> Response:
    """The form, with the ways to sign in that this installation has."""
    settings = resources_of(http_request).settings
    asked = http_request.query_params.get("continue", "")
    return page(
        http_request,
        "sign-in.html",
        goes_to=await places_after(http_request, onward),
        errors=errors,
        onward=onward,
        email=email,
        notice=next((notice for start, notice in NOTICES.items() if asked.startswith(start)), None),
        passkeys=relying_party(settings) is not None,
        providers=settings.openid_providers,
    )


async def places_after(http_request: Request, onward: str) -> list[str]:
    """Where signing in may lead at once: to the client that asked, if a household need not allow it any more."""
    parts = urlsplit(onward)
    client_id = parse_qs(parts.query).get("client_id", [""])[0]
    if parts.path != "/oauth/authorize" or not client_id.isprintable():
        return []
    async with resources_of(http_request).database.write("identity") as db:
        client = await db.get(Client, client_id)
    return sources(client.redirect_uris) if client else []


async def email_here(http_request: Request) -> str:
    """The address of who is signed in at the browser already; empty where nobody is."""
    resources = resources_of(http_request)
    found = await browser.signed_in(resources, http_request)
    return await browser.email_at(resources, found) if found else ""


async def go_on(http_request: Request, account_id: UUID, onward: str) -> Response:
    """Signs the account in at the browser, and goes on. Refusal ACCOUNT_SUSPENDED."""
    secret = await browser.sign_in(http_request, account_id)
    response = RedirectResponse(onward, 303, {"cache-control": "no-store"})
    browser.remember(response, resources_of(http_request).settings, secret)
    return response


async def sign_out(http_request: Request) -> Response:
    """Asks, then ends the browser's session."""
    if http_request.method != "POST":
        email = await email_here(http_request)
        if email:
            return page(http_request, "sign-out.html", email=email)
    await browser.sign_out(http_request)
    response = message(http_request, "SIGNED_OUT", link=("/oauth/sign-in", "BACK_TO_SIGN_IN"))
    browser.forget(response, resources_of(http_request).settings)
    return response
