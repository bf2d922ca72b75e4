"""Everything that is held of a household, from all subgraphs."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.catalog import TitleText
from models.identity import Account, Profile
from resolvers.billing import personal as billing
from resolvers.identity import personal as identity
from resolvers.personal import Kinds
from resolvers.texts import best
from resolvers.viewing import personal as viewing
from runtime.database import among
from runtime.resources import Resources

Export: TypeAlias = Callable[[Resources, UUID, Sequence[UUID]], Awaitable[Kinds]]
SUBGRAPHS: tuple[Export, ...] = (identity.export, viewing.export, billing.export)
"""Of whoever holds something of a household; catalog holds nothing of anybody."""


@dataclass(frozen=True, slots=True)
class Household:
    account_id: UUID
    profile_ids: list[UUID]
    language: str


async def household(resources: Resources, account_id: UUID) -> Household | None:
    """The account with its profiles, the eldest first; None where it is gone."""
    profiles = select(col(Profile.id)).where(col(Profile.account_id) == account_id).order_by(col(Profile.id))
    async with resources.database.read("identity") as db:
        language = await db.scalar(select(col(Account.language)).where(col(Account.id) == account_id))
        profile_ids = list((await db.scalars(profiles)).all())
    return None if language is None else Household(account_id, profile_ids, language)


async def gather(resources: Resources, whose: Household) -> Kinds:
    """All rows, by what they are; a title is named where there is its id."""
    kinds: Kinds = {}
    for export in SUBGRAPHS:
        kinds |= await export(resources, whose.account_id, whose.profile_ids)
    await name_titles(resources, kinds, whose.language)
    return kinds


async def name_titles(resources: Resources, kinds: Kinds, language: str) -> None:
    rows = [row for found in kinds.values() for row in found if "title_id" in row]
    columns = (col(TitleText.title_id), col(TitleText.language), col(TitleText.name))
    names: dict[UUID, dict[str, str]] = {}
    async with resources.database.read("catalog") as db:
        query = select(*columns).where(among(col(TitleText.title_id), list({row["title_id"] for row in rows})))
        for text in await db.execute(query):
            names.setdefault(text.title_id, {})[text.language] = text.name
    for row in rows:
        row["title"] = best(names.get(row["title_id"], {}), [language])
