"""What a profile likes, out of all that it ever did: read at each ranking, so that a play changes the next home."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

import numpy as np
from sqlalchemy import text

from recommendations.events import DAY, EVENTS, Kind, preferences
from runtime.request import Request

PASSED_OVER_FOR = timedelta(days=14)
# what is passed over today counts from tomorrow on, so that home stays as it is while somebody browses
IMPRESSIONS = """
    select g.profile_id, g.title_id, 5, sum(g.count), max(g.day)::timestamptz from viewing.impression g
    where g.profile_id = any(cast(:ids as uuid[])) and g.day < cast(:today as date) and g.day >= cast(:since as date)
    group by g.profile_id, g.title_id
"""
TASTES = text(" union all ".join((EVENTS.format(those="g.profile_id = any(cast(:ids as uuid[]))"), IMPRESSIONS)))


@dataclass(slots=True)
class Taste:
    """`weights` are a profile's preferences, those of titles that say nothing left out; `watched` how much of each
    title (1 is a film's length) and when last; `chosen` its taste seeds; `passed_over` how often each title was on the
    screen on earlier days."""

    weights: dict[UUID, float] = field(default_factory=dict)
    watched: dict[UUID, tuple[float, datetime]] = field(default_factory=dict)
    liked: set[UUID] = field(default_factory=set)
    listed: set[UUID] = field(default_factory=set)
    chosen: set[UUID] = field(default_factory=set)
    disliked: set[UUID] = field(default_factory=set)
    unwanted: set[UUID] = field(default_factory=set)
    passed_over: dict[UUID, int] = field(default_factory=dict)

    @property
    def enjoyed(self) -> dict[UUID, float]:
        """The titles that speak for what it likes, and how much: none that it refused, however much it saw of them."""
        refused = self.disliked | self.unwanted
        return {id_: weight for id_, weight in self.weights.items() if weight > 0 and id_ not in refused}

    @property
    def known(self) -> int:
        """How many titles speak for what it likes."""
        return len(self.enjoyed)

    def add(self, title_id: UUID, kind: int, value: float, at: datetime, weight: float) -> None:
        self.weights[title_id] = self.weights.get(title_id, 0.0) + weight
        if kind == Kind.WATCHED:
            self.watched[title_id] = value, at
        elif kind == Kind.THUMB:
            (self.liked if value > 0 else self.disliked).add(title_id)
        elif kind == Kind.IMPRESSION:
            self.passed_over[title_id] = int(value)
        else:
            said = {Kind.LISTED: self.listed, Kind.NOT_INTERESTED: self.unwanted, Kind.SEED: self.chosen}
            said[Kind(kind)].add(title_id)


async def tastes_of(request: Request, profile_ids: Sequence[UUID]) -> Mapping[UUID, Taste]:
    """What each of the profiles likes, out of one statement; none where there are no profiles."""
    if not profile_ids:
        return {}
    today = request.now.date()
    midnight = midnight_after(request.now)
    given = {"ids": list(profile_ids), "today": today, "since": today - PASSED_OVER_FOR}
    async with request.read("viewing") as db:
        rows = (await db.execute(TASTES, given)).all()
    tastes = {id_: Taste() for id_ in profile_ids}
    ages = np.array([(midnight - row.at).total_seconds() / DAY for row in rows])
    kinds, values = (np.array([getattr(row, name) for row in rows]) for name in ("kind", "value"))
    for row, weight in zip(rows, preferences(kinds, values.astype(float), ages), strict=True):
        tastes[row.profile_id].add(row.title_id, row.kind, row.value, row.at, float(weight))
    for taste in tastes.values():
        taste.weights = {id_: weight for id_, weight in taste.weights.items() if weight}
    return tastes


def midnight_after(now: datetime) -> datetime:
    """The end of the day (UTC): what is told by it stays as it is all day."""
    return datetime.combine(now.astimezone(UTC).date() + timedelta(days=1), time(), UTC)
