"""Households with something in every field, made in a few milliseconds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from models.billing import Entitlement, EntitlementSource, Plan
from models.columns import new_id
from models.identity import (
    Account,
    AuditEntry,
    Consent,
    ConsentPurpose,
    DataRequest,
    DataRequestKind,
    Device,
    DeviceKind,
    JobStatus,
    Passkey,
    Profile,
    ProfileKind,
    Session,
)
from models.viewing import (
    ContinueReason,
    ContinueWatching,
    ListItem,
    PlaybackCommandReason,
    PlaybackSession,
    ProfileState,
    Progress,
    TasteSeed,
    Thumb,
    TitleThumb,
)
from oauth import passwords
from oauth.households import add_account, add_profile
from oauth.sessions import start_session
from resolvers.billing.entitlements import entitle
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.resources import Resources
from server.seed.ids import seed_id
from tests.authorisation.rules import Household
from tests.authorisation.stock import Stock

PASSWORD = "a long enough passphrase"
AGES = {ProfileKind.ADULT: 18, ProfileKind.TEEN: 12, ProfileKind.KIDS: 6}


@cache
def password_hash() -> str:
    """A hash that costs next to nothing to make and to check: its parameters stand in it."""
    return passwords.HASHER.hash(PASSWORD)


async def make_household(resources: Resources, stock: Stock, roles: Sequence[str] = ("viewer",)) -> Household:
    """A household with three profiles on the best plan, signed in on two devices, that has watched the stock."""
    now = datetime.now(UTC)
    email = f"{new_id()}@example.org"
    async with resources.database.write("identity") as db:
        account = await add_account(db, resources.encryption, email, password_hash(), "US", "en", now)
        account.roles = list(roles)
        profiles = [
            await add_profile(db, account, kind.name.title(), "en", now, kind=kind, maximum_age=age)
            for kind, age in AGES.items()
        ]
        session = await signed_in_on(db, account, "A television", now)
        passkey, export, erasure = personal(account.id, now)
        db.add_all([passkey, export, erasure, *records(account.id, now)])
        await db.flush()
    ids = {profile.kind.name: profile.id for profile in profiles} | {"profile": profiles[0].id}
    ids |= {"account": account.id, "session": session.id, "passkey": passkey.id, "request": erasure.id}
    ids["device"] = session.device_id or session.id
    async with resources.database.write("viewing") as db:
        for profile in profiles:
            played = list(plays(account.id, profile.id, stock, now))
            db.add_all([*played, *watched(profile.id, stock, now)])
            ids |= {f"{profile.kind.name} playback": played[0].id, f"{profile.kind.name} ended": played[1].id}
    ids["playback"] = ids["ADULT playback"]
    ids["row"] = row_id(profiles[0].id, HomeRowKind.TOP_PICKS)
    await give_plan(resources, account.id, now)
    return Household(account.id, email, tuple(roles), ids)


async def signed_in_on(db: Any, account: Account, name: str, now: datetime) -> Session:
    device = Device(account_id=account.id, name=name, kind=DeviceKind.TV, last_seen_at=now)
    db.add(device)
    await db.flush()
    return await start_session(db, account, now, device=device)


def personal(account_id: UUID, now: datetime) -> tuple[Passkey, DataRequest, DataRequest]:
    passkey = Passkey(
        account_id=account_id, credential_id=new_id().bytes, public_key=b"a key", sign_count=0, name="Key"
    )
    passkey.created_at = passkey.last_used_at = now
    export, erasure = (
        DataRequest(account_id=account_id, kind=kind, status=status, created_at=now, due_at=now + timedelta(days=30))
        for kind, status in (
            (DataRequestKind.EXPORT, JobStatus.SUCCEEDED),
            (DataRequestKind.ERASURE, JobStatus.QUEUED),
        )
    )
    export.completed_at, export.object_key = now, f"exports/{export.id}.zip.sealed"
    return passkey, export, erasure


def records(account_id: UUID, now: datetime) -> Iterator[Any]:
    yield Consent(account_id=account_id, purpose=ConsentPurpose.ANALYTICS, granted=True, at=now)
    yield AuditEntry(at=now, actor_id=account_id, actor="", action="TRIED", target=account_id, reason="To see.")


def plays(account_id: UUID, profile_id: UUID, stock: Stock, now: datetime) -> Iterator[PlaybackSession]:
    """One that goes on, and one that another took over."""
    for number, ended in enumerate((None, now)):
        play = PlaybackSession(
            account_id=account_id,
            profile_id=profile_id,
            playable_id=stock.ids["movie"],
            title_id=stock.ids["movie"],
            device_name="A television",
            idempotency_key=f"play {number}",
            request_hash=b"",
            position_ms=100_000,
            watched_ms=100_000,
            max_height=1080,
            started_at=now,
            beat_at=now,
            lease_until=now + timedelta(hours=1),
            ended_at=ended,
        )
        if ended:
            play.end_reason, play.ended_by = PlaybackCommandReason.TAKEN_OVER, "Kim"
        yield play


def watched(profile_id: UUID, stock: Stock, now: datetime) -> Iterator[Any]:
    movie, series = stock.ids["movie"], stock.ids["series"]
    yield ProfileState(profile_id=profile_id, revision=1)
    yield ContinueWatching(
        profile_id=profile_id, title_id=movie, playable_id=movie, reason=ContinueReason.IN_PROGRESS, updated_at=now
    )
    yield TasteSeed(profile_id=profile_id, title_id=stock.ids["another"], chosen_at=now)
    for title_id, playable_id in ((movie, movie), (series, stock.ids["episode"]), (movie, stock.ids["trailer"])):
        values = {"position_ms": 100_000, "duration_ms": 600_000, "watched": False, "play_count": 0, "updated_at": now}
        yield Progress(profile_id=profile_id, playable_id=playable_id, title_id=title_id, **values)
    for title_id in (movie, series):
        yield ListItem(profile_id=profile_id, title_id=title_id, added_at=now)
        yield TitleThumb(profile_id=profile_id, title_id=title_id, thumb=Thumb.UP, rated_at=now)


async def give_plan(resources: Resources, account_id: UUID, now: datetime) -> None:
    async with resources.database.write("billing") as db:
        plan = await db.get_one(Plan, seed_id("plan", "premium"))
        entitlement = Entitlement(
            account_id=account_id, plan_id=plan.id, source=EntitlementSource.GRANT, reason="Tests"
        )
        entitlement.created_at, entitlement.valid_until = now, now + timedelta(days=30)
        await entitle(db, entitlement, plan)


def profile_of(household: Household, kind: str, account: Account) -> Profile:
    """As much of a stored profile as a token says of it."""
    profile_kind = ProfileKind[kind]
    return Profile(
        id=household.ids[kind],
        account_id=account.id,
        name=kind.title(),
        avatar_id=account.id,
        kind=profile_kind,
        maximum_age=AGES[profile_kind],
        language="en",
        created_at=account.created_at,
    )
