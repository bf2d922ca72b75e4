"""The members of the simulated households, who ask through the front door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from models.identity import ProfileKind
from runtime.request import Request
from runtime.resources import Resources
from sandbox.households import Household, Member, families
from schema.viewing import schema
from server.seed.households import COUNT, SEED
from tests.queries import ask
from tests.requests import make_request, make_viewer

NOON = (datetime.now(UTC) + timedelta(days=1)).replace(hour=12, minute=0, second=0, microsecond=0)
"""After all that the households did, and far from midnight, where a day's ranking ends."""
PROFILES = "query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { id %s } } }"


@dataclass(frozen=True)
class Viewing:
    """A member who asks, in a language and at a moment."""

    resources: Resources
    household: Household
    member: Member
    languages: tuple[str, ...] = ("en",)
    now: datetime = NOON

    @property
    def id(self) -> UUID:
        return self.member.id

    def request(self) -> Request:
        household, member = self.household, self.member
        viewer = make_viewer(member.maximum_age, household.id, member.id, member.kind.name, now=self.now)
        return make_request(self.resources, viewer, household.country, self.languages, self.now)

    async def of_profile(self, fields: str, **variables: Any) -> Any:
        """The fields of the member's own profile."""
        of = [{"__typename": "Profile", "id": str(self.id)}]
        [found] = (await ask(schema, self.request(), PROFILES % fields, of=of, **variables))["_entities"]
        return found

    async def ask(self, query: str, **variables: Any) -> Any:
        return await ask(schema, self.request(), query, **variables)

    async def rows(self, titles: int = 20, rows: int = 40) -> list[dict[str, Any]]:
        """The rows of home, with so many titles each."""
        fields = f"home(first: {rows}) {{ edges {{ node {{ {ROW % titles} }} }} }}"
        return [edge["node"] for edge in (await self.of_profile(fields))["home"]["edges"]]

    async def suggested(self, first: int = 20) -> list[UUID]:
        """The titles of Profile.recommendations."""
        found = await self.of_profile(f"recommendations(first: {first}) {{ edges {{ node {{ id }} }} }}")
        return [UUID(edge["node"]["id"]) for edge in found["recommendations"]["edges"]]


ROW = "id kind heading seed { id } titles(first: %d) { edges { node { id } } }"


def ids_in(row: dict[str, Any]) -> list[UUID]:
    return [UUID(edge["node"]["id"]) for edge in row["titles"]["edges"]]


def of_kind(rows: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [row for row in rows if row["kind"] == kind]


def everybody(count: int, kind: ProfileKind | None = None) -> list[tuple[Household, Member]]:
    """The first so many members of the households, of a kind if one is named."""
    pairs = ((household, member) for household in families(SEED, COUNT) for member in household.members)
    return list(islice((pair for pair in pairs if kind in (None, pair[1].kind)), count))
