"""The pages that links in our mail lead to: to confirm an address, and to choose a new password."""

from starlette.requests import Request
from starlette.responses import Response

from oauth import credentials
from oauth.hosted.forms import fields
from oauth.hosted.pages import address_of, message, now, page, resources_of
from runtime.errors import Refusal

SIGN_IN = ("/oauth/sign-in", "BACK_TO_SIGN_IN")


async def verify(http_request: Request) -> Response:
    """Confirms an address, by a button: programs that look at what is mailed follow its links."""
    if http_request.method != "POST":
        return page(http_request, "verify.html", token=http_request.query_params.get("token", ""))
    (token,) = await fields(http_request, "token")
    try:
        await credentials.verify_email(resources_of(http_request), token, now())
    except Refusal as refusal:
        return page(http_request, "verify.html", token=token, errors={"token": refusal})
    return message(http_request, "VERIFIED", link=SIGN_IN)


async def reset(http_request: Request) -> Response:
    """Asks for an address to mail a link to; with that link's token, for the new password."""
    if http_request.method != "POST":
        token = http_request.query_params.get("token")
        if token is not None:
            return page(http_request, "new-password.html", token=token)
        return page(http_request, "reset.html", email="")
    token, email, password = await fields(http_request, "token", "email", "password")
    return await new_password(http_request, token, password) if token else await ask_for_link(http_request, email)


async def ask_for_link(http_request: Request, email: str) -> Response:
    resources = resources_of(http_request)
    try:
        await credentials.request_password_reset(resources, email, address_of(http_request), now())
    except Refusal as refusal:
        return page(http_request, "reset.html", email=email, errors={"email": refusal})
    return message(http_request, "RESET_SENT")


async def new_password(http_request: Request, token: str, password: str) -> Response:
    resources = resources_of(http_request)
    try:
        await credentials.reset_password(resources, token, password, now(), address_of(http_request))
    except Refusal as refusal:
        field = "token" if refusal.error.path == ("token",) else "password"
        return page(http_request, "new-password.html", token=token, errors={field: refusal})
    return message(http_request, "PASSWORD_SAVED", link=SIGN_IN)
