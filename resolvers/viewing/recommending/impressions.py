"""What was on the screen: recorded by row and day, and from the next day on discounted where it was passed over."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.viewing import Impression
from recommendations.experiments import buckets
from resolvers.viewing.marks import profile_of
from resolvers.viewing.messages import say
from resolvers.viewing.recommending.ground import experiments_of
from resolvers.viewing.recommending.row_ids import is_row_of
from resolvers.viewing.recommending.titles import titles_named
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id

KEPT = timedelta(days=90)


@dataclass(slots=True)
class AcknowledgedPayloadRow:
    user_errors: list[UserErrorRow] = field(default_factory=list)


async def report_impressions(request: Request, *, row_id: Id, title_ids: list[Id]) -> AcknowledgedPayloadRow:
    """Each call counts each of its titles once. Refusals: PROFILE_REQUIRED, NOT_FOUND (`rowId`: no row of the profile's
    home; `titleIds`, which of them), TOO_MANY_TITLES (`titleIds`: over 100)."""
    profile_id = profile_of(request)
    if not is_row_of(profile_id, row_id):
        raise Refusal("NOT_FOUND", say(request.languages, "UNKNOWN_ROW"), "rowId")
    shown = sorted(set(await titles_named(request, title_ids)))
    of = {"profile_id": profile_id, "row_id": row_id, "day": request.now.date(), "count": 1}
    arms = buckets(experiments_of(request.resources), profile_id)
    rows = insert(Impression).values([{"title_id": id_, "buckets": arms, **of} for id_ in shown])
    more = {"count": col(Impression.count) + 1, "buckets": rows.excluded.buckets}
    if shown:
        async with request.write("viewing") as db:
            keys = ["profile_id", "title_id", "row_id", "day"]
            await db.execute(rows.on_conflict_do_update(index_elements=keys, set_=more))
    return AcknowledgedPayloadRow()


async def forget_impressions(db: AsyncSession, now: datetime) -> int:
    """Deletes those that are older than 90 days; how many."""
    result = await db.execute(delete(Impression).where(col(Impression.day) < (now - KEPT).date()))
    return int(result.rowcount)  # type: ignore[attr-defined]
