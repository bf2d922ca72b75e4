"""Plans and their prices."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from babel.numbers import format_currency, get_currency_precision
from sqlalchemy import exists, select
from sqlmodel import col

from models.billing import BillingInterval, Plan, Price
from resolvers.texts import best
from runtime.database import among
from runtime.request import Request
from runtime.scalars import CountryCode


@dataclass(slots=True)
class PlanFeaturesRow:
    max_streams: int
    max_profiles: int
    max_devices: int
    max_height: int
    ads: bool


@dataclass(slots=True)
class PlanRow:
    id: UUID
    code: str
    name: str
    features: PlanFeaturesRow
    trial_days: int


@dataclass(slots=True)
class MoneyRow:
    """`amount_minor` is in the currency's smallest unit."""

    amount_minor: int
    currency: str
    formatted: str


@dataclass(slots=True)
class PriceRow:
    id: UUID
    amount: MoneyRow
    interval: BillingInterval
    tax_inclusive: bool


async def plans(request: Request, *, country: CountryCode | None = None) -> list[PlanRow]:
    """What is on sale in a country, from the least plan to the best."""
    sold = exists().where(col(Price.plan_id) == col(Plan.id), col(Price.country) == (country or request.country))
    async with request.read("billing") as db:
        rows = await db.execute(select(Plan).where(sold).order_by(col(Plan.rank)))
    return [plan_row(request, row) for row in rows]


async def prices_of(
    request: Request, plan_ids: Sequence[UUID], *, country: CountryCode | None = None
) -> list[list[PriceRow]]:
    """Each plan's prices in a country; the viewer's own where none is named."""
    here = col(Price.country) == (country or request.country)
    query = select(Price).where(among(col(Price.plan_id), plan_ids), here).order_by(col(Price.amount_minor))
    found: defaultdict[UUID, list[PriceRow]] = defaultdict(list)
    async with request.read("billing") as db:
        for row in await db.execute(query):
            amount = money(request, row.amount_minor, row.currency)
            found[row.plan_id].append(PriceRow(row.id, amount, row.interval, row.tax_inclusive))
    return [found[id_] for id_ in plan_ids]


def money(request: Request, amount_minor: int, currency: str) -> MoneyRow:
    """The amount, and how it is written in the language of the request."""
    locale = request.languages[0].replace("-", "_")
    formatted = format_currency(amount_minor / 10 ** get_currency_precision(currency), currency, locale=locale)
    return MoneyRow(amount_minor, currency, formatted)


def plan_row(request: Request, row: Any) -> PlanRow:
    name = best(row.names, request.languages) or row.code
    features = PlanFeaturesRow(row.max_streams, row.max_profiles, row.max_devices, row.max_height, row.ads)
    return PlanRow(row.id, row.code, name, features, row.trial_days)
