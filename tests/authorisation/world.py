"""One installation with another household in it, and whoever asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from joserfc.jwk import ECKey, KeySet

from models.columns import new_id
from models.identity import Account, Client, Profile, Session
from oauth.roles import HOUSEHOLD, ROLES
from oauth.sessions import access_token, granted, issue_refresh_token, start_session
from runtime.tokens import TokenKeys
from tests.authorisation.homes import make_household
from tests.authorisation.rules import Actor, Household
from tests.authorisation.stock import Stock
from tests.served import Front

APP, PARTNER = "an-app", "a-partner"
STAFF = tuple(role for role in ROLES if role != "viewer")
HOME = ("viewer", "teen", "kids", "unselected", "app")
TURNED_AWAY = ("without-household", "expired", "forged", "signed-out")
ACTORS = ("nobody", *HOME, *STAFF, "administrators-child", "partner", *TURNED_AWAY)
"""Whose cells the matrix has; each asks for the same other household.

Those of a household are scoped to a grown-up's profile unless they say otherwise: `unselected` to none, `app` is a
third party's client of OAuth with the scope `household`, `partner` a client's own token.
"""
PROFILES = {"kids": "KIDS", "teen": "TEEN", "administrators-child": "KIDS", "unselected": None}
TABLES = """
select format('%I.%I', table_schema, table_name) from information_schema.tables
where table_type = 'BASE TABLE' and table_schema in ('identity', 'catalog', 'viewing', 'billing', 'jobs')
and format('%I.%I', table_schema, table_name) <> 'identity.throttle' order by 1
"""
FINGERPRINT = "select '{0}', count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {0} t"


@dataclass
class World:
    """`fronts` are the served applications by way; `theirs` is the other household, `subject` one that
    staff acts on. `stock` is what there is to watch,
    `wire` a connection of its own to the database, with the names of its `tables`."""

    fronts: Mapping[str, Front]
    stock: Mapping[str, Stock]
    theirs: Household
    subject: Household
    wire: asyncpg.Connection
    tables: Sequence[str]
    bystanders: dict[str, Actor] = field(default_factory=dict)

    @property
    def front(self) -> Front:
        return self.fronts["graph"]

    async def bystander(self, name: str) -> Actor:
        """Somebody of that kind who changes nothing, so that all tests may share them."""
        if name not in self.bystanders:
            self.bystanders[name] = await self.actor(name)
        return self.bystanders[name]

    async def actor(self, name: str) -> Actor:
        """Somebody new of that kind: a household of their own that nobody else has touched."""
        role = "administrator" if name == "administrators-child" else name
        roles = sorted({"viewer", role}) if role in ROLES else ["viewer"]
        household = await make_household(self.front.resources, self.stock["open"], roles)
        return await self.bearer(name, household)

    async def bearer(self, name: str, household: Household) -> Actor:
        """Somebody of the household, or who names its ids, with a session of their own, which nothing else needs."""
        kind, away = PROFILES.get(name, "ADULT"), name in TURNED_AWAY
        async with self.front.database.write("identity") as db:
            account = await db.get_one(Account, household.account_id)
            profile = await db.get(Profile, household.ids[kind]) if kind else None
            session = await self.session(db, name, account, profile)
            refresh_token = await issue_refresh_token(db, session, datetime.now(UTC))
            scopes = frozenset(granted(account, profile, session.scope))
            token = self.token(name, account, session, profile)
            if name == "signed-out":
                await db.delete(session)
        if name in ("nobody", "partner"):
            token = await self.partners_token() if name == "partner" else None
            return Actor(name, token, refresh_token=refresh_token, named=household)
        return Actor(name, token, None if away else household, kind, scopes, away, refresh_token, household)

    async def again(self, actor: Actor) -> Actor:
        """The same one, with a new session."""
        assert actor.named is not None
        return await self.bearer(actor.name, actor.named)

    async def session(self, db: Any, name: str, account: Account, profile: Profile | None) -> Session:
        client = APP if name in ("app", "without-household") else None
        scope = {"app": HOUSEHOLD, "without-household": "openid"}.get(name)
        now = datetime.now(UTC)
        return await start_session(db, account, now, profile=profile, client_id=client, scope=scope)

    def token(self, name: str, account: Account, session: Session, profile: Profile | None) -> str:
        keys = self.front.resources.tokens
        if name == "forged":
            keys = TokenKeys(KeySet([ECKey.generate_key("P-256", {"use": "sig"}, auto_kid=True)]), keys.issuer)
        if name == "expired":
            claims = {"sub": str(account.id), "sid": str(session.id), "epoch": account.epoch, "scope": ""}
            return keys.sign(claims, lifetime=-1)
        return access_token(keys, account, session, profile)

    async def partners_token(self) -> str:
        """What a client of OAuth gets by its own credentials (RFC 6749, section 4.4)."""
        async with self.front.database.write("identity") as db:
            session = await start_session(db, None, datetime.now(UTC), client_id=PARTNER, scope="")
        claims = {"sub": PARTNER, "client_id": PARTNER, "sid": str(session.id), "scope": "", "country": "US"}
        return self.front.resources.tokens.sign(claims)

    def hidden(self, actor: Actor) -> Stock:
        """Titles that do not exist for the actor: for children those for adults."""
        return self.stock["mature" if actor.profile in ("KIDS", "TEEN") else "abroad"]

    async def ask(self, way: str, actor: Actor, document: str, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The response to an operation that the actor sends that way."""
        headers = {"authorization": f"Bearer {actor.token}"} if actor.token else {}
        body = {"query": document, "variables": variables}
        answer = await self.fronts[way].client.post("/graphql", json=body, headers=headers)
        response: dict[str, Any] = answer.json()
        return response

    async def rows(self, of: Household | None = None) -> dict[str, str]:
        """A fingerprint of the rows of each table, or of those that name a household or what it has. The attempts that
        are counted against guessing are left out."""
        query = " union all ".join(FINGERPRINT.format(name) + " where t::text ~ $1" * bool(of) for name in self.tables)
        pattern = ["|".join({str(id_) for id_ in of.ids.values()})] if of else []
        return dict(await self.wire.fetch(query, *pattern))

    async def streams_freed(self, household: Household) -> None:
        """Ends what the household began to play, so that its plan has room again."""
        began = "idempotency_key not like 'play %' and account_id = $1"
        await self.wire.execute(f"delete from viewing.playback_session where {began}", household.account_id)

    async def attempts_forgotten(self) -> None:
        """Empties the buckets against guessing: this is about who may, not about how often."""
        await self.wire.execute("delete from identity.throttle")


async def tables_of(wire: asyncpg.Connection) -> list[str]:
    return [name for (name,) in await wire.fetch(TABLES)]


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The tables whose fingerprints differ."""
    return [name for name in before if before[name] != after[name]]


def clients() -> list[Client]:
    now = datetime.now(UTC)
    return [Client(id=name, name=name, grant_types=[], scopes=[], created_at=now) for name in (APP, PARTNER)]


def unknown() -> UUID:
    """An id that nothing has."""
    return new_id()
