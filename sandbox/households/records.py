"""What the simulator takes and gives: plain frozen data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.catalog import TitleKind
from models.identity import ProfileKind
from models.viewing import Thumb


@dataclass(frozen=True, slots=True)
class Opening:
    """A country where a title may be watched from `opens_at` until just before `closes_at` (None: for good)."""

    country: str
    minimum_age: int
    opens_at: datetime
    closes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Playable:
    id: UUID
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Title:
    """`playables` in the order to be watched: a film has one, a series its episodes. `popularity` is from 0 to 1."""

    id: UUID
    kind: TitleKind
    genres: tuple[str, ...]
    year: int
    people: frozenset[str]
    popularity: float
    openings: tuple[Opening, ...]
    playables: tuple[Playable, ...]

    def open_to(self, country: str, maximum_age: int, at: datetime) -> bool:
        """Whether somebody there of at most that age could watch it at that moment."""
        return any(
            o.country == country
            and o.minimum_age <= maximum_age
            and o.opens_at <= at
            and (o.closes_at is None or at < o.closes_at)
            for o in self.openings
        )


@dataclass(frozen=True, slots=True)
class Taste:
    """What was planted in a profile: how much it is drawn to each cluster of CLUSTERS; the weights sum to 1."""

    weights: Mapping[str, float]

    @property
    def main(self) -> str:
        """The cluster with the greatest weight."""
        return max(self.weights, key=lambda name: self.weights[name])


@dataclass(frozen=True, slots=True)
class Play:
    """One sitting with a playable, from its start; `fraction` of it was watched, from 0 to 1."""

    id: UUID
    title_id: UUID
    playable_id: UUID
    started_at: datetime
    ended_at: datetime
    fraction: float
    finished: bool


@dataclass(frozen=True, slots=True)
class Addition:
    """A title put on the profile's own list."""

    title_id: UUID
    added_at: datetime


@dataclass(frozen=True, slots=True)
class Opinion:
    title_id: UUID
    thumb: Thumb
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """Who in a household watches, with the taste that explains the history; everything is ordered by time."""

    id: UUID
    name: str
    kind: ProfileKind
    maximum_age: int
    taste: Taste
    plays: tuple[Play, ...] = ()
    additions: tuple[Addition, ...] = ()
    opinions: tuple[Opinion, ...] = ()


@dataclass(frozen=True, slots=True)
class Household:
    """`number` counts from 1; `language` is a BCP 47 tag."""

    id: UUID
    number: int
    country: str
    language: str
    members: tuple[Member, ...]
