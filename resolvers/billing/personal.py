"""What billing holds of a household: what it may watch, and why."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlmodel import col

from models.billing import Entitlement, Plan
from models.published import PublishedEntitlement
from resolvers.personal import Kinds, columns_of, rows_of
from runtime.resources import Resources


async def export(resources: Resources, account_id: UUID, profile_ids: Sequence[UUID]) -> Kinds:
    """The account's entitlements, each with the code of its plan."""
    query = (
        select(*columns_of(Entitlement, ("account_id", "plan_id", "idempotency_key")), col(Plan.code).label("plan"))
        .join(Plan, col(Plan.id) == col(Entitlement.plan_id))
        .where(col(Entitlement.account_id) == account_id)
        .order_by(col(Entitlement.created_at))
    )
    async with resources.database.read("billing") as db:
        return {"entitlements": await rows_of(db, query)}


async def erase(resources: Resources, account_id: UUID) -> int:
    """Deletes the entitlements; how many rows it were. Invoices, which tax law keeps, there are none yet."""
    async with resources.database.write("billing") as db:
        published = delete(PublishedEntitlement).where(col(PublishedEntitlement.account_id) == account_id)
        own = delete(Entitlement).where(col(Entitlement.account_id) == account_id)
        deleted = [await db.execute(published), await db.execute(own)]
    return sum(result.rowcount for result in deleted)  # type: ignore[attr-defined]
