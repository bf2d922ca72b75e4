"""Members of 500 households, in each of whom a taste was planted, find in their lists what it likes."""

import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from uuid import UUID

import numpy as np
import pytest
from sqlalchemy import text

from models.identity import ProfileKind
from runtime.resources import Resources
from sandbox.households import Household, Member, Title, families
from sandbox.households.tastes import Vector, affinities, liking
from server.seed.households import COUNT, SEED
from server.seed.starter import repertoire
from tests.recommending.members import NOON, Viewing

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
OF_EACH_KIND = COUNT * 5 if SOAK else 22
ENOUGH, LENGTH = 8, 20
POPULARITY = text("select title_id, score from viewing.published_popularity")
WATCHED = text("select distinct profile_id, title_id from viewing.progress")


@pytest.mark.soak
async def test_lists_find_twice_as_much_of_a_planted_taste_as_popularity(resources: Resources) -> None:
    titles = (await repertoire(resources.database, NOON)).titles
    matrix = affinities(titles)
    async with resources.database.read("viewing") as db:
        popularity = {row.title_id: row.score for row in await db.execute(POPULARITY)}
        watched: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for row in await db.execute(WATCHED):
            watched[row.profile_id].add(row.title_id)
    recalls: dict[UUID, tuple[float, float]] = {}
    for household, member in chosen(watched):
        fresh = [n for n, title in enumerate(titles) if is_fresh(title, household, member, watched[member.id])]
        taste = liking(member.taste, matrix)
        wanted = best_of(fresh, titles, taste)
        by_popularity = sorted(fresh, key=lambda n: (-popularity.get(titles[n].id, 0.0), titles[n].id))[:LENGTH]
        suggested = await Viewing(resources, household, member).suggested(LENGTH)
        recalls[member.id] = recall(suggested, wanted), recall([titles[n].id for n in by_popularity], wanted)
    ours, theirs = np.mean(list(recalls.values()), axis=0)
    print(f"Recall@{LENGTH} of planted tastes, {len(recalls)} members: {ours:.3f}, by popularity {theirs:.3f}")
    assert len(recalls) >= (1000 if SOAK else 60)
    assert ours >= 2 * theirs


def chosen(watched: dict[UUID, set[UUID]]) -> Iterator[tuple[Household, Member]]:
    """As many of each kind as of the others, of those who have watched enough."""
    left = dict.fromkeys(ProfileKind, OF_EACH_KIND)
    for household in families(SEED, COUNT):
        for member in household.members:
            if left[member.kind] and len(watched[member.id]) >= ENOUGH:
                left[member.kind] -= 1
                yield household, member


def is_fresh(title: Title, household: Household, member: Member, watched: set[UUID]) -> bool:
    return title.open_to(household.country, member.maximum_age, NOON) and title.id not in watched


def best_of(fresh: Sequence[int], titles: Sequence[Title], taste: Vector) -> set[UUID]:
    """The titles that the taste likes most."""
    return {titles[n].id for n in sorted(fresh, key=lambda n: (-taste[n], titles[n].id))[:LENGTH]}


def recall(found: Sequence[UUID], wanted: set[UUID]) -> float:
    return len(wanted.intersection(found)) / min(LENGTH, len(wanted))
