"""A profile on the ground of a request: what it may be shown, and how much it may like it."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recommendations.experiments import Ranking, buckets, ranking_of
from recommendations.model import Floats
from recommendations.ranking import calibrated, fresh, top
from resolvers.viewing.lists import ProfileKey
from resolvers.viewing.recommending.ground import Ground, ground_of
from resolvers.viewing.recommending.stock import Mask, Openings
from resolvers.viewing.recommending.tastes import Taste, tastes_of
from runtime.request import Request

NOBODY = UUID(int=0)
CANDIDATES = 200
"""Out of so many of the best scores the calibrated list is chosen."""
TOO_LITTLE = 3
"""With fewer titles than this nobody can tell how well another suits."""


@dataclass(frozen=True)
class Personal:
    """All masks and scores are in the order of the stock."""

    ground: Ground
    profile_id: UUID
    maximum_age: int
    taste: Taste

    @cached_property
    def ranking(self) -> Ranking:
        return ranking_of(self.ground.experiments, self.profile_id)

    @property
    def buckets(self) -> str:
        return buckets(self.ground.experiments, self.profile_id)

    @property
    def openings(self) -> Openings:
        return self.ground.openings(self.maximum_age)

    @cached_property
    def wanted(self) -> Mask:
        """What plays now, without what the profile is not interested in."""
        mask = self.openings.playing.copy()
        mask[list(self.ground.stock.places_of(list(self.taste.unwanted)).values())] = False
        return mask

    @cached_property
    def open_to_suggest(self) -> Mask:
        """The same without what it has watched or disliked."""
        mask = self.wanted.copy()
        known = {*self.taste.watched, *self.taste.disliked}
        mask[list(self.ground.stock.places_of(list(known)).values())] = False
        return mask

    @cached_property
    def suits(self) -> Floats | None:
        """(N,): how much it may like each title, in standard deviations among what plays now; None without a model or
        without any preference."""
        recommender = self.ground.recommender
        if recommender is None or not self.taste.known:
            return None
        return recommender.scores(self.taste.weights, self.openings.playing, self.ranking.ease_share)

    @cached_property
    def scores(self) -> Floats | None:
        """(N,): the same with the day's noise, less what was passed over: what lists are ordered by."""
        if self.suits is None:
            return None
        scores: Floats = fresh(self.suits, self.seed_of_the_day, self.ranking.spread)
        for id_, place in self.ground.stock.places_of(list(self.taste.passed_over)).items():
            scores[place] -= self.ranking.passed_over * self.taste.passed_over[id_]
        return scores

    @property
    def seed_of_the_day(self) -> int:
        day = f"{self.profile_id}:{self.ground.request.now.date()}"
        return int.from_bytes(hashlib.sha256(day.encode()).digest()[:8])

    @cached_property
    def affinity(self) -> NDArray[np.float64]:
        """(G,): the genres of what it likes; they sum to 1, or to 0 where it likes nothing yet."""
        liked = self.taste.enjoyed
        places = self.ground.stock.places_of(list(liked))
        weights = np.array([liked[id_] for id_ in places])
        genres = self.ground.stock.shares[list(places.values())]
        total: NDArray[np.float64] = np.asarray(weights @ genres, dtype=np.float64).reshape(-1)
        return total / total.sum() if total.sum() else total

    @cached_property
    def liked_features(self) -> set[str]:
        """The model's features of the titles that it likes."""
        places = self.ground.stock.places_of(list(self.taste.enjoyed))
        recommender = self.ground.recommender
        return recommender.features_of(list(places.values())) if recommender else set()

    def picks(self, count: int) -> Sequence[int]:
        """The best titles to suggest, with as much of each genre as the profile likes; none without scores."""
        if self.scores is None:
            return []
        candidates = top(self.scores, self.open_to_suggest, CANDIDATES)
        genres, places = self.ground.stock.shares[candidates].toarray(), np.arange(len(candidates))
        strength = self.ranking.calibration
        chosen = calibrated(places, self.scores[candidates], genres, self.affinity, count, strength)
        return [int(place) for place in candidates[chosen]]

    def seeds(self, count: int) -> list[tuple[UUID, int]]:
        """The published titles that it likes most, of those that it watched; what was watched lately counts more."""
        liked = [(weight, id_) for id_, weight in self.taste.enjoyed.items() if id_ in self.taste.watched]
        places = self.ground.stock.places_of([id_ for _, id_ in liked])
        order = sorted(liked, key=lambda pair: (-self.recent(pair[1]) * pair[0], pair[1]))
        return [(id_, places[id_]) for _, id_ in order if id_ in places and self.openings.playing[places[id_]]][:count]

    def recent(self, title_id: UUID) -> float:
        """1 today, half of it after two weeks, a third after four, …: by the day, so that rows last as long."""
        days = (self.ground.request.now.date() - self.taste.watched[title_id][1].date()).days
        return 1 / (1 + max(days, 0) / 14)

    def match(self, places: Sequence[int]) -> list[float | None]:
        """How well the titles suit, from 0 to 1: the part of what plays now that suits less. None while there is too
        little to tell."""
        if self.suits is None or self.taste.known < TOO_LITTLE:
            return [None] * len(places)
        among = np.sort(self.suits[self.openings.playing])
        below = np.searchsorted(among, self.suits[list(places)])
        return [round(float(n) / max(len(among) - 1, 1), 4) for n in np.minimum(below, max(len(among) - 1, 1))]


async def personal_of(request: Request, profiles: Sequence[ProfileKey]) -> list[Personal]:
    """Each of the profiles, in this order; within a request each is read and scored once."""
    return list(await asyncio.gather(*(request.load(read_all, profile) for profile in profiles)))


async def read_all(request: Request, profiles: Sequence[ProfileKey]) -> list[Personal]:
    ground, tastes = await ground_of(request), await tastes_of(request, [id_ for id_, _ in profiles])
    return [Personal(ground, id_, age, tastes[id_]) for id_, age in profiles]


async def own(request: Request) -> Personal:
    """The selected profile; without one somebody of whom nothing is known."""
    if request.profile_id is None:
        return Personal(await ground_of(request), NOBODY, request.maximum_age, Taste())
    [personal] = await personal_of(request, [(request.profile_id, request.maximum_age)])
    return personal
