"""The rows that a profile's home is made of, best titles first: by the model and its taste, or by popularity."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from recommendations.ranking import top
from resolvers.viewing.recommending.ground import Ground
from resolvers.viewing.recommending.personal import Personal
from resolvers.viewing.recommending.stock import Indices, Mask
from resolvers.viewing.recommending.tastes import midnight_after

ROW_LENGTH = 100
FEWEST = 4
"""A row by genre, or of what is like a title, needs at least so many titles."""
SEEDS = 2
"""Rows because of what was watched."""
LEAVING_WITHIN = timedelta(days=30)
AGAIN_AFTER = timedelta(days=14)
FINISHED = 0.9
"""Who saw so much of a title can watch it again."""
OF_ITS_KIND = 0.7
"""How much likeness counts beside the profile's own scores, where a row stems from a title."""


class HomeRowKind(Enum):
    CONTINUE_WATCHING = "CONTINUE_WATCHING"
    MY_LIST = "MY_LIST"
    TOP_PICKS = "TOP_PICKS"
    BECAUSE_YOU_WATCHED = "BECAUSE_YOU_WATCHED"
    TRENDING = "TRENDING"
    NEW_RELEASES = "NEW_RELEASES"
    GENRE = "GENRE"
    WATCH_AGAIN = "WATCH_AGAIN"
    LEAVING_SOON = "LEAVING_SOON"


@dataclass(frozen=True, slots=True)
class RankedRow:
    """`places` are those of the titles in the stock, best first, at most 100; `about` the genre, or the title that the
    row stems from."""

    kind: HomeRowKind
    about: UUID | None
    places: Sequence[int]

    @property
    def genres(self) -> list[UUID]:
        """The genre that it is about, if it is."""
        return [self.about] if self.about and self.kind is HomeRowKind.GENRE else []

    @property
    def seeds(self) -> list[UUID]:
        """The title that it stems from, if it does."""
        return [self.about] if self.about and self.kind is HomeRowKind.BECAUSE_YOU_WATCHED else []


def ranked_rows(personal: Personal) -> list[RankedRow]:
    """The rows in the order of the screen, those that show nothing left out."""
    because = list(rows_because(personal))
    rows = [
        RankedRow(HomeRowKind.TOP_PICKS, None, personal.picks(ROW_LENGTH)),
        *because[:1],
        RankedRow(HomeRowKind.TRENDING, None, trending(personal)),
        RankedRow(HomeRowKind.NEW_RELEASES, None, new_releases(personal)),
        *because[1:],
        *rows_by_genre(personal),
        RankedRow(HomeRowKind.WATCH_AGAIN, None, watch_again(personal)),
        RankedRow(HomeRowKind.LEAVING_SOON, None, leaving_soon(personal)),
    ]
    return [row for row in rows if len(row.places)]


def rows_because(personal: Personal) -> Iterator[RankedRow]:
    """What is like the titles that the profile likes most and watched lately."""
    recommender, scores = personal.ground.recommender, personal.scores
    if recommender is None or scores is None:
        return
    for id_, place in personal.seeds(SEEDS):
        alike = recommender.similar(place)
        both = OF_ITS_KIND * alike + (1 - OF_ITS_KIND) * scores
        found = top(both, personal.open_to_suggest & (alike > 0), ROW_LENGTH)
        if len(found) >= FEWEST:
            yield RankedRow(HomeRowKind.BECAUSE_YOU_WATCHED, id_, found.tolist())


def likeness_share(personal: Personal, seed: UUID, places: Sequence[int]) -> list[float]:
    """How much of each title's rank in the row that stems from the seed is its likeness, from 0 to 1."""
    recommender, scores = personal.ground.recommender, personal.scores
    at = personal.ground.stock.places_of([seed])
    if recommender is None or scores is None or not at:
        return [0.0] * len(places)
    alike = OF_ITS_KIND * np.maximum(recommender.similar(at[seed])[list(places)], 0)
    suits = (1 - OF_ITS_KIND) * np.maximum(scores[list(places)], 0)
    return [float(part) for part in alike / np.maximum(alike + suits, 1e-9)]


def likeness(ground: Ground, place: int) -> NDArray[Any]:
    """(N,): how alike each title is to this one: in standard deviations, or without a model by their genres (Jaccard's
    index), the more popular first where that is equal; 0 for what has nothing in common."""
    if ground.recommender is not None:
        return ground.recommender.similar(place)
    genres = ground.stock.genres
    counts = np.diff(genres.indptr)
    both = genres @ genres[[place]].toarray()[0]
    jaccard: NDArray[Any] = both / np.maximum(counts + counts[place] - both, 1)
    return np.where(both > 0, jaccard + 1e-3 * ground.stock.popularity, 0.0)


def trending(personal: Personal) -> Sequence[int]:
    popularity = personal.ground.stock.popularity
    return best(popularity, personal.wanted & (popularity > 0))


def new_releases(personal: Personal) -> Sequence[int]:
    return best(personal.openings.since, personal.wanted)


def leaving_soon(personal: Personal) -> Sequence[int]:
    until = personal.openings.until
    soon = (midnight_after(personal.ground.request.now) + LEAVING_WITHIN).timestamp()
    return best(-until, personal.wanted & (until < soon))


def watch_again(personal: Personal) -> Sequence[int]:
    """What was watched to its end some time ago, and not disliked, by how much it is liked."""
    taste, earlier = personal.taste, midnight_after(personal.ground.request.now) - AGAIN_AFTER
    again = {
        id_: taste.weights.get(id_, 0.0)
        for id_, (share, at) in taste.watched.items()
        if share >= FINISHED and at < earlier and id_ not in taste.disliked
    }
    places = personal.ground.stock.places_of(list(again))
    playing = [(again[id_], place) for id_, place in places.items() if personal.wanted[place]]
    return [place for _, place in sorted(playing, key=lambda pair: (-pair[0], pair[1]))][:ROW_LENGTH]


def rows_by_genre(personal: Personal) -> Iterator[RankedRow]:
    """A row for each genre with enough titles, first those that the profile likes, then those that are watched most."""
    stock = personal.ground.stock
    scores = stock.popularity if personal.scores is None else personal.scores
    shown = personal.wanted if personal.scores is None else personal.open_to_suggest
    watched = np.where(personal.openings.playing, stock.popularity, 0) @ stock.genres
    order = sorted(
        range(len(stock.genre_ids)),
        key=lambda n: (-personal.affinity[n], -watched[n], str(stock.genre_ids[n])),
    )
    for n in order:
        members = stock.members[n]
        members = members[shown[members]]
        if len(members) >= FEWEST:
            best_first = top(scores[members], np.ones(len(members), dtype=np.bool_), ROW_LENGTH)
            yield RankedRow(HomeRowKind.GENRE, stock.genre_ids[n], members[best_first].tolist())


def best(ranks: NDArray[np.float64], mask: Mask) -> Sequence[int]:
    found: Indices = top(ranks, mask, ROW_LENGTH)
    return [int(place) for place in found]
