"""The tokens in our mail: a row's id and our MAC of it, so that neither the database nor a job holds one."""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, MailToken, MailTokenPurpose
from oauth.addresses import key_of
from runtime.encryption import Cell, Encryption
from runtime.errors import Refusal
from runtime.resources import Resources

LIFETIMES = {
    MailTokenPurpose.VERIFY_EMAIL: timedelta(days=3),
    MailTokenPurpose.RESET_PASSWORD: timedelta(hours=1),
}
ID_BYTES = 16


async def issue(
    db: AsyncSession,
    encryption: Encryption,
    account_id: UUID,
    purpose: MailTokenPurpose,
    now: datetime,
    email: str | None = None,
) -> UUID:
    """The id of a new token, for the account's own address or a new one; the older ones of its purpose are void."""
    await void(db, account_id, purpose, now)
    token = MailToken(account_id=account_id, purpose=purpose, expires_at=now + LIFETIMES[purpose])
    if email is not None:
        key = await key_of(db, encryption, account_id)
        token.email = encryption.seal(key, email_cell(token.id), email)
        token.email_index = encryption.blind_index(email)
    db.add(token)
    await db.flush()
    return token.id


async def void(db: AsyncSession, account_id: UUID, purpose: MailTokenPurpose, now: datetime) -> None:
    """Makes the account's tokens of the purpose worthless."""
    unused = (col(MailToken.purpose) == purpose, col(MailToken.used_at).is_(None))
    await db.execute(update(MailToken).where(col(MailToken.account_id) == account_id, *unused).values(used_at=now))


async def redeem(
    db: AsyncSession, encryption: Encryption, purpose: MailTokenPurpose, token: str, now: datetime
) -> tuple[Account, MailToken]:
    """The account, locked, and the row that the token names; it counts as used from then on.

    Refusal INVALID_TOKEN (`token`) where it is forged, expired, used or void.
    """
    account_and_row = select(Account, MailToken).join(MailToken, col(MailToken.account_id) == col(Account.id))
    named = col(MailToken.id) == id_of(encryption, purpose, token)
    found = (await db.execute(account_and_row.where(named).with_for_update())).one_or_none()
    if found is None or found.MailToken.used_at is not None or found.MailToken.expires_at <= now:
        raise invalid()
    found.MailToken.used_at = now
    return found.Account, found.MailToken


async def account_of(resources: Resources, purpose: MailTokenPurpose, token: str, now: datetime) -> UUID:
    """The id of the account that a token is good for; it stays so. Refusal INVALID_TOKEN (`token`)."""
    good = (col(MailToken.used_at).is_(None), col(MailToken.expires_at) > now)
    named = col(MailToken.id) == id_of(resources.encryption, purpose, token)
    async with resources.database.read("identity") as db:
        account_id = await db.scalar(select(col(MailToken.account_id)).where(named, *good))
    if account_id is None:
        raise invalid()
    return account_id


def email_cell(token_id: UUID) -> Cell:
    """Where a token's address stands."""
    return Cell("identity.mail_token", "email", token_id)


def token_of(encryption: Encryption, purpose: MailTokenPurpose, id_: UUID) -> str:
    """What stands in the link."""
    return base64.urlsafe_b64encode(id_.bytes + mac(encryption, purpose, id_)).decode()


def id_of(encryption: Encryption, purpose: MailTokenPurpose, token: str) -> UUID:
    """The id that a token of ours names; Refusal INVALID_TOKEN (`token`) for what we never made."""
    try:
        given = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise invalid() from error
    if len(given) <= ID_BYTES:
        raise invalid()
    id_ = UUID(bytes=given[:ID_BYTES])
    if not hmac.compare_digest(given[ID_BYTES:], mac(encryption, purpose, id_)):
        raise invalid()
    return id_


def mac(encryption: Encryption, purpose: MailTokenPurpose, id_: UUID) -> bytes:
    key = encryption.derived_key("mail-token")
    return hmac.new(key, purpose.name.encode() + id_.bytes, hashlib.sha256).digest()


def invalid() -> Refusal:
    return Refusal("INVALID_TOKEN", "This link is not valid any more: ask for a new one.", "token")
