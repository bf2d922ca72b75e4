"""The page of an account's passkeys, and what its script asks for."""

from collections.abc import Awaitable
from datetime import datetime
from uuid import UUID

from babel.dates import format_date
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from webauthn import options_to_json
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.structs import PublicKeyCredentialCreationOptions, PublicKeyCredentialRequestOptions

from oauth.hosted import passkeys
from oauth.hosted.browser import Browser, email_at, signed_in, to_sign_in
from oauth.hosted.ceremonies import begin, hand_over, take_up
from oauth.hosted.forms import fields, own_path
from oauth.hosted.pages import STATUSES, language_of, now, page, refusal_text, resources_of
from oauth.hosted.signing_in import HOME, go_on, sign_in_page
from runtime.errors import Refusal

Options = PublicKeyCredentialCreationOptions | PublicKeyCredentialRequestOptions


async def passkeys_page(http_request: Request, errors: dict[str, Refusal] | None = None, name: str = "") -> Response:
    """The account's passkeys; who signed in a while ago has to do so again before they change any."""
    resources = resources_of(http_request)
    browser = await signed_in(resources, http_request)
    if browser is None:
        return to_sign_in(http_request)
    language = language_of(http_request)

    def date(at: datetime) -> str:
        return format_date(at, "long", locale=language)

    return page(
        http_request,
        "passkeys.html",
        errors=errors,
        email=await email_at(resources, browser),
        passkeys=await passkeys.passkeys_of(resources, browser.account.id),
        available=passkeys.relying_party(resources.settings) is not None,
        fresh=browser.fresh,
        date=date,
        name=name,
    )


async def fresh_browser(http_request: Request) -> Browser | None:
    browser = await signed_in(resources_of(http_request), http_request)
    return browser if browser and browser.fresh else None


async def registration_options(http_request: Request) -> Response:
    """What the script needs to make a passkey."""
    browser = await fresh_browser(http_request)
    if browser is None:
        return JSONResponse({"location": f"/oauth/sign-in?continue={HOME}"}, 401)
    resources = resources_of(http_request)
    email = await email_at(resources, browser)
    options = passkeys.registration_options(resources, browser.account.id, email)
    return await challenged(http_request, "passkey-add", options)


async def sign_in_options(http_request: Request) -> Response:
    """What the script needs to use a passkey."""
    return await challenged(http_request, "passkey-get", passkeys.sign_in_options(resources_of(http_request)))


async def challenged(http_request: Request, purpose: str, made: Awaitable[Options]) -> Response:
    """The options, with a challenge that this browser alone can answer; or why there are none."""
    try:
        options = await made
        secret = await begin(http_request, purpose, {"challenge": bytes_to_base64url(options.challenge)})
    except Refusal as refusal:
        said = {"message": refusal_text(language_of(http_request), refusal)}
        return JSONResponse(said, STATUSES.get(refusal.error.code, 422))
    response = Response(options_to_json(options), media_type="application/json", headers={"cache-control": "no-store"})
    hand_over(response, http_request, purpose, secret)
    return response


async def challenge_of(http_request: Request, purpose: str) -> bytes:
    """The challenge that this browser was given last. Refusal WRONG_PASSKEY where there is none, or not any more."""
    begun = await take_up(http_request, purpose)
    if begun is None:
        raise passkeys.wrong_passkey()
    return base64url_to_bytes(begun["challenge"])


async def add(http_request: Request) -> Response:
    """Stores the passkey that the script made."""
    browser = await fresh_browser(http_request)
    if browser is None:
        return RedirectResponse(f"/oauth/sign-in?continue={HOME}", 303)
    credential, name = await fields(http_request, "credential", "name")
    try:
        challenge = await challenge_of(http_request, "passkey-add")
        resources = resources_of(http_request)
        await passkeys.register(resources, browser.account.id, challenge, credential, name, now())
    except Refusal as refusal:
        field = refusal.error.path[0] if refusal.error.path else "passkey"
        return await passkeys_page(http_request, {field: refusal}, name)
    return RedirectResponse(HOME, 303)


async def remove(http_request: Request) -> Response:
    """Removes the passkey of the form's `id`, where the account has it."""
    browser = await fresh_browser(http_request)
    if browser is None:
        return RedirectResponse(f"/oauth/sign-in?continue={HOME}", 303)
    (passkey_id,) = await fields(http_request, "id")
    try:
        await passkeys.remove(resources_of(http_request), browser.account.id, UUID(passkey_id))
    except ValueError:
        return await passkeys_page(http_request, {"passkey": passkeys.wrong_passkey()})
    return RedirectResponse(HOME, 303)


async def sign_in(http_request: Request) -> Response:
    """Signs in by the passkey that the script used, and goes on to `continue`."""
    credential, onward = await fields(http_request, "credential", "continue")
    onward = own_path(onward or HOME)
    try:
        challenge = await challenge_of(http_request, "passkey-get")
        account_id = await passkeys.authenticate(resources_of(http_request), challenge, credential, now())
        return await go_on(http_request, account_id, onward)
    except Refusal as refusal:
        return await sign_in_page(http_request, onward, errors={"passkey": refusal})
