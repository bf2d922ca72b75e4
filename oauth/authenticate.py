"""From the Authorization header to the viewer: the token's claims, and whether its account still stands as it did."""

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.identity import AccountStatus
from models.published import PublishedAccount
from runtime.errors import Unauthenticated
from runtime.request import UNRESTRICTED_AGE, Viewer
from runtime.resources import Resources

STANDING_SECONDS = 1.0
KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Standing:
    """An account's epoch and status as they were at `read_at` (monotonic seconds)."""

    epoch: int
    active: bool
    country: str
    read_at: float


@dataclass(frozen=True, slots=True)
class Bearer:
    """The viewer, with what the account says of country and language."""

    viewer: Viewer
    country: str | None
    language: str | None


class Authenticator:
    """Verifies bearers for one process; an account's standing is read at most once a second."""

    def __init__(self, resources: Resources, subgraph: str) -> None:
        self.resources = resources
        self.subgraph = subgraph
        self.standings: OrderedDict[UUID, Standing] = OrderedDict()

    async def bearer(self, authorization: str | None) -> Bearer | None:
        """Who bears the token; None without one. Unauthenticated where it is forged, expired, or was signed out."""
        if not authorization:
            return None
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated("The Authorization header is not of the form `Bearer TOKEN`.")
        claims = self.resources.tokens.verify(token)
        standing = await self.standing(UUID(claims["sub"]))
        if standing is None or claims["epoch"] != standing.epoch or not standing.active:
            raise Unauthenticated("The account was signed out, suspended or closed.")
        return Bearer(viewer_of(claims), standing.country, claims.get("locale"))

    async def standing(self, account_id: UUID) -> Standing | None:
        known = self.standings.get(account_id)
        if known is not None and time.monotonic() - known.read_at < STANDING_SECONDS:
            return known
        query = select(col(PublishedAccount.epoch), col(PublishedAccount.status), col(PublishedAccount.country))
        async with self.resources.database.read(self.subgraph) as db:
            row = (await db.execute(query.where(col(PublishedAccount.account_id) == account_id))).one_or_none()
        if row is None:
            return None
        fresh = Standing(row.epoch, row.status is not AccountStatus.SUSPENDED, row.country, time.monotonic())
        self.standings[account_id] = fresh
        if len(self.standings) > KEPT:
            self.standings.popitem(last=False)
        return fresh


def viewer_of(claims: dict[str, Any]) -> Viewer:
    profile = claims.get("profile")
    return Viewer(
        account_id=UUID(claims["sub"]),
        session_id=UUID(claims["sid"]),
        profile_id=UUID(profile) if profile else None,
        profile_kind=claims.get("profile_kind"),
        maximum_age=claims.get("maximum_age", UNRESTRICTED_AGE),
        scopes=frozenset(claims["scope"].split()),
        expires_at=datetime.fromtimestamp(claims["exp"], UTC),
    )
