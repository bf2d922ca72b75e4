"""Sending mail: by SMTP (RFC 5321), or into a folder that /dev/mail shows."""

import asyncio
import os
import secrets
import time
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
from aiosmtplib.errors import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from runtime.settings import Settings, SettingsError

SCHEMES = {"smtp": (False, None), "smtps": (True, False), "smtp+starttls": (False, True)}
"""Whether the connection begins in TLS, and whether STARTTLS (RFC 3207) must follow; None: if it is offered."""
TIMEOUT_SECONDS = 20.0
PERMANENT = 500
"""From this reply code on a repetition would not help (RFC 5321, section 4.2.1)."""


class MailUnavailable(Exception):
    """The mail server does not take any mail now: try again later."""


class MailRefused(Exception):
    """The mail server will not take this message."""


class Post(Protocol):
    """Takes messages."""

    async def send(self, message: EmailMessage) -> None:
        """Returns when the message is somebody else's to deliver. MailUnavailable, MailRefused."""
        ...


def post_of(settings: Settings) -> Post:
    """Where the installation's mail goes: to its SMTP server, or into its mailbox. SettingsError: a malformed one."""
    return smtp_at(settings.smtp_url) if settings.smtp_url else Mailbox(settings.data / "mail")


def smtp_at(url: str) -> "Smtp":
    try:
        parts = urlsplit(url)
        use_tls, start_tls = SCHEMES[parts.scheme]
        host, port = parts.hostname or "", parts.port
    except (KeyError, ValueError):
        host = ""
    if not host:
        known = ", ".join(f"{scheme}://" for scheme in SCHEMES)
        raise SettingsError(f"MARQUEE_SMTP_URL: one of {known}USER:PASSWORD@HOST:PORT.")
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return Smtp(host, port, user, password, use_tls, start_tls)


@dataclass(frozen=True, slots=True, repr=False)
class Smtp:
    """An SMTP server. Where TLS is used its certificate is checked."""

    host: str
    port: int | None
    user: str | None
    password: str | None
    use_tls: bool
    start_tls: bool | None

    async def send(self, message: EmailMessage) -> None:
        failure: Exception | None = None
        try:
            await aiosmtplib.send(
                message,
                hostname=self.host,
                port=self.port,
                username=self.user,
                password=self.password,
                use_tls=self.use_tls,
                start_tls=self.start_tls,
                timeout=TIMEOUT_SECONDS,
            )
        except (SMTPException, OSError) as error:
            failure = failure_of(error)
        if failure is not None:  # out here: the server's words may name the recipient, and errors are logged and stored
            raise failure


def failure_of(error: SMTPException | OSError) -> MailUnavailable | MailRefused:
    """What an error means, without the server's words: our own side's may be told."""
    refused = error.recipients[0] if isinstance(error, SMTPRecipientsRefused) else error
    code = refused.code if isinstance(refused, SMTPResponseException) else None
    said = f"{type(refused).__name__}, {f'reply code {code}' if code else refused}"
    of_this_message = isinstance(refused, (SMTPRecipientRefused, SMTPDataError)) and code and code >= PERMANENT
    if of_this_message or isinstance(refused, SMTPNotSupported):
        return MailRefused(f"The mail server refused a message: {said}.")
    return MailUnavailable(f"The mail server takes no mail: {said}.")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A folder of messages in RFC 5322 form, one file each, named so that they sort by time."""

    folder: Path

    async def send(self, message: EmailMessage) -> None:
        await asyncio.to_thread(self.keep, message.as_bytes())

    def keep(self, message: bytes) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.time_ns()}-{secrets.token_hex(4)}"
        unfinished = self.folder / f"{name}.part"
        with open(unfinished, "wb", opener=private) as file:
            file.write(message)
        unfinished.rename(self.folder / f"{name}.eml")

    def names(self) -> list[str]:
        """What the messages are called, newest first."""
        return sorted((file.stem for file in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage | None:
        """The message of that name, if there is one."""
        if name not in self.names():
            return None
        parsed = BytesParser(EmailMessage, policy=policy.default).parsebytes((self.folder / f"{name}.eml").read_bytes())
        assert isinstance(parsed, EmailMessage)
        return parsed


def private(path: str, flags: int) -> int:
    """Opens a file that its owner alone may read."""
    return os.open(path, flags, 0o600)
