"""From the Authorization header to the viewer: the token's claims, and whether what it was issued for still stands."""

import time
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import text

from models.identity import AccountStatus, ProfileKind
from runtime.errors import Unauthenticated
from runtime.events import Event, Hub, Missed
from runtime.group_commit import GroupCommit
from runtime.request import UNRESTRICTED_AGE, Viewer
from runtime.resources import Resources
from runtime.tasks import background

STANDING_SECONDS = 1.0
KEPT = 10_000
TOPIC = "identity:standing"
log = structlog.get_logger()

STANDINGS = text(
    """
    select account.epoch, account.status, account.country, session.session_id,
        profile.kind, profile.maximum_age, profile.language
    from unnest(cast(:accounts as uuid[]), cast(:sessions as uuid[]), cast(:profiles as uuid[]))
        with ordinality as asked(account_id, session_id, profile_id, place)
    left join identity.published_account account using (account_id)
    left join identity.published_session session on session.session_id = asked.session_id
    left join identity.published_profile profile
        on profile.profile_id = asked.profile_id and profile.account_id = asked.account_id
    order by place
    """
)

Key = tuple[UUID | None, UUID | None, UUID | None]
"""A token's account, session and profile."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the database said of a token's account, session and profile at `read_at` (monotonic seconds)."""

    epoch: int | None
    status: AccountStatus | None
    session: bool
    country: str | None
    profile_kind: ProfileKind | None
    maximum_age: int | None
    language: str | None
    read_at: float


def standing_of(key: Key, row: Any) -> Standing:
    epoch, status, country, session_id, kind, maximum_age, language = row
    session_stands = key[1] is None or session_id is not None
    known_status, known_kind = status and AccountStatus[status], kind and ProfileKind[kind]
    known = (epoch, known_status, session_stands, country, known_kind, maximum_age, language)
    return Standing(*known, time.monotonic())


@dataclass(frozen=True, slots=True)
class Bearer:
    """The viewer, with what the account says of country and language."""

    viewer: Viewer
    country: str | None
    language: str | None


class Authenticator:
    """Verifies bearers for one process. What is known of an account is a second old at the most; while `following`,
    a change drops it at once and is told to `on_change` (None: any account's)."""

    def __init__(self, resources: Resources, subgraph: str) -> None:
        self.resources = resources
        self.subgraph = subgraph
        self.standings: OrderedDict[Key, Standing] = OrderedDict()
        self.shared = GroupCommit[Key, Standing](self.read)  # whoever asks at the same time shares a statement
        self.on_change: Callable[[UUID | None], Awaitable[None]] | None = None

    async def bearer(self, authorization: str | None) -> Bearer | None:
        """Who bears the token; None without one. Unauthenticated where it is forged or expired, is not for the graph,
        or what it was issued for is gone: the session, the profile, or the account's good standing."""
        if not authorization:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("The Authorization header is not of the form `Bearer TOKEN`.")
        claims = self.resources.tokens.verify(token)
        if claims.get("aud") != self.resources.tokens.audience:
            raise Unauthenticated("The access token is not for this graph: ask for the scope `household`.")
        key = key_of(claims)
        standing = await self.standing(key)
        check(claims, key, standing)
        return Bearer(viewer_of(claims, standing), standing.country or claims.get("country"), standing.language)

    async def standing(self, key: Key) -> Standing:
        known = self.standings.get(key)
        if known is not None and time.monotonic() - known.read_at < STANDING_SECONDS:
            return known
        fresh = self.standings[key] = await self.shared(key)
        if len(self.standings) > KEPT:
            self.standings.popitem(last=False)
        return fresh

    async def read(self, keys: Sequence[Key]) -> Sequence[Standing]:
        accounts, sessions, profiles = zip(*keys, strict=True)
        given = {"accounts": list(accounts), "sessions": list(sessions), "profiles": list(profiles)}
        async with self.resources.database.read(self.subgraph) as db:
            rows = (await db.execute(STANDINGS, given)).all()
        return [standing_of(key, row) for key, row in zip(keys, rows, strict=True)]

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Hears of changes until the end of the block."""
        async with background(self.follow()):
            yield

    async def follow(self) -> None:
        async with aclosing(self.resources.hub.hear(TOPIC)) as changes:
            async for change in changes:
                account_id = None if isinstance(change, Missed) else UUID(change.payload.decode())
                self.forget(account_id)
                if self.on_change is not None:
                    await self.on_change(account_id)

    def forget(self, account_id: UUID | None) -> None:
        """Drops what is known of the account; of all accounts without one."""
        for key in [key for key in self.standings if account_id in (None, key[0])]:
            del self.standings[key]


def changed(hub: Hub, account_id: UUID) -> None:
    """Tells every process that the account's standing, sessions or profiles changed. Call after the commit."""
    hub.post(TOPIC, Event(0, str(account_id).encode()))


def key_of(claims: dict[str, Any]) -> Key:
    """A client's own token has no account: its `sub` is the client."""
    account = claims["sub"] if claims["sub"] != claims.get("client_id") else None
    with suppress(ValueError):
        return uuid_or_none(account), uuid_or_none(claims.get("sid")), uuid_or_none(claims.get("profile"))
    raise Unauthenticated("The access token is not one of ours.")


def uuid_or_none(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def check(claims: dict[str, Any], key: Key, standing: Standing) -> None:
    account_id, _, profile_id = key
    if not standing.session:
        raise Unauthenticated("The session has ended: sign in again.")
    if account_id is not None:
        signed_out = claims["epoch"] != standing.epoch or standing.status in (None, AccountStatus.SUSPENDED)
        if signed_out:
            raise Unauthenticated("The account was signed out, suspended or closed.")
        if profile_id is not None and standing.profile_kind is None:
            raise Unauthenticated("The profile is gone: select another.")


def viewer_of(claims: dict[str, Any], standing: Standing) -> Viewer:
    """The profile's limits are those that it has now, not those of when the token was issued."""
    account_id, session_id, profile_id = key_of(claims)
    kids = standing.profile_kind is ProfileKind.KIDS  # whatever it was when the token was issued
    return Viewer(
        account_id=account_id,
        session_id=session_id,
        profile_id=profile_id,
        profile_kind=standing.profile_kind.name if standing.profile_kind else None,
        maximum_age=UNRESTRICTED_AGE if standing.maximum_age is None else standing.maximum_age,
        scopes=frozenset() if kids else frozenset(claims["scope"].split()),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
        client_id=claims.get("client_id"),
    )
