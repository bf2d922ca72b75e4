"""Plans, prices and entitlements."""

from datetime import datetime

import strawberry

from models.billing import BillingInterval, EntitlementSource
from resolvers.billing.entitlements import AccountRef, account_refs, entitlements_of
from resolvers.billing.plans import prices_of
from runtime.scalars import CurrencyCode
from schema.fields import loads, made_of
from schema.shared import UserError

strawberry.enum(BillingInterval)
strawberry.enum(EntitlementSource)


@strawberry.type
class Money:
    amount_minor: int = strawberry.field(description="In the currency's smallest unit.")
    currency: CurrencyCode
    formatted: str = strawberry.field(description="For people, in the language of the request.")


@strawberry.type
class Price:
    id: strawberry.ID
    amount: Money
    interval: BillingInterval
    tax_inclusive: bool


@strawberry.type
class PlanFeatures:
    max_streams: int
    max_profiles: int
    max_devices: int
    max_height: int
    ads: bool


@strawberry.type
class Plan:
    id: strawberry.ID
    code: str = strawberry.field(description='Stable, such as "standard-with-ads".')
    name: str
    features: PlanFeatures
    prices: list[Price] = loads(prices_of)
    trial_days: int


@strawberry.type
class Entitlements:
    plan: Plan | None
    features: PlanFeatures
    active: bool
    source: EntitlementSource
    valid_until: datetime | None


@strawberry.federation.type(keys=["id"])
@made_of(AccountRef, account_refs)
class Account:
    id: strawberry.ID
    entitlements: Entitlements | None = loads(
        entitlements_of, description="What the household may do right now, whatever the reason."
    )


@strawberry.type
class SubscriptionPayload:
    account: Account | None
    user_errors: list[UserError]
