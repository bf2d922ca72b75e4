"""The billing subgraph's tables: plans, their prices, and what households are entitled to."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "billing"}


class BillingInterval(enum.Enum):
    MONTH = "MONTH"
    YEAR = "YEAR"


class EntitlementSource(enum.Enum):
    NONE = "NONE"
    SUBSCRIPTION = "SUBSCRIPTION"
    GRANT = "GRANT"
    GIFT = "GIFT"


class Plan(SQLModel, table=True):
    """What is sold; `names` maps languages to its name, `rank` orders plans from the least to the best."""

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    code: str = Field(unique=True)
    names: dict[str, str] = Field(sa_type=JSONB)
    rank: int
    max_streams: int
    max_profiles: int
    max_devices: int
    max_height: int
    ads: bool
    trial_days: int


class Price(SQLModel, table=True):
    """What a plan costs in a country; `amount_minor` is in the currency's smallest unit."""

    __table_args__ = (Index("price_by_plan", "plan_id", "country", "interval", unique=True), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    plan_id: UUID = Field(foreign_key="billing.plan.id", ondelete="CASCADE")
    country: str
    currency: str
    amount_minor: int
    interval: BillingInterval = choice(BillingInterval)
    tax_inclusive: bool


class Entitlement(SQLModel, table=True):
    """Access of a household to a plan, until `valid_until`; several may stand side by side, the best plan counts."""

    __table_args__ = (Index("entitlement_by_account", "account_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID
    plan_id: UUID = Field(foreign_key="billing.plan.id")
    source: EntitlementSource = choice(EntitlementSource)
    valid_until: datetime | None = Field(default=None, sa_type=Instant)
    reason: str
    idempotency_key: str | None = Field(default=None, unique=True)
    created_at: datetime = Field(sa_type=Instant)
