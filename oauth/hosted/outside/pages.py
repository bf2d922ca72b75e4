"""The pages between us and an outside provider."""

import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from uuid import UUID

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from oauth.hosted import browser
from oauth.hosted.ceremonies import begin, hand_over, take_up
from oauth.hosted.forms import fields, own_path
from oauth.hosted.outside import households
from oauth.hosted.outside.answer import ForeignAnswer, Outsider, Refused, authorization_url, outsider_of
from oauth.hosted.outside.provider import ProviderAway, ProviderWrong, provider_of
from oauth.hosted.pages import going_on, language_of, message, now, page, resources_of, say_to
from oauth.hosted.signing_in import HOME
from runtime.errors import Refusal
from runtime.settings import OpenIdProvider

SIGN_IN = ("/oauth/sign-in", "BACK_TO_SIGN_IN")
FAULTS: dict[type[Exception], tuple[str, int]] = {
    ProviderAway: ("OUTSIDE_AWAY", 502),
    ProviderWrong: ("OUTSIDE_WRONG", 502),
    Refused: ("OUTSIDE_REFUSED", 403),
    ForeignAnswer: ("OUTSIDE_EXPIRED", 400),
    households.Taken: ("OUTSIDE_TAKEN", 409),
}
Handler = Callable[[Request, OpenIdProvider], Awaitable[Response]]
log = structlog.get_logger()


def with_provider(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """The handler, for the provider that the address names; what goes wrong with it becomes a page that says so."""

    @wraps(handler)
    async def handled(http_request: Request) -> Response:
        name = http_request.path_params["name"]
        providers = resources_of(http_request).settings.openid_providers
        provider = next((known for known in providers if known.name == name), None)
        if provider is None:
            return message(http_request, "NO_PROVIDER", status=404, link=SIGN_IN)
        try:
            return await handler(http_request, provider)
        except tuple(FAULTS) as error:
            text, status = FAULTS[type(error)]
            log.warning("outside_sign_in", provider=name, fault=text, reason=str(error))
            return message(http_request, text, status=status, link=SIGN_IN, provider=provider.label)
        except Refusal as refusal:
            return page(http_request, "refusal.html", errors={"form": refusal})

    return handled


@with_provider
async def start(http_request: Request, known: OpenIdProvider) -> Response:
    """Sends the browser to the provider."""
    (onward,) = await fields(http_request, "continue")
    begun = {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}
    begun["onward"] = own_path(onward or HOME)
    provider = await provider_of(resources_of(http_request), known)
    secret = await begin(http_request, f"outside-{known.name}", begun)
    language = language_of(http_request)
    response = going_on(http_request, authorization_url(provider, begun, callback_url(http_request, known), language))
    hand_over(response, http_request, f"outside-{known.name}", secret)
    return response


@with_provider
async def callback(http_request: Request, known: OpenIdProvider) -> Response:
    """Takes the provider's answer."""
    resources = resources_of(http_request)
    begun = await take_up(http_request, f"outside-{known.name}")
    if begun is None:
        raise ForeignAnswer
    provider = await provider_of(resources, known)
    answer = dict(http_request.query_params)
    outsider = await outsider_of(resources, provider, begun, answer, callback_url(http_request, known))
    index = households.index_of(resources.encryption, outsider.issuer, outsider.subject)
    account_id = await households.linked_account(resources, index)
    if account_id is not None:
        return await enter(http_request, account_id, begun["onward"])
    return await meet(http_request, known, outsider, index, begun["onward"])


async def meet(http_request: Request, known: OpenIdProvider, outsider: Outsider, index: bytes, onward: str) -> Response:
    """Somebody new: who is signed in here links the two; an address with an account is asked to sign in to it first;
    any other gets an account."""
    resources = resources_of(http_request)
    to_link = f"/oauth/outside/{known.name}/link"
    if await browser.signed_in(resources, http_request) is not None:
        response: Response = going_on(http_request, to_link)
    elif outsider.email is None:
        link = (f"/oauth/sign-in?continue={to_link}", "BACK_TO_SIGN_IN")
        response = message(http_request, "OUTSIDE_UNVERIFIED", link=link, provider=known.label)
    elif await households.has_account(resources, outsider.email):
        response = going_on(http_request, f"/oauth/sign-in?continue={to_link}")
    else:
        language, name = language_of(http_request), say_to(http_request, "FIRST_PROFILE")
        account_id = await households.add_household(resources, outsider, known.name, language, name, now())
        return await enter(http_request, account_id, onward)
    secret = await begin(http_request, f"link-{known.name}", {"index": index.hex(), "onward": onward})
    hand_over(response, http_request, f"link-{known.name}", secret)
    return response


@with_provider
async def link(http_request: Request, known: OpenIdProvider) -> Response:
    """Asks who is signed in here whether the provider may sign them in from now on."""
    resources = resources_of(http_request)
    found = await browser.signed_in(resources, http_request)
    if found is None or not found.fresh:
        return browser.to_sign_in(http_request)
    if http_request.method != "POST":
        email = await browser.email_at(resources, found)
        return page(http_request, "link.html", provider=known, email=email)
    begun = await take_up(http_request, f"link-{known.name}")
    if begun is None:
        raise ForeignAnswer
    await households.link(resources, found.account.id, known.name, bytes.fromhex(begun["index"]), now())
    return RedirectResponse(begun["onward"], 303)


async def enter(http_request: Request, account_id: UUID, onward: str) -> Response:
    """Signs the account in, and goes on from a page of ours: the provider's may not lead farther than to us."""
    secret = await browser.sign_in(http_request, account_id)
    response = going_on(http_request, onward)
    browser.remember(response, resources_of(http_request).settings, secret)
    return response


def callback_url(http_request: Request, known: OpenIdProvider) -> str:
    return f"{resources_of(http_request).settings.address}/oauth/outside/{known.name}/callback"
