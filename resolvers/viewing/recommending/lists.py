"""Lists of what a profile may like, of what is like a title, and how well a title suits."""

from collections.abc import Sequence
from uuid import UUID

import numpy as np

from recommendations.ranking import top
from resolvers.paging import Page, identity, keys_of, limit_of
from resolvers.viewing.lists import ProfileKey
from resolvers.viewing.recommending.edges import Reason, Why, page_of_titles
from resolvers.viewing.recommending.ground import Ground
from resolvers.viewing.recommending.personal import Personal, own, personal_of
from resolvers.viewing.recommending.rows import ROW_LENGTH, likeness
from resolvers.viewing.recommending.stock import Mask
from resolvers.viewing.references import TitleRef
from runtime.request import Request
from runtime.scalars import Id, uuid_of

LONGEST = 500
"""Titles in a profile's list."""


async def recommendations_of(
    request: Request,
    profiles: Sequence[ProfileKey],
    *,
    first: int | None = 20,
    after: str | None = None,
    genre_id: Id | None = None,
) -> list[Page[TitleRef]]:
    """Batch: what each profile has not watched and may like, of a genre if one is named (none of one that there is
    not); 500 titles at most. Popularity orders them while there is no model, or nothing known of the profile."""
    limit, place = limit_of(first), keys_of(after, int, identity)
    pages = []
    for profile, personal in zip(profiles, await personal_of(request, profiles), strict=True):
        why = Why(Reason.POPULAR) if personal.scores is None else Why(Reason.TASTE, profile)
        titles = [personal.ground.stock.title(at) for at in suggested(personal, genre_id)]
        pages.append(page_of_titles(titles, limit, place, why))
    return pages


def suggested(personal: Personal, genre_id: Id | None) -> Sequence[int]:
    """The calibrated picks and then the next best, or the best of one genre."""
    mask = personal.open_to_suggest
    if genre_id is not None:
        mask = mask & of_genre(personal.ground, uuid_of(genre_id))
    if personal.scores is None:
        stock = personal.ground.stock
        newest = np.lexsort((-stock.added, -stock.popularity))
        return [int(at) for at in newest if mask[at]][:LONGEST]
    picks = personal.picks(ROW_LENGTH) if genre_id is None else []
    rest = mask.copy()
    rest[list(picks)] = False
    return [*picks, *(int(at) for at in top(personal.scores, rest, LONGEST - len(picks)))]


def of_genre(ground: Ground, genre_id: UUID | None) -> Mask:
    mask = np.zeros(len(ground.stock.ids), dtype=np.bool_)
    if genre_id in ground.stock.genre_ids:
        mask[ground.stock.members[ground.stock.genre_ids.index(genre_id)]] = True
    return mask


async def more_like_this(
    request: Request, title_ids: Sequence[UUID], *, first: int | None = 20, after: str | None = None
) -> list[Page[TitleRef]]:
    """Batch: what plays now and is most like each title, by the model, or else by genres and popularity; none that the
    profile does not want. 100 titles at most."""
    limit, place = limit_of(first), keys_of(after, int, identity)
    personal = await own(request)
    stock = personal.ground.stock
    found = {id_: like(personal, at) for id_, at in stock.places_of(title_ids).items()}
    titles = {id_: [stock.title(at) for at in found.get(id_, [])] for id_ in title_ids}
    return [page_of_titles(titles[id_], limit, place, Why(Reason.LIKENESS, about=id_)) for id_ in title_ids]


def like(personal: Personal, place: int) -> Sequence[int]:
    scores = likeness(personal.ground, place)
    mask = personal.wanted & (scores > 0)
    mask[place] = False
    return [int(at) for at in top(scores, mask, ROW_LENGTH)]


async def match_score(request: Request, title_ids: Sequence[UUID]) -> list[float | None]:
    """Batch: how well each title suits the selected profile, from 0 to 1; None without a profile or a model, and while
    there is too little to tell."""
    if request.profile_id is None:
        return [None] * len(title_ids)
    personal = await own(request)
    places = personal.ground.stock.places_of(title_ids)
    scores = dict(zip(places, personal.match(list(places.values())), strict=True))
    return [scores.get(id_) for id_ in title_ids]
