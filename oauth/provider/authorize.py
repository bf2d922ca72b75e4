"""The authorization endpoint (RFC 6749, section 3.1; OpenID Connect Core 1.0, section 3.1.2)."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.base import invalid_error_characters
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oidc.core.errors import ConsentRequiredError, LoginRequiredError
from sqlalchemy import select
from sqlalchemy.util import await_only
from sqlmodel import col
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from models.identity import Account, Client, Session
from oauth.addresses import email_of
from oauth.hosted.browser import Browser, signed_in, to_sign_in
from oauth.hosted.consent import consent_page, error_page
from oauth.hosted.forms import same_origin
from oauth.provider.answering import provider_of
from oauth.provider.requests import ProviderRequest, form_of, pairs_of
from oauth.provider.server import Provider
from oauth.sessions import granted
from runtime.resources import Resources

DECISIONS = ("allow", "deny")
SIGNS_IN_ANEW = ("login", "select_account")
TITLE = "This app can't sign you in"


async def authorize(http: HttpRequest) -> Response:
    """Gives the client a code, once somebody is signed in and has consented; or asks for that.

    Whatever can't be told to a registered redirect URI is a page.
    """
    resources: Resources = http.app.state.resources
    try:
        decision = None
        if http.method == "POST":
            form = await form_of(http)
            decision = dict(form).get("decision")
            if decision is None:  # a client's own form: as good as a link, once it is one
                return RedirectResponse(f"{http.url.path}?{urlencode(form)}", 303)
            if decision not in DECISIONS or not same_origin(http):
                return error_page(http, 403, TITLE, "This form is not from a page of ours.")
        request = ProviderRequest(http, pairs_of(http.scope["query_string"]))
        if invalid_error_characters(request.payload.response_type or ""):
            raise InvalidRequestError("The response_type is not one.")
    except OAuth2Error as error:
        return error_page(http, error.status_code, TITLE, f"{error.error}: {error.description}")
    browser = await signed_in(resources, http)
    async with resources.database.write("identity") as db:
        provider = provider_of(resources, db)
        return await db.run_sync(lambda _: answer(provider, http, request, browser, decision))


def answer(
    provider: Provider, http: HttpRequest, request: ProviderRequest, browser: Browser | None, decision: str | None
) -> Response:
    try:
        grant = provider.get_consent_grant(request)
        return next_step(provider, http, grant, browser, decision)
    except OAuth2Error as error:
        if error.redirect_uri is None:
            return error_page(http, 400, TITLE, f"{error.error}: {error.get_error_description()}")
        error.state = request.payload.state
        refused: Response = provider.handle_error_response(request, error)
        return refused


def next_step(
    provider: Provider, http: HttpRequest, grant: Any, browser: Browser | None, decision: str | None
) -> Response:
    """The sign-in page, the consent page, or a redirect to the client."""
    request, client = grant.request, grant.request.client
    prompts = prompts_of(grant)
    if browser is None or is_stale(provider, grant, prompts, browser):
        if "none" in prompts:
            raise LoginRequiredError(redirect_uri=grant.redirect_uri)
        return to_sign_in(without_prompt(http, request))
    if decision is None and ("consent" in prompts or not await_only(consented(provider, request, browser.account))):
        if "none" in prompts:
            raise ConsentRequiredError(redirect_uri=grant.redirect_uri)
        email = await_only(email_of(provider.db, provider.resources.encryption, browser.account))
        return consent_page(http, client.row, granted(browser.account, None, request.scope), email)
    request.auth_time = browser.session.created_at
    user = None if decision == "deny" else browser.account
    decided: Response = provider.create_authorization_response(request, grant_user=user, grant=grant)
    return decided


async def consented(provider: Provider, request: ProviderRequest, account: Account) -> bool:
    """Whether the household need not be asked: an app of ours, or a site that it is signed in to with as much already.

    As an app on somebody's own device any other may pose (RFC 8252, section 8.6), so that one asks each time.
    """
    client: Client = request.client.row
    if client.first_party or not request.payload.redirect_uri.startswith("https://"):
        return client.first_party
    here = (col(Session.account_id) == account.id, col(Session.client_id) == client.id)
    scopes = await provider.db.scalars(select(col(Session.scope)).where(*here, col(Session.expires_at) > provider.now))
    wanted = set(granted(account, None, request.scope))
    return any(wanted <= set((scope or "").split()) for scope in scopes)


def prompts_of(grant: Any) -> list[str]:
    """What is to be asked for anyway; an OAuth2Error where the request contradicts itself or wants what we lack."""
    data = grant.request.payload.data
    prompts: list[str] = data.get("prompt", "").split()
    if "none" in prompts and len(prompts) > 1:
        raise InvalidRequestError("The prompt none stands alone.", redirect_uri=grant.redirect_uri)
    for name in ("request", "request_uri"):
        if name in data:
            raise OAuth2Error(error=f"{name}_not_supported", redirect_uri=grant.redirect_uri)
    if data.get("response_mode", "query") != "query":
        raise InvalidRequestError("The response_mode must be query.", redirect_uri=grant.redirect_uri)
    return prompts


def is_stale(provider: Provider, grant: Any, prompts: list[str], browser: Browser) -> bool:
    """Whether somebody must sign in again: the client says so, or `max_age` seconds have passed since."""
    max_age = grant.request.payload.data.get("max_age")
    if max_age is None:
        return not set(prompts).isdisjoint(SIGNS_IN_ANEW)
    if not (max_age.isascii() and max_age.isdigit() and len(max_age) < 10):
        raise InvalidRequestError("The max_age is no number of seconds.", redirect_uri=grant.redirect_uri)
    too_old = provider.now - browser.session.created_at > timedelta(seconds=int(max_age))
    return too_old or not set(prompts).isdisjoint(SIGNS_IN_ANEW)


def without_prompt(http: HttpRequest, request: ProviderRequest) -> HttpRequest:
    """The request to come back to: it does not ask to sign in again, which is what happens in between.

    The client sees by the id token's `auth_time` that it did.
    """
    kept = {name: value for name, value in request.payload.data.items() if name != "max_age"}
    prompts = [prompt for prompt in kept.pop("prompt", "").split() if prompt not in SIGNS_IN_ANEW]
    kept |= {"prompt": " ".join(prompts)} if prompts else {}
    return HttpRequest({**http.scope, "query_string": urlencode(kept).encode()})
