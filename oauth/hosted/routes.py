"""Where the hosted pages are."""

from starlette.routing import BaseRoute, Route

from oauth.hosted import device_page, mail_pages, passkey_pages, signing_in
from oauth.hosted.forms import Handler, guarded
from oauth.hosted.outside import pages as outside
from oauth.hosted.pages import static_file

BOTH = ["GET", "POST"]


def hosted_routes() -> list[BaseRoute]:
    """The routes of a process that has identity's database."""
    return [
        form("/oauth/sign-in", signing_in.sign_in),
        form("/oauth/sign-out", signing_in.sign_out),
        form("/oauth/device", device_page.device),
        form("/oauth/verify", mail_pages.verify),
        form("/oauth/reset", mail_pages.reset),
        form("/oauth/passkeys", passkey_pages.passkeys_page, ["GET"]),
        form("/oauth/passkeys/registration-options", passkey_pages.registration_options, ["POST"]),
        form("/oauth/passkeys/sign-in-options", passkey_pages.sign_in_options, ["POST"]),
        form("/oauth/passkeys/add", passkey_pages.add, ["POST"]),
        form("/oauth/passkeys/remove", passkey_pages.remove, ["POST"]),
        form("/oauth/passkeys/sign-in", passkey_pages.sign_in, ["POST"]),
        form("/oauth/outside/{name}", outside.start, ["POST"]),
        form("/oauth/outside/{name}/callback", outside.callback, ["GET"]),
        form("/oauth/outside/{name}/link", outside.link),
        Route("/oauth/static/{name}", static_file),
    ]


def form(path: str, handler: Handler, methods: list[str] = BOTH) -> Route:
    return Route(path, guarded(handler), methods=methods)
