"""What households are entitled to, and staff's grants."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.billing import Entitlement, EntitlementSource, Plan
from models.published import PublishedAccount, PublishedEntitlement
from oauth.audit import checked_reason, report
from resolvers.billing.plans import PlanFeaturesRow, PlanRow, plan_row
from resolvers.owned import may_see
from runtime.database import among
from runtime.errors import BadInput, Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of

NOTHING = PlanFeaturesRow(max_streams=0, max_profiles=1, max_devices=0, max_height=0, ads=False)
"""What a household without a plan may do: look around."""


@dataclass(slots=True)
class AccountRef:
    """An account as billing refers to it."""

    id: UUID


@dataclass(slots=True)
class EntitlementsRow:
    plan: PlanRow | None
    features: PlanFeaturesRow
    active: bool
    source: EntitlementSource
    valid_until: datetime | None


@dataclass(slots=True)
class Granted:
    """The source of a SubscriptionPayload."""

    account: AccountRef
    user_errors: tuple[UserErrorRow, ...] = ()


async def account_refs(request: Request, ids: Sequence[Any]) -> list[AccountRef | None]:
    """The accounts whose billing the viewer may see: the own one, and any with the scope to support."""
    return [AccountRef(uuid) if (uuid := uuid_of(str(id_))) and may_see(request, uuid) else None for id_ in ids]


async def entitlements_of(request: Request, account_ids: Sequence[UUID]) -> list[EntitlementsRow]:
    """What each household may do now: of its valid entitlements the one to the best plan counts."""
    until = col(Entitlement.valid_until)
    query = (
        select(Plan, col(Entitlement.account_id), col(Entitlement.source), until)
        .join(Entitlement, col(Entitlement.plan_id) == col(Plan.id))
        .where(among(col(Entitlement.account_id), account_ids), or_(until.is_(None), until > request.now))
        .order_by(col(Plan.rank), until.asc().nulls_last())
    )
    async with request.read("billing") as db:
        best = {row.account_id: row for row in await db.execute(query)}  # the last, so the best, wins
    return [entitlements_row(request, best.get(id_)) for id_ in account_ids]


def entitlements_row(request: Request, row: Any) -> EntitlementsRow:
    if row is None:
        return EntitlementsRow(None, NOTHING, False, EntitlementSource.NONE, None)
    plan = plan_row(request, row)
    return EntitlementsRow(plan, plan.features, True, row.source, row.valid_until)


async def grant_entitlement(
    request: Request, *, account_id: Id, plan_id: Id, until: datetime, reason: str, idempotency_key: str
) -> Granted:
    """Access without a payment, by an act for the audit log; the same key again changes nothing, with another request
    it is an error."""
    if until <= request.now:
        raise Refusal("INVALID_UNTIL", "The end of the access must lie in the future.", "until")
    reason = checked_reason(reason)
    async with request.write("billing") as db:
        account, plan = await known(db, uuid_of(account_id), uuid_of(plan_id))
        entitlement = Entitlement(
            account_id=account,
            plan_id=plan.id,
            source=EntitlementSource.GRANT,
            valid_until=until,
            reason=reason,
            idempotency_key=idempotency_key,
            created_at=request.now,
        )
        if await entitle(db, entitlement, plan):
            await report(db, request, f"GRANTED: {plan.code} until {until.isoformat()}", account, reason)
    return Granted(AccountRef(account))


async def known(db: AsyncSession, account_id: UUID | None, plan_id: UUID | None) -> tuple[UUID, Plan]:
    account = await db.get(PublishedAccount, account_id) if account_id else None
    if account is None:
        raise Refusal("ACCOUNT_NOT_FOUND", "There is no such account.", "accountId")
    plan = await db.get(Plan, plan_id) if plan_id else None
    if plan is None:
        raise Refusal("PLAN_NOT_FOUND", "There is no such plan.", "planId")
    return account.account_id, plan


async def entitle(db: AsyncSession, entitlement: Entitlement, plan: Plan) -> bool:
    """Stores an entitlement once for its idempotency key, and publishes it in the same transaction; whether it was
    not there yet."""
    stored = insert(Entitlement).values(entitlement.model_dump())
    once = stored.on_conflict_do_nothing(index_elements=[col(Entitlement.idempotency_key)])
    if await db.scalar(once.returning(col(Entitlement.id))) is None:
        await check_same(db, entitlement)
        return False
    db.add(published(entitlement, plan))
    return True


async def check_same(db: AsyncSession, wanted: Entitlement) -> None:
    """BadInput where the idempotency key was used for another grant."""
    before = (
        await db.scalars(select(Entitlement).where(col(Entitlement.idempotency_key) == wanted.idempotency_key))
    ).one()
    same = ("account_id", "plan_id", "valid_until", "reason")
    if any(getattr(before, name) != getattr(wanted, name) for name in same):
        raise BadInput("`idempotencyKey` was used for another grant.")


def published(entitlement: Entitlement, plan: Plan) -> PublishedEntitlement:
    """What the other subgraphs may know of an entitlement."""
    return PublishedEntitlement(
        entitlement_id=entitlement.id,
        account_id=entitlement.account_id,
        plan_id=plan.id,
        rank=plan.rank,
        max_streams=plan.max_streams,
        max_profiles=plan.max_profiles,
        max_devices=plan.max_devices,
        max_height=plan.max_height,
        ads=plan.ads,
        valid_until=entitlement.valid_until,
    )
