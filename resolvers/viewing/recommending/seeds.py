"""Taste seeds: well-known titles that a new profile picks from, so that its first rows fit."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from sqlalchemy import delete, insert
from sqlmodel import col

from models.viewing import TasteSeed
from recommendations.ranking import top
from resolvers.paging import limit_of
from resolvers.viewing.marks import profile_of
from resolvers.viewing.recommending.cache import saying
from resolvers.viewing.recommending.personal import own
from resolvers.viewing.recommending.stock import Mask, Stock
from resolvers.viewing.recommending.titles import titles_named
from resolvers.viewing.references import ProfileRef, TitleRef
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import Id

ALIKE = 0.5
"""What is left of a title's popularity for each earlier one of just its genres."""
CANDIDATES = 1000


@dataclass(slots=True)
class TasteSeedsPayloadRow:
    profile: ProfileRef | None
    user_errors: list[UserErrorRow] = field(default_factory=list)


async def taste_seeds(request: Request, *, first: int | None = 24) -> list[TitleRef | None]:
    """The most watched titles that play now, of many genres; none that the profile is not interested in."""
    limit = limit_of(first, 24)
    personal = await own(request)
    stock = personal.ground.stock
    return [stock.title(place) for place in varied(stock, personal.wanted, limit)]


def varied(stock: Stock, mask: Mask, count: int) -> Sequence[int]:
    """The most popular of the mask's titles, one after another: each counts less by the chosen ones of its genres."""
    candidates = top(stock.popularity, mask & (stock.popularity > 0), CANDIDATES)
    left, genres = stock.popularity[candidates], stock.genres[candidates]
    sizes = np.maximum(np.diff(genres.indptr), 1)
    chosen: list[int] = []
    for _ in range(min(count, len(candidates))):
        best = int(np.argmax(left))
        chosen.append(int(candidates[best]))
        shared = (genres @ genres[[best]].toarray()[0]) / np.sqrt(sizes * sizes[best])
        left = left * (1 - (1 - ALIKE) * shared)
        left[best] = -1
    return chosen


async def choose_taste_seeds(request: Request, *, title_ids: list[Id]) -> TasteSeedsPayloadRow:
    """The profile, whose earlier choice these replace; none of them means no choice.

    Refusals: PROFILE_REQUIRED, TOO_MANY_TITLES (`titleIds`: over 100), NOT_FOUND (`titleIds`, which of them).
    """
    profile_id, chosen = profile_of(request), await titles_named(request, title_ids)
    rows = [{"profile_id": profile_id, "title_id": id_, "chosen_at": request.now} for id_ in dict.fromkeys(chosen)]
    async with saying(request, profile_id) as db:
        await db.execute(delete(TasteSeed).where(col(TasteSeed.profile_id) == profile_id))
        if rows:
            await db.execute(insert(TasteSeed), rows)
    return TasteSeedsPayloadRow(ProfileRef(profile_id, request.maximum_age))
