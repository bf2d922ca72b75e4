"""From a letter's words to a message (RFC 5322), as plain text and as HTML."""

from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from jinja2 import Environment

from oauth.letters.texts import Letter, text_of

PAGE = Environment(autoescape=True).from_string(
    """<!DOCTYPE html>
<html lang="{{ language }}">
<head><meta charset="utf-8"><title>{{ subject }}</title></head>
<body style="margin:0;background:#f4f4f6;color:#16161a;font:16px/1.5 system-ui,sans-serif">
<main style="max-width:34em;margin:0 auto;padding:2em 1.5em;background:#fff">
<p style="font-weight:700;letter-spacing:.04em">Marquee</p>
<h1 style="font-size:1.4em;line-height:1.25">{{ subject }}</h1>
{% for paragraph in paragraphs %}<p>{{ paragraph }}</p>
{% endfor %}{% if link %}<p><a href="{{ link }}" \
style="display:inline-block;padding:.7em 1.2em;border-radius:6px;background:#16161a;color:#fff">{{ button }}</a></p>
<p style="font-size:.85em;overflow-wrap:anywhere">{{ link }}</p>
{% endif %}</main>
</body>
</html>
"""
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a letter goes to, in which language, where its link leads, and what its words leave open."""

    to: str
    language: str
    link: str = ""
    values: dict[str, str] = field(default_factory=dict)


def compose(letter: Letter, envelope: Envelope, sender: str, now: datetime) -> EmailMessage:
    """The message; it says that no person wrote it (RFC 3834)."""
    language, text = text_of(letter, envelope.language)
    paragraphs = [paragraph.format_map(envelope.values) for paragraph in text.paragraphs]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, envelope.to, text.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].partition("@")[2] or "marquee")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n\n".join([*paragraphs, envelope.link] if envelope.link else paragraphs) + "\n")
    page = PAGE.render(
        language=language, subject=text.subject, paragraphs=paragraphs, link=envelope.link, button=text.button
    )
    message.add_alternative(page, subtype="html")
    message["Content-Language"] = language  # now: before, it would go along with the text's other Content- headers
    return message
