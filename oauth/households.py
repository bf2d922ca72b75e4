"""Making a household, and what the other subgraphs may know of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.columns import new_id
from models.identity import Account, AccountKey, Avatar, Profile, ProfileKind
from models.published import PublishedAccount, PublishedProfile
from oauth.addresses import email_cell
from runtime.encryption import Encryption


async def add_account(
    db: AsyncSession,
    encryption: Encryption,
    email: str,
    password_hash: str | None,
    country: str,
    language: str,
    now: datetime,
) -> Account:
    """An account of the address, stored and published. IntegrityError where the address has one."""
    key, account = new_account(encryption, new_id(), email, password_hash, country, now)
    account.language = language
    db.add_all([key, account])
    db.add(published_account(account))
    await db.flush()
    return account


def new_account(
    encryption: Encryption, account_id: UUID, email: str, password_hash: str | None, country: str, created_at: datetime
) -> tuple[AccountKey, Account]:
    """An account that is not stored yet, its address sealed with a key of its own; and that key, wrapped."""
    wrapped_by, wrapped, key = encryption.new_key()
    account = Account(
        id=account_id,
        email=encryption.seal(key, email_cell(account_id), email),
        email_index=encryption.blind_index(email),
        password_hash=password_hash,
        country=country,
        roles=["viewer"],
        created_at=created_at,
    )
    return AccountKey(account_id=account_id, wrapped_by=wrapped_by, wrapped=wrapped), account


async def add_profile(
    db: AsyncSession,
    account: Account,
    name: str,
    language: str,
    now: datetime,
    *,
    kind: ProfileKind = ProfileKind.ADULT,
    maximum_age: int = 18,
    avatar_id: UUID | None = None,
) -> Profile:
    """A profile of the account, stored and published; without an avatar it gets any."""
    profile = new_profile(account.id, name, language, avatar_id or await any_avatar(db), now)
    profile.kind, profile.maximum_age = kind, maximum_age
    db.add(profile)
    db.add(published_profile(profile))
    await db.flush()
    return profile


def new_profile(account_id: UUID, name: str, language: str, avatar_id: UUID, created_at: datetime) -> Profile:
    """An adult's profile that is not stored yet, set to its language in all that it hears and reads."""
    return Profile(
        account_id=account_id,
        name=name,
        avatar_id=avatar_id,
        language=language,
        audio_languages=[language],
        subtitle_languages=[language],
        created_at=created_at,
    )


async def any_avatar(db: AsyncSession) -> UUID:
    avatar = await db.scalar(select(col(Avatar.id)).order_by(func.random()).limit(1))
    if avatar is None:
        raise LookupError("There is no avatar to give: the database was not seeded.")
    return avatar


def published_account(account: Account) -> PublishedAccount:
    """What the other subgraphs may know of an account."""
    return PublishedAccount(account_id=account.id, epoch=account.epoch, status=account.status, country=account.country)


def published_profile(profile: Profile) -> PublishedProfile:
    """What the other subgraphs may know of a profile."""
    return PublishedProfile(
        profile_id=profile.id,
        account_id=profile.account_id,
        name=profile.name,
        kind=profile.kind,
        maximum_age=profile.maximum_age,
        language=profile.language,
        audio_languages=profile.audio_languages,
        subtitle_languages=profile.subtitle_languages,
        subtitle_mode=profile.subtitle_mode.name,
    )
