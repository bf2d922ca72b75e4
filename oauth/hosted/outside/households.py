"""Whose household somebody is whom an outside provider knows."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from models.identity import OutsideIdentity
from oauth.addresses import account_of
from oauth.hosted.outside.answer import Outsider
from oauth.households import add_account, add_profile
from runtime.encryption import Encryption
from runtime.resources import Resources

LONGEST_NAME = 50


class Taken(Exception):
    """There is an account already: of the address, or one that the provider's subject is linked to."""


def index_of(encryption: Encryption, issuer: str, subject: str) -> bytes:
    """By what the provider's subject is known here, and nowhere else."""
    return encryption.blind_index(f"outside identity\n{issuer}\n{subject}")


async def linked_account(resources: Resources, index: bytes) -> UUID | None:
    """The account that the subject is linked to."""
    query = select(col(OutsideIdentity.account_id)).where(col(OutsideIdentity.subject_index) == index)
    async with resources.database.read("identity") as db:
        return await db.scalar(query)


async def has_account(resources: Resources, email: str) -> bool:
    async with resources.database.write("identity") as db:
        return await account_of(db, resources.encryption, email) is not None


async def link(resources: Resources, account_id: UUID, provider: str, index: bytes, now: datetime) -> None:
    """From then on the subject signs in to the account. Taken where it is linked to another."""
    try:
        async with resources.database.write("identity") as db:
            db.add(OutsideIdentity(subject_index=index, account_id=account_id, provider=provider, created_at=now))
    except IntegrityError as error:
        if await linked_account(resources, index) != account_id:
            raise Taken from error


async def add_household(
    resources: Resources, outsider: Outsider, provider: str, language: str, profile_name: str, now: datetime
) -> UUID:
    """A new account of the outsider's address, linked, without a password; Taken where it has come to have one."""
    assert outsider.email is not None, "only with an address that the provider verified"
    encryption, country = resources.encryption, resources.settings.default_country
    try:
        async with resources.database.write("identity") as db:
            account = await add_account(db, encryption, outsider.email, None, country, language, now)
            account.email_verified = True
            await add_profile(db, account, first_name(outsider, profile_name), language, now)
            index = index_of(encryption, outsider.issuer, outsider.subject)
            db.add(OutsideIdentity(subject_index=index, account_id=account.id, provider=provider, created_at=now))
    except IntegrityError as error:
        raise Taken from error
    return account.id


def first_name(outsider: Outsider, otherwise: str) -> str:
    """What the provider calls the person, if it does for a profile."""
    names = (name.strip() for name in outsider.names)
    fits = (name for name in names if name.isprintable() and any(map(str.isalnum, name)) and len(name) <= LONGEST_NAME)
    return next(fits, otherwise)
