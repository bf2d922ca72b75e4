"""Letters are queued by who has something to say, and composed by the worker: a job holds ids, and no address."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import orjson
import structlog
from sqlalchemy import Row, Select, select
from sqlalchemy.exc import NoResultFound
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey, MailToken, MailTokenPurpose
from oauth import mail_tokens
from oauth.addresses import email_cell
from oauth.letters.composing import Envelope, compose
from oauth.letters.texts import Letter
from runtime.jobs import enqueue
from runtime.mail import post_of
from runtime.resources import Resources

LINKS = {
    Letter.VERIFY_EMAIL: ("/oauth/verify", MailTokenPurpose.VERIFY_EMAIL),
    Letter.RESET_PASSWORD: ("/oauth/reset", MailTokenPurpose.RESET_PASSWORD),
}
log = structlog.get_logger()


async def post(db: AsyncSession, letter: Letter, account_id: UUID, **data: str) -> None:
    """Queues a letter to an account, in the caller's transaction.

    `data` are ids alone: of the mail token as `token` for VERIFY_EMAIL, RESET_PASSWORD and EMAIL_CHANGED, of the
    receipt as `receipt` for ERASED.
    """
    await enqueue(db, "letter", orjson.dumps({"letter": letter.name, "account_id": str(account_id), "data": data}))


async def deliver(resources: Resources, payload: bytes) -> None:
    """The job: sends a letter that was queued. MailUnavailable, MailRefused."""
    job = orjson.loads(payload)
    await send_now(resources, Letter[job["letter"]], UUID(job["account_id"]), **job["data"])


async def send_now(resources: Resources, letter: Letter, account_id: UUID, **data: str) -> None:
    """Sends a letter at once; none where the account is gone, or the letter's link is void. MailUnavailable,
    MailRefused."""
    now = datetime.now(UTC)
    try:
        envelope = await envelope_of(resources, letter, account_id, data, now)
    except NoResultFound:
        log.info("letter_unneeded", letter=letter.name)
        return
    await post_of(resources.settings).send(compose(letter, envelope, resources.settings.mail_from, now))
    log.info("letter_sent", letter=letter.name)


async def envelope_of(
    resources: Resources, letter: Letter, account_id: UUID, data: dict[str, str], now: datetime
) -> Envelope:
    """Whom the letter goes to; NoResultFound where there is nobody, or nothing to say any more."""
    async with resources.database.read("identity") as db:
        row = (await db.execute(addressed(account_id, data.get("token")))).one()
    cell, sealed = email_cell(account_id), row.email
    if row.new_email is not None:
        cell, sealed = mail_tokens.email_cell(row.token_id), row.new_email
    to = resources.encryption.open(resources.encryption.unwrap(row.wrapped_by, row.wrapped), cell, sealed)
    values = {"days": str(resources.settings.erasure_days)} | data
    return Envelope(to, row.language, link_of(resources, letter, row, now), values)


def addressed(account_id: UUID, token_id: str | None) -> Select[Any]:
    """The account with its key, and the mailed token, if the letter has one: in one statement, for keys are rotated."""
    account = (col(Account.email), col(Account.language), col(AccountKey.wrapped_by), col(AccountKey.wrapped))
    token: tuple[Any, ...] = (col(MailToken.id).label("token_id"), col(MailToken.email).label("new_email"))
    query = (
        select(*account, *token, col(MailToken.used_at), col(MailToken.expires_at))
        .join(AccountKey, col(AccountKey.account_id) == col(Account.id))
        .outerjoin(MailToken, col(MailToken.id) == (UUID(token_id) if token_id else None))
        .where(col(Account.id) == account_id)
    )
    return query if token_id is None else query.where(col(MailToken.id).is_not(None))


def link_of(resources: Resources, letter: Letter, row: Row[Any], now: datetime) -> str:
    """Where the letter's link leads, if it has one; NoResultFound where its token is no good any more."""
    if letter not in LINKS:
        return ""
    path, purpose = LINKS[letter]
    if row.token_id is None or row.used_at is not None or row.expires_at <= now:
        raise NoResultFound
    query = urlencode({"token": mail_tokens.token_of(resources.encryption, purpose, row.token_id)})
    return f"{resources.settings.address}{path}?{query}"
