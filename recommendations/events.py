"""What profiles did with titles, and how much each of it says of what they like: for training and serving alike."""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float64]

HALF_LIFE_DAYS = 180
TRIED = 0.25
"""Who saw less of a title says nothing by it."""
MOST_WATCHED = 4.0
"""A series counts as up to so many films, whose square root it weighs."""
DAY = 86_400


class Kind(IntEnum):
    """`value` of an event is for WATCHED how much was watched of all of the title's playables, each of which adds up to
    1 at most; for THUMB -1, 1 or 2; for IMPRESSION how often; else 1."""

    WATCHED = 0
    THUMB = 1
    LISTED = 2
    NOT_INTERESTED = 3
    SEED = 4
    IMPRESSION = 5


SAID = {Kind.LISTED: 0.5, Kind.NOT_INTERESTED: -1.0, Kind.SEED: 1.0, Kind.IMPRESSION: 0.0}
THUMBS = {-1: -1.5, 1: 1.0, 2: 2.0}

EVENTS = """
    select g.profile_id, g.title_id, 0 as kind,
        round(sum(case when g.watched then 1 else least(g.position_ms::numeric / greatest(g.duration_ms, 1), 1) end), 6)
            ::float8 as value,
        max(g.updated_at) as at
    from viewing.progress g
    where {those} and not exists (
        select from catalog.published_playable p where p.playable_id = g.playable_id and p.kind = 'TRAILER'
    )
    group by g.profile_id, g.title_id
    union all
    select g.profile_id, g.title_id, 1, case g.thumb when 'DOWN' then -1 when 'UP' then 1 else 2 end, g.rated_at
    from viewing.title_thumb g where {those}
    union all select g.profile_id, g.title_id, 2, 1, g.added_at from viewing.list_item g where {those}
    union all select g.profile_id, g.title_id, 3, 1, g.said_at from viewing.not_interested g where {those}
    union all select g.profile_id, g.title_id, 4, 1, g.chosen_at from viewing.taste_seed g where {those}
"""
"""Rows of profile, title, kind, value and instant; `those` says of which `g`."""


def preferences(kinds: NDArray[np.int64], values: Weights, ages: Weights) -> Weights:
    """How much each event says for its title, below 0 against it: half as much for each half-life of its age (days)."""
    said = np.zeros(len(kinds))
    watched = kinds == Kind.WATCHED
    said[watched] = np.where(values < TRIED, 0.0, np.sqrt(np.clip(values, 0, MOST_WATCHED)))[watched]
    for thumb, weight in THUMBS.items():
        said[(kinds == Kind.THUMB) & (values == thumb)] = weight
    for kind, weight in SAID.items():
        said[kinds == kind] = weight
    decayed: Weights = said * 0.5 ** (np.maximum(ages, 0) / HALF_LIFE_DAYS)
    return decayed
