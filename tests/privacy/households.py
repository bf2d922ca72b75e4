"""Households with rows in every table that can hold any of a household."""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.billing import Entitlement, EntitlementSource, Plan
from models.catalog import PublicationState, Title, TitleKind, TitleText
from models.columns import new_id
from models.identity import (
    AuditEntry,
    AuthorizationCode,
    Client,
    Device,
    DeviceGrant,
    KnownAddress,
    MailToken,
    MailTokenPurpose,
    OutsideIdentity,
    Passkey,
    Session,
)
from models.published import PublishedEntitlement
from models.viewing import (
    AccountLock,
    ContinueReason,
    ContinueWatching,
    Impression,
    ListItem,
    NotInterested,
    PlaybackSession,
    ProfileState,
    Progress,
    Removal,
    TasteSeed,
    Thumb,
    TitleThumb,
)
from oauth.addresses import key_of
from oauth.mail_tokens import email_cell
from resolvers.viewing import changes, commands
from resolvers.viewing.recommending.cache import forget_rankings, keys_of
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import HomeRowKind
from tests.identity.operations import sign_up
from tests.served import Front

CONSENT = """mutation ($purpose: ConsentPurpose!, $granted: Boolean!) {
answer: setConsent(purpose: $purpose, granted: $granted) {
    account { id consents { purpose granted at } } userErrors { code path } } }"""
REQUEST = "dataRequest { id kind status createdAt dueAt downloadUrl } userErrors { code path }"
EXPORT = f"mutation {{ answer: requestDataExport {{ {REQUEST} }} }}"
ERASE = f"mutation ($password: String!) {{ answer: requestErasure(password: $password) {{ {REQUEST} }} }}"
CANCEL = f"mutation ($id: ID!) {{ answer: cancelErasure(id: $id) {{ {REQUEST} }} }}"
HOME = "{ viewer { account { profiles { home { edges { cursor } } } } } }"
REQUESTS = "{ viewer { account { status dataRequests { id kind status dueAt downloadUrl } } } }"


@dataclass
class Home:
    """A household: its tokens, its ids, by which it could be known, and what nobody else may read."""

    email: str
    token: str
    refresh_token: str
    account_id: UUID
    profile_id: UUID
    title_id: UUID
    plan_id: UUID
    session_ids: list[UUID] = field(default_factory=list)
    device_ids: list[UUID] = field(default_factory=list)
    play_id: UUID = field(default_factory=new_id)
    new_email: str = ""
    topics: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[UUID]:
        return [self.account_id, self.profile_id, self.play_id, *self.session_ids, *self.device_ids]


async def move_in(front: Front, email: str, name: str) -> Home:
    """A household that signed up through the front door, and then has rows of every kind."""
    payload = await sign_up(front, email=email, profileName=name)
    account = payload["viewer"]["account"]
    ids = UUID(account["id"]), UUID(account["profiles"][0]["id"]), new_id(), new_id()
    home = Home(email, payload["accessToken"], payload["refreshToken"], *ids, new_email=f"new-{email}")
    for granted in (True, False):
        await front.data(CONSENT, home.token, purpose="ANALYTICS", granted=granted)
    await add_identity(front, home)
    await add_catalog(front, home, f"A film that {name} saw")
    await add_viewing(front, home)
    await add_billing(front, home)
    return home


async def add_identity(front: Front, home: Home) -> None:
    now, encryption = datetime.now(UTC), front.resources.encryption
    later = now + timedelta(days=1)
    client = Client(id=f"app-{home.plan_id}", name="An app", created_at=now)
    async with front.database.write("identity") as db:
        key = await key_of(db, encryption, home.account_id)
        token = MailToken(account_id=home.account_id, purpose=MailTokenPurpose.VERIFY_EMAIL, expires_at=later)
        token.email = encryption.seal(key, email_cell(token.id), home.new_email)
        token.email_index = encryption.blind_index(home.new_email)
        sessions = (await db.scalars(select(Session).where(col(Session.account_id) == home.account_id))).all()
        devices = await db.scalars(select(col(Device.id)).where(col(Device.account_id) == home.account_id))
        home.session_ids, home.device_ids = [session.id for session in sessions], list(devices.all())
        of_device = sessions[0].device_id
        db.add_all([client, token])
        await db.flush()
        code = {"code_hash": secrets.token_bytes(32), "client_id": client.id, "account_id": home.account_id}
        about = {"actor": "", "at": now, "action": "LOOKED_UP"}
        db.add_all(
            [
                AuthorizationCode(
                    **code, redirect_uri="https://app", scope="", challenge="", auth_time=now, expires_at=later
                ),
                DeviceGrant(
                    device_code_hash=secrets.token_bytes(32),
                    user_code_index=secrets.token_bytes(32),
                    client_id=client.id,
                    device_name="TV",
                    scope="",
                    expires_at=later,
                    device_id=of_device,
                ),
                KnownAddress(account_id=home.account_id, address_index=secrets.token_bytes(32), seen_at=now),
                OutsideIdentity(
                    subject_index=secrets.token_bytes(32), account_id=home.account_id, provider="corp", created_at=now
                ),
                Passkey(
                    account_id=home.account_id,
                    credential_id=secrets.token_bytes(16),
                    public_key=secrets.token_bytes(64),
                    sign_count=0,
                    name="A phone",
                    created_at=now,
                ),
                AuditEntry(**about, target=home.account_id, reason=f"{home.email} rang us"),
                AuditEntry(**about, actor_id=home.account_id, target=new_id(), reason="a bill"),
            ]
        )


async def add_catalog(front: Front, home: Home, name: str) -> None:
    async with front.database.write("catalog") as db:
        title = Title(
            id=home.title_id,
            kind=TitleKind.MOVIE,
            slug=str(home.title_id),
            release_year=1927,
            original_language="de",
            state=PublicationState.PUBLISHED,
            added_at=datetime.now(UTC),
        )
        db.add(title)
        await db.flush()
        db.add(TitleText(title_id=home.title_id, language="de", name=name))


async def add_viewing(front: Front, home: Home) -> None:
    now = datetime.now(UTC)
    of = {"profile_id": home.profile_id, "title_id": home.title_id}
    playable = new_id()
    play: dict[str, Any] = {"device_name": "A browser", "idempotency_key": "x", "request_hash": b"", "max_height": 720}
    play |= {"started_at": now, "beat_at": now, "lease_until": now, "sign_in_id": home.session_ids[0]}
    rows = [
        AccountLock(account_id=home.account_id),
        ProfileState(profile_id=home.profile_id, revision=1),
        ListItem(**of, added_at=now),
        TitleThumb(**of, thumb=Thumb.UP, rated_at=now),
        NotInterested(**of, said_at=now),
        Removal(**of, removed_at=now),
        ContinueWatching(**of, playable_id=playable, reason=ContinueReason.IN_PROGRESS, updated_at=now),
        PlaybackSession(**of, **play, id=home.play_id, account_id=home.account_id, playable_id=playable),
        Progress(
            **of,
            playable_id=playable,
            position_ms=60_000,
            duration_ms=6_000_000,
            watched=False,
            play_count=1,
            updated_at=now,
        ),
    ]
    async with front.database.write("viewing") as db:
        db.add_all(rows)
    streams = [changes.topic_of(home.profile_id), commands.topic_of(home.play_id)]
    for topic in streams:
        await front.resources.valkey.xadd(topic, {"p": b"{}"}, id="1-0")
    await forget_rankings(front.resources, [home.profile_id])
    await front.data(HOME, home.token)
    home.topics = [*streams, *keys_of(home.profile_id)]
    assert await front.resources.valkey.exists(*home.topics) == len(home.topics)
    await add_taste(front, home)


async def add_taste(front: Front, home: Home) -> None:
    now, of = datetime.now(UTC), {"profile_id": home.profile_id, "title_id": home.title_id}
    shown = row_id(home.profile_id, HomeRowKind.TRENDING)
    async with front.database.write("viewing") as db:
        db.add_all(
            [TasteSeed(**of, chosen_at=now), Impression(**of, row_id=shown, day=now.date(), count=1, buckets="")]
        )


async def add_billing(front: Front, home: Home) -> None:
    limits = {"rank": 1, "max_streams": 2, "max_profiles": 5, "max_devices": 9, "max_height": 1080, "ads": False}
    async with front.database.write("billing") as db:
        db.add(Plan(id=home.plan_id, code=f"plan-{home.plan_id}", names={"en": "Standard"}, trial_days=0, **limits))
        await db.flush()
        grant = Entitlement(
            account_id=home.account_id,
            plan_id=home.plan_id,
            source=EntitlementSource.GRANT,
            reason="a prize",
            created_at=datetime.now(UTC),
        )
        published = PublishedEntitlement(
            entitlement_id=grant.id, account_id=home.account_id, plan_id=home.plan_id, **limits
        )
        db.add_all([grant, published])
