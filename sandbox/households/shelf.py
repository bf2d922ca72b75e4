"""The titles as arrays: who may watch which of them when, and how much they draw an average viewer."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from sandbox.households.records import Title
from sandbox.households.tastes import Vector, affinities

Mask = NDArray[np.bool_]

TAIL = 0.8
"""The exponent of the power law by which a title's plays fall with its rank in popularity."""


class Shelf:
    """What is open to viewers of one country up to one age: instants are seconds since 1970."""

    def __init__(self, titles: Sequence[Title], country: str, maximum_age: int) -> None:
        openings = [
            (number, o.opens_at.timestamp(), o.closes_at.timestamp() if o.closes_at else np.inf)
            for number, title in enumerate(titles)
            for o in title.openings
            if o.country == country and o.minimum_age <= maximum_age and title.playables
        ]
        self.size = len(titles)
        self.numbers = np.array([number for number, _, _ in openings], dtype=np.intp)
        self.opens = np.array([opens for _, opens, _ in openings])
        self.closes = np.array([closes for _, _, closes in openings])

    def open_at(self, at: datetime) -> Mask:
        """Which of all titles may be watched at that moment."""
        moment = at.timestamp()
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[self.numbers[(self.opens <= moment) & (moment < self.closes)]] = True
        return mask


class Catalogue:
    """The titles with what every profile's choice needs of them."""

    def __init__(self, titles: Sequence[Title]) -> None:
        self.titles = titles
        self.affinities = affinities(titles)
        by_popularity = sorted(range(len(titles)), key=lambda n: (-titles[n].popularity, titles[n].id))
        ranks = np.empty(len(titles))
        ranks[by_popularity] = np.arange(1, len(titles) + 1)
        self.pull: Vector = -TAIL * np.log(ranks)
        self.shelf = cache(self.stocked)

    def stocked(self, country: str, maximum_age: int) -> Shelf:
        return Shelf(self.titles, country, maximum_age)
