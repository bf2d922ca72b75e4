"""What is sold: three plans, and what each costs a month and a year in eight countries."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert

from models.billing import BillingInterval, Plan, Price
from runtime.database import Database
from server.seed.ids import seed_id

TRIAL_DAYS = 14
MONTHS_A_YEAR_COSTS = 10
"""Who pays for a year gets two months for nothing."""
CURRENCIES = {
    "US": "USD", "GB": "GBP", "DE": "EUR", "AT": "EUR", "ES": "EUR", "FR": "EUR", "MX": "MXN", "CA": "CAD"
}  # fmt: skip
TAX_ON_TOP = {"US", "CA"}


@dataclass(frozen=True)
class Offer:
    """A plan as it is sold; `monthly` is what a month costs, in the smallest unit of each currency."""

    code: str
    names: dict[str, str]
    streams: int
    profiles: int
    devices: int
    height: int
    ads: bool
    monthly: dict[str, int]


OFFERS = (
    Offer(
        "standard-with-ads",
        {
            "en": "Standard with ads",
            "de": "Standard mit Werbung",
            "es": "Estándar con anuncios",
            "fr": "Standard avec publicité",
        },
        *(2, 3, 3, 720, True),
        {"USD": 699, "GBP": 499, "EUR": 499, "MXN": 9900, "CAD": 799},
    ),
    Offer(
        "standard",
        {"en": "Standard", "de": "Standard", "es": "Estándar", "fr": "Standard"},
        *(2, 5, 5, 1080, False),
        {"USD": 1299, "GBP": 999, "EUR": 1199, "MXN": 19900, "CAD": 1499},
    ),
    Offer(
        "premium",
        {"en": "Premium", "de": "Premium", "es": "Premium", "fr": "Premium"},
        *(4, 6, 10, 2160, False),
        {"USD": 1899, "GBP": 1499, "EUR": 1799, "MXN": 27900, "CAD": 2199},
    ),
)


def plans() -> list[Plan]:
    """From the least to the best."""
    return [
        Plan(
            id=seed_id("plan", offer.code),
            code=offer.code,
            names=offer.names,
            rank=rank,
            max_streams=offer.streams,
            max_profiles=offer.profiles,
            max_devices=offer.devices,
            max_height=offer.height,
            ads=offer.ads,
            trial_days=TRIAL_DAYS,
        )
        for rank, offer in enumerate(OFFERS, start=1)
    ]


def prices() -> Iterator[Price]:
    months = {BillingInterval.MONTH: 1, BillingInterval.YEAR: MONTHS_A_YEAR_COSTS}
    for offer in OFFERS:
        for country, currency in CURRENCIES.items():
            for interval, factor in months.items():
                yield Price(
                    id=seed_id("price", offer.code, country, interval.name),
                    plan_id=seed_id("plan", offer.code),
                    country=country,
                    currency=currency,
                    amount_minor=offer.monthly[currency] * factor,
                    interval=interval,
                    tax_inclusive=country not in TAX_ON_TOP,
                )


async def seed_plans(database: Database) -> None:
    """Adds the plans and prices that are not there; those that are stay as they were changed."""
    async with database.write("billing") as db:
        for rows in (plans(), list(prices())):
            stored = insert(type(rows[0])).values([row.model_dump() for row in rows])
            await db.execute(stored.on_conflict_do_nothing())
