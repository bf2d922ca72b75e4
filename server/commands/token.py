"""`marquee token`: an access token without a password, for whoever operates the installation."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, DeviceKind, Profile
from oauth.addresses import normal_email
from oauth.sessions import open_session
from runtime.resources import open_resources
from runtime.settings import Settings
from server.commands import Stop


async def token_for(settings: Settings, email: str, profile: str | None) -> str:
    """An access token of a new session of the account, scoped to its profile of that name."""
    async with open_resources(settings, ("identity",)) as resources:
        index = resources.encryption.blind_index(normal_email(email))
        async with resources.database.write("identity") as db:
            account = await db.scalar(select(Account).where(col(Account.email_index) == index))
            if account is None:
                raise Stop(f"There is no account of {email}: sign up, or run `marquee seed`.")
            scoped = await named_profile(db, account, profile) if profile else None
            tokens = await open_session(
                db, resources.tokens, account, "marquee token", DeviceKind.WEB, datetime.now(UTC), scoped
            )
            return tokens.access_token


async def named_profile(db: AsyncSession, account: Account, name: str) -> Profile:
    profiles = (await db.scalars(select(Profile).where(col(Profile.account_id) == account.id))).all()
    found = next((profile for profile in profiles if profile.name == name), None)
    if found is None:
        raise Stop(f"The household has no profile {name!r}: it has {', '.join(p.name for p in profiles)}.")
    return found
