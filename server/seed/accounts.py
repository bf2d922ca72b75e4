"""Whom to sign in as."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.billing import Entitlement, EntitlementSource, Plan
from models.identity import Account, Profile, ProfileKind
from oauth.addresses import normal_email
from oauth.households import add_account, add_profile
from oauth.passwords import hash_password
from resolvers.billing.entitlements import entitle
from runtime.request import Request
from server.seed.avatars import avatar_id
from server.seed.ids import seed_id

ACCOUNTS: list[tuple[str, str, str]] = [
    ("viewer", "viewer@marquee.example", "popcorn-and-stars"),
    ("editor", "editor@marquee.example", "scissors-and-glue"),
    ("administrator", "administrator@marquee.example", "keys-to-the-house"),
]
"""Role, e-mail address and password."""


@dataclass(frozen=True)
class NewProfile:
    name: str
    kind: ProfileKind = ProfileKind.ADULT
    maximum_age: int = 18


PROFILES = {
    "viewer": (
        NewProfile("Robin"),
        NewProfile("Charlie", ProfileKind.TEEN, 12),
        NewProfile("Kim", ProfileKind.KIDS, 6),
    ),
    "editor": (NewProfile("Edith"),),
    "administrator": (NewProfile("Ada"),),
}
WITH_PREMIUM = {"viewer", "administrator"}


async def seed_accounts(request: Request) -> None:
    """Makes the accounts that are not there, and gives those who watch the best plan for good."""
    for role, email, password in ACCOUNTS:
        account_id = await account_of(request, email)
        if account_id is None:
            account_id = await make(request, role, email, password)
        if role in WITH_PREMIUM:
            await give_premium(request, role, account_id)


async def account_of(request: Request, email: str) -> UUID | None:
    """The id of the account of an address, where there is one."""
    index = request.resources.encryption.blind_index(normal_email(email))
    async with request.read("identity") as db:
        return await db.scalar(select(col(Account.id)).where(col(Account.email_index) == index))


async def make(request: Request, role: str, email: str, password: str) -> UUID:
    password_hash = await hash_password(password)
    async with request.write("identity") as db:
        account = await add_account(
            *(db, request.resources.encryption, email, password_hash),
            *(request.country, request.languages[0], request.now),
        )
        account.email_verified = True
        account.roles = sorted({"viewer", role})
        await add_profiles(db, request, account, role)
    return account.id


async def add_profiles(db: AsyncSession, request: Request, account: Account, role: str) -> None:
    for number, new in enumerate(PROFILES[role], start=1):
        await add_profile(
            db,
            account,
            new.name,
            request.languages[0],
            request.now,
            kind=new.kind,
            maximum_age=new.maximum_age,
            avatar_id=avatar_id(number),
        )


async def first_profile(request: Request, account_id: UUID) -> UUID:
    """The account's oldest profile: an adult's."""
    adults = (col(Profile.account_id) == account_id, col(Profile.kind) == ProfileKind.ADULT)
    query = select(col(Profile.id)).where(*adults).order_by(col(Profile.created_at), col(Profile.id)).limit(1)
    async with request.read("identity") as db:
        return (await db.execute(query)).scalar_one()


async def give_premium(request: Request, role: str, account_id: UUID) -> None:
    async with request.write("billing") as db:
        plan = await db.get_one(Plan, seed_id("plan", "premium"))
        entitlement = Entitlement(
            account_id=account_id,
            plan_id=plan.id,
            source=EntitlementSource.GRANT,
            reason="So that there is somebody to sign in as.",
            idempotency_key=f"seed:{role}",
            created_at=request.now,
        )
        await entitle(db, entitlement, plan)
