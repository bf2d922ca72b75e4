"""E-mail addresses: how they are compared, where they stand, and whose they are."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey
from runtime.encryption import Cell, Encryption
from runtime.resources import Resources


def normal_email(email: str) -> str:
    """The form in which addresses are compared: without spaces around them, in lower case."""
    return email.strip().lower()


def email_cell(account_id: UUID) -> Cell:
    """Where an account's address stands."""
    return Cell("identity.account", "email", account_id)


async def account_of(db: AsyncSession, encryption: Encryption, email: str, *, lock: bool = False) -> Account | None:
    """The account of an address, locked if wished; None where there is none."""
    query = select(Account).where(col(Account.email_index) == encryption.blind_index(normal_email(email)))
    return await db.scalar(query.with_for_update() if lock else query)


async def key_of(db: AsyncSession, encryption: Encryption, account_id: UUID) -> bytes:
    """The account's own key. Its row is locked against rotation until the transaction ends: seal under this lock."""
    stored = await db.get_one(AccountKey, account_id, with_for_update={"read": True})
    return encryption.unwrap(stored.wrapped_by, stored.wrapped)


EMAIL = select(col(Account.email), col(AccountKey.wrapped_by), col(AccountKey.wrapped)).join(
    AccountKey, col(AccountKey.account_id) == col(Account.id)
)
"""An address with its key in one statement, for keys are rotated."""


async def email_of(db: AsyncSession, encryption: Encryption, account: Account) -> str:
    """The account's address, in the clear."""
    row = (await db.execute(EMAIL.where(col(Account.id) == account.id))).one()
    return email_in(encryption, account.id, row)


async def read_email(resources: Resources, account_id: UUID) -> str:
    """The account's address, in the clear; NoResultFound where it is gone."""
    async with resources.database.read("identity") as db:
        row = (await db.execute(EMAIL.where(col(Account.id) == account_id))).one()
    return email_in(resources.encryption, account_id, row)


def email_in(encryption: Encryption, account_id: UUID, row: Any) -> str:
    return encryption.open(encryption.unwrap(row.wrapped_by, row.wrapped), email_cell(account_id), row.email)
