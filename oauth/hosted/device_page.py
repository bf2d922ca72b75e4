"""The page on which somebody lets a device in that shows a code (RFC 8628, section 3.3)."""

from starlette.requests import Request
from starlette.responses import Response

from oauth.hosted.browser import Browser, email_at, signed_in, to_sign_in
from oauth.hosted.forms import fields
from oauth.hosted.pages import message, now, page, resources_of
from oauth.provider.device import approve, deny, waiting
from runtime.errors import Refusal


async def device(http_request: Request) -> Response:
    """Asks for the code, says what shows it, and lets that in or turns it away."""
    browser = await signed_in(resources_of(http_request), http_request)
    if browser is None:
        return to_sign_in(http_request)
    code, decision = http_request.query_params.get("user_code", ""), ""
    if http_request.method == "POST":
        code, decision = await fields(http_request, "user_code", "decision")
    try:
        return await decide(http_request, browser, code, decision) if code else ask(http_request)
    except Refusal as refusal:
        return ask(http_request, code, {"user_code": refusal})


def ask(http_request: Request, code: str = "", errors: dict[str, Refusal] | None = None) -> Response:
    return page(http_request, "device.html", code=code, errors=errors)


async def decide(http_request: Request, browser: Browser, code: str, decision: str) -> Response:
    """Does what was decided; asks where nothing was yet. Refusals: INVALID_USER_CODE, TOO_MANY_ATTEMPTS."""
    resources, account_id = resources_of(http_request), browser.account.id
    if decision == "allow":
        device = await approve(resources, account_id, code, now())
        return message(http_request, "DEVICE_APPROVED", device=device.name)
    if decision == "deny":
        await deny(resources, account_id, code, now())
        return message(http_request, "DEVICE_DENIED")
    client, name = await waiting(resources, account_id, code, now())
    email = await email_at(resources, browser)
    return page(http_request, "device-asks.html", code=code, client=client, device=name, email=email)
