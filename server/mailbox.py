"""The page /dev/mail: the mail of an installation in development that has no mail server."""

import re
from email.message import EmailMessage

from jinja2 import Environment
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from runtime.mail import Mailbox, post_of
from runtime.settings import Settings

LINK = re.compile(r"https?://[^\s<>\"]+")
PAGES = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
HEAD = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
ol { list-style: none; padding: 0; }
li { border-top: 1px solid #8886; padding: .75rem 0; }
li a { font-weight: 600; }
small, dt { color: GrayText; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
</style>
</head>
<body>
"""
LIST = PAGES.from_string(
    HEAD
    + """<main>
<h1>Mail</h1>
{% if messages %}
<ol>
{% for name, message in messages %}
<li><a href="/dev/mail/{{ name }}">{{ message.subject }}</a><br>
<small>To {{ message.to }}, {{ message.date }}</small></li>
{% endfor %}
</ol>
{% else %}
<p>Nothing was sent yet. Letters come from the worker: is it running?</p>
{% endif %}
</main>
</body>
</html>
"""
)
MESSAGE = PAGES.from_string(
    HEAD
    + """<nav><a href="/dev/mail">All mail</a></nav>
<main lang="{{ message['content-language'] or 'en' }}">
<h1>{{ message.subject }}</h1>
<dl lang="en">
{% for header in ("From", "To", "Date") %}
<dt>{{ header }}</dt><dd>{{ message[header] }}</dd>
{% endfor %}
</dl>
<pre>{{ text }}</pre>
</main>
<p><a href="/dev/mail/{{ name }}/html">As HTML</a></p>
</body>
</html>
"""
)
HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
SHOWN = 100


def mailbox_routes(settings: Settings) -> list[BaseRoute]:
    """The routes below /dev/mail; none outside of development, or where a mail server takes the mail."""
    mailbox = post_of(settings)
    if not (settings.development and isinstance(mailbox, Mailbox)):
        return []

    def found(request: Request) -> EmailMessage:
        message = mailbox.read(request.path_params["name"])
        if message is None:
            raise HTTPException(404, "There is no such message.")
        return message

    def listed(request: Request) -> HTMLResponse:
        messages = [(name, mailbox.read(name)) for name in mailbox.names()[:SHOWN]]
        return HTMLResponse(LIST.render(title="Mail", messages=messages), headers=HEADERS)

    def message(request: Request) -> HTMLResponse:
        name, shown = request.path_params["name"], found(request)
        page = MESSAGE.render(title=shown["Subject"], name=name, message=shown, text=linked(shown))
        return HTMLResponse(page, headers=HEADERS)

    def as_html(request: Request) -> HTMLResponse:
        return HTMLResponse(content_of(found(request), "html"), headers=HEADERS)

    return [
        Route("/dev/mail", listed),
        Route("/dev/mail/{name}", message),
        Route("/dev/mail/{name}/html", as_html),
    ]


def content_of(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def linked(message: EmailMessage) -> Markup:
    """The message's text, its addresses clickable."""
    text = content_of(message, "plain")
    return Markup(LINK.sub(lambda found: f'<a href="{found[0]}">{found[0]}</a>', str(escape(text))))  # noqa: S704
