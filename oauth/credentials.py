"""Who an account is by its address and password, and how both are verified, reset and replaced."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
import structlog
from sqlalchemy import and_, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import (
    Account,
    AccountStatus,
    KnownAddress,
    MailToken,
    MailTokenPurpose,
    Session,
)
from models.viewing import PlaybackCommandReason
from oauth import mail_tokens
from oauth.addresses import email_cell, key_of, normal_email, read_email
from oauth.attempts import (
    RESET_MAILS,
    RESETS,
    RESETS_FROM,
    attempt,
    index_of,
    network_of,
    remember,
    succeeded,
)
from oauth.authenticate import changed
from oauth.households import published_account
from oauth.letters import Letter, post
from oauth.passwords import checked_password, hash_password, verify_password
from oauth.sessions import end_sessions
from oauth.throttle import take
from runtime.encryption import Encryption
from runtime.errors import Refusal
from runtime.jobs import enqueue
from runtime.resources import Resources

log = structlog.get_logger()
NOBODY = UUID(int=0)
"""Stands for the account where there is none, so that as much is done as where there is one."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What the database has of an address."""

    account_id: UUID
    password_hash: str | None
    known: bool
    """Whether the account signed in from this network address before."""


async def identify(resources: Resources, email: str, password: str, address: str, now: datetime) -> UUID:
    """The id of the account whose address and password these are; from then on its network address is known.

    Refusals: WRONG_CREDENTIALS, alike for a wrong password and an unknown address; ACCOUNT_SUSPENDED, to who knows the
    password alone; TOO_MANY_ATTEMPTS.
    """
    normal = normal_email(email)
    stored = await stored_of(resources, normal, address)
    await attempt(resources, normal, address, stored.known, now)
    if not await verify_password(password, stored.password_hash):
        raise wrong_credentials()
    await succeeded(resources, normal, address, stored.known)
    async with resources.database.write("identity") as db:
        account = await db.get(Account, stored.account_id, with_for_update=True)
        if account is None or account.password_hash != stored.password_hash:  # while it was verified
            raise wrong_credentials()
        refuse_suspended(account)
        await remember(db, resources.encryption, account.id, address, now)
    return account.id


async def stored_of(resources: Resources, normal: str, address: str) -> Stored:
    of_address = col(Account.email_index) == resources.encryption.blind_index(normal)
    async with resources.database.read("identity") as db:
        columns = (col(Account.id), col(Account.password_hash))
        found = (await db.execute(select(*columns).where(of_address))).one_or_none()
        account_id = found.id if found else NOBODY
        index = index_of(resources.encryption, account_id, address)
        here = and_(col(KnownAddress.account_id) == account_id, col(KnownAddress.address_index) == index)
        known = bool(await db.scalar(select(exists().where(here))))
    return Stored(account_id, found.password_hash if found else None, known)


def wrong_credentials() -> Refusal:
    return Refusal("WRONG_CREDENTIALS", "The address or the password is wrong.")


def refuse_suspended(account: Account) -> None:
    if account.status is AccountStatus.SUSPENDED:
        raise Refusal("ACCOUNT_SUSPENDED", "This account is suspended: ask our support.")


async def ask_to_verify(
    db: AsyncSession, encryption: Encryption, account_id: UUID, now: datetime, email: str | None = None
) -> None:
    """Queues the letter that asks to verify the account's own address, or a new one."""
    token = await mail_tokens.issue(db, encryption, account_id, MailTokenPurpose.VERIFY_EMAIL, now, email)
    await post(db, Letter.VERIFY_EMAIL, account_id, token=str(token))


async def verify_email(resources: Resources, token: str, now: datetime) -> None:
    """Marks the address that the token was mailed to as verified; a new one becomes the account's.

    Refusals, both of `token`: INVALID_TOKEN; EMAIL_TAKEN where the new address has got an account by now.
    """
    try:
        async with resources.database.write("identity") as db:
            purpose = MailTokenPurpose.VERIFY_EMAIL
            account, row = await mail_tokens.redeem(db, resources.encryption, purpose, token, now)
            if row.email is not None:
                await replace_email(db, resources, account, row, now)
            account.email_verified = True
    except IntegrityError as error:
        if "account_email_index_key" not in str(error.orig):
            raise
        raise Refusal("EMAIL_TAKEN", "There is an account of this address already.", "token") from error


async def replace_email(
    db: AsyncSession, resources: Resources, account: Account, row: MailToken, now: datetime
) -> None:
    """Makes the token's address the account's. The old one takes its place in the row, for the letter about it."""
    encryption = resources.encryption
    key = await key_of(db, encryption, account.id)
    new = encryption.open(key, mail_tokens.email_cell(row.id), row.email or b"")
    old = encryption.open(key, email_cell(account.id), account.email)
    account.email, account.email_index = encryption.seal(key, email_cell(account.id), new), encryption.blind_index(new)
    row.email, row.email_index = encryption.seal(key, mail_tokens.email_cell(row.id), old), None
    await mail_tokens.void(db, account.id, MailTokenPurpose.RESET_PASSWORD, now)  # they lie at the old address
    await post(db, Letter.EMAIL_CHANGED, account.id, token=str(row.id))


async def request_password_reset(resources: Resources, email: str, address: str, now: datetime) -> None:
    """Queues a letter with a link to reset the password; the worker looks whether there is anybody to write to.

    Refusal TOO_MANY_ATTEMPTS, which depends on who asks from where alone.
    """
    normal, network = normal_email(email), network_of(address)
    await take(resources, RESETS_FROM, now, network)
    await take(resources, RESETS, now, normal, network)
    async with resources.database.write("identity") as db:
        job = {"email_index": resources.encryption.blind_index(normal).hex()}
        await enqueue(db, "password_reset", orjson.dumps(job))


async def begin_reset(resources: Resources, payload: bytes, now: datetime) -> None:
    """Makes the token of a reset that was asked for, and queues its letter; nothing for an address without account."""
    index = bytes.fromhex(orjson.loads(payload)["email_index"])
    async with resources.database.read("identity") as reader:
        account_id = await reader.scalar(select(col(Account.id)).where(col(Account.email_index) == index))
    if account_id is None:
        return
    try:
        await take(resources, RESET_MAILS, now, str(account_id))
    except Refusal:
        log.info("reset_letters_suffice")
        return
    async with resources.database.write("identity") as db:
        account = await db.get(Account, account_id, with_for_update=True)
        if account is not None:
            token = await mail_tokens.issue(db, resources.encryption, account.id, MailTokenPurpose.RESET_PASSWORD, now)
            await post(db, Letter.RESET_PASSWORD, account.id, token=str(token))


async def reset_password(
    resources: Resources, token: str, new_password: str, now: datetime, address: str | None = None
) -> UUID:
    """The id of the account whose password is the new one from then on, and of whom nobody is signed in any more.

    The network address that it was done from becomes a known one. Refusals: INVALID_TOKEN (`token`), WEAK_PASSWORD,
    BREACHED_PASSWORD (both `newPassword`), ACCOUNT_SUSPENDED.
    """
    purpose = MailTokenPurpose.RESET_PASSWORD
    account_id = await mail_tokens.account_of(resources, purpose, token, now)
    email = await read_email(resources, account_id)
    await checked_password(new_password, "newPassword", about=(email,))
    password_hash = await hash_password(new_password)
    async with resources.database.write("identity") as db:
        account, _ = await mail_tokens.redeem(db, resources.encryption, purpose, token, now)
        refuse_suspended(account)
        account.email_verified = True
        await set_password(db, account, password_hash, now)
        if address is not None:
            await remember(db, resources.encryption, account.id, address, now)
    changed(resources.hub, account.id)
    return account.id


async def set_password(
    db: AsyncSession, account: Account, password_hash: str, now: datetime, *, keep: UUID | None = None
) -> None:
    """Replaces the password. All sessions but `keep` end, and every access token is void; tell it after the commit."""
    account.password_hash = password_hash
    account.epoch += 1
    await db.merge(published_account(account))
    await mail_tokens.void(db, account.id, MailTokenPurpose.RESET_PASSWORD, now)
    others = and_(col(Session.account_id) == account.id, col(Session.id).is_distinct_from(keep))
    await end_sessions(db, others, PlaybackCommandReason.SIGNED_OUT)
    await post(db, Letter.PASSWORD_CHANGED, account.id)
