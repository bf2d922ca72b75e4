"""The worker's part in letters, done at once, and what lies in the mailbox then."""

import re
from datetime import UTC, datetime
from email.message import EmailMessage
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text

from oauth.credentials import begin_reset
from oauth.letters import deliver
from runtime.mail import Mailbox
from server.mailbox import content_of
from tests.served import Front

QUEUED = text(
    "delete from jobs.pgqueuer where entrypoint in ('letter', 'password_reset') returning entrypoint, payload"
)


async def letters(front: Front) -> list[EmailMessage]:
    """Does the queued jobs about letters; all letters that were ever sent, oldest first."""
    while True:
        async with front.database.write("identity") as db:
            jobs = (await db.execute(QUEUED)).all()
        if not jobs:
            break
        for job in jobs:
            if job.entrypoint == "letter":
                await deliver(front.resources, job.payload)
            else:
                await begin_reset(front.resources, job.payload, datetime.now(UTC))
    mailbox = Mailbox(front.resources.settings.data / "mail")
    found = [mailbox.read(name) for name in reversed(mailbox.names())]
    return [message for message in found if message is not None]


async def mailed_token(front: Front, to: str = "ada@example.org") -> str:
    """The token in the newest letter with a link to the address."""
    sent = [content_of(message, "plain") for message in await letters(front) if message["To"] == to]
    links = [link for body in sent for link in re.findall(r"https?://\S+", body)]
    return parse_qs(urlsplit(links[-1]).query)["token"][0]
