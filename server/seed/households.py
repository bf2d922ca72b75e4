"""The simulated households: 500 families, what they may watch, and what they watched.

Their history is stored first and they themselves last, so that nobody can sign in to a household that is half there.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlmodel import col

from models.billing import Entitlement, EntitlementSource, Plan
from models.identity import Account, AccountKey, Profile
from models.viewing import ContinueWatching, ListItem, PlaybackSession, ProfileState, TitleThumb
from models.viewing import Progress as ProgressTable
from oauth.households import new_account, new_profile, published_account, published_profile
from oauth.passwords import hash_password
from resolvers.billing.entitlements import published as published_entitlement
from resolvers.viewing.popularity import refresh_popularity
from runtime.database import Database
from runtime.encryption import Encryption
from runtime.jobs import enqueue
from runtime.request import Request
from sandbox.households import Household, Member, families, family, simulate
from server.run.screen import Report
from server.seed import watching
from server.seed.avatars import avatar_id
from server.seed.bulk import add_models, add_rows
from server.seed.plans import plans
from server.seed.starter import Repertoire, repertoire

LABEL = "Simulating households"
SEED, COUNT = 1895, 500
PASSWORD = "one-of-five-hundred"  # noqa: S105  it guards nothing: these households are made up
JOINED_BEFORE = timedelta(days=91)
"""They joined before the history begins."""


async def seed_households(request: Request, report: Report) -> None:
    """Stores what is missing of the households; a subgraph's part of them in one transaction each."""
    database = request.resources.database
    last = family(SEED, COUNT)
    report(LABEL, 0, 4)
    if not await exists(database, "viewing", col(ProfileState.profile_id), last.members[-1].id):
        films = await repertoire(database, request.now)
        report(LABEL, 1, 4)
        await store_viewing(database, simulate(films.titles, request.now, SEED, COUNT), films)
    report(LABEL, 2, 4)
    if not await exists(database, "billing", col(Entitlement.account_id), last.id):
        await store_billing(database, list(families(SEED, COUNT)), request.now)
    report(LABEL, 3, 4)
    if not await exists(database, "identity", col(Account.id), last.id):
        await store_identity(request, list(families(SEED, COUNT)))
    report(LABEL, 4, 4, f"{COUNT} households")


async def exists(database: Database, subgraph: str, column: Any, value: UUID) -> bool:
    """Whether a row has this value."""
    async with database.read(subgraph) as db:
        return (await db.execute(select(column).where(column == value).limit(1))).first() is not None


async def store_viewing(database: Database, households: Sequence[Household], films: Repertoire) -> None:
    """The histories, and how popular they make each title."""
    watched = [(h, m, watching.diary_of(m, films.playables)) for h in households for m in h.members]
    played = films.playables
    async with database.write("viewing") as db:
        for model, rows in (
            (ProfileState, ({"profile_id": m.id, "revision": diary.revision} for _, m, diary in watched)),
            (
                PlaybackSession,
                (row for h, m, _ in watched for row in watching.session_rows(h.id, h.country, m, played)),
            ),
            (ProgressTable, (row for _, m, diary in watched for row in watching.progress_rows(m, diary, played))),
            (ContinueWatching, (row for _, m, diary in watched for row in watching.entry_rows(m, diary))),
            (ListItem, (row for _, m, _ in watched for row in watching.list_rows(m))),
            (TitleThumb, (row for _, m, _ in watched for row in watching.thumb_rows(m))),
        ):
            await add_rows(db, model, list(rows))
        await refresh_popularity(db)
        await enqueue(db, "train", b"{}", once="train")  # so that home has suggestions from the first minute on


async def store_billing(database: Database, households: Sequence[Household], now: datetime) -> None:
    """Each household may do as much as its number of profiles needs, for good."""
    pairs = [(entitlement_of(household, plan, now), plan) for household in households for plan in [plan_of(household)]]
    async with database.write("billing") as db:
        await add_models(db, [entitlement for entitlement, _ in pairs])
        await add_models(db, [published_entitlement(*pair) for pair in pairs])


def plan_of(household: Household) -> Plan:
    """One of the plans that have room for the household's profiles."""
    fitting = [plan for plan in plans() if plan.max_profiles >= len(household.members)]
    return fitting[household.number % len(fitting)]


def entitlement_of(household: Household, plan: Plan, now: datetime) -> Entitlement:
    return Entitlement(
        id=uuid5(household.id, "entitlement"),
        account_id=household.id,
        plan_id=plan.id,
        source=EntitlementSource.GRANT,
        reason="A simulated household.",
        idempotency_key=f"seed:household-{household.number}",
        created_at=now,
    )


async def store_identity(request: Request, households: Sequence[Household]) -> None:
    password_hash = await hash_password(PASSWORD)
    encryption = request.resources.encryption
    opened = [account_of(encryption, household, password_hash, request.now) for household in households]
    accounts = [account for _, account in opened]
    joined = {account.id: account.created_at for account in accounts}
    profiles = [profile_of(h, member, joined[h.id]) for h in households for member in h.members]
    async with request.write("identity") as db:
        await add_models(db, [key for key, _ in opened])
        await add_models(db, accounts)
        await add_models(db, [published_account(account) for account in accounts])
        await add_models(db, profiles)
        await add_models(db, [published_profile(profile) for profile in profiles])


def account_of(
    encryption: Encryption, household: Household, password_hash: str, now: datetime
) -> tuple[AccountKey, Account]:
    email = f"household-{household.number:03}@marquee.example"
    joined = now - JOINED_BEFORE - timedelta(days=household.number)
    key, account = new_account(encryption, household.id, email, password_hash, household.country, joined)
    account.email_verified = True
    return key, account


def profile_of(household: Household, member: Member, joined: datetime) -> Profile:
    position = household.members.index(member)
    # profiles are listed oldest first, and adults come first
    created_at = joined + timedelta(minutes=position)
    avatar = avatar_id(household.number + position)
    profile = new_profile(household.id, member.name, household.language, avatar, created_at)
    profile.id, profile.kind, profile.maximum_age = member.id, member.kind, member.maximum_age
    return profile
