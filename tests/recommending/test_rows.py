"""The rows of a home that a model ranks."""

import os
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models.identity import ProfileKind
from resolvers.viewing.forgetting import forget_profile
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from tests.recommending.facts import Facts, facts_of
from tests.recommending.members import NOON, Viewing, everybody, ids_in, of_kind

ORDER = {
    "CONTINUE_WATCHING": "c", "MY_LIST": "l", "TOP_PICKS": "p", "BECAUSE_YOU_WATCHED": "b", "TRENDING": "t",
    "NEW_RELEASES": "n", "GENRE": "g", "WATCH_AGAIN": "a", "LEAVING_SOON": "s",
}  # fmt: skip
MEMBERS = 200 if os.environ.get("MARQUEE_SOAK") == "1" else 12
SUGGESTING = ("TOP_PICKS", "BECAUSE_YOU_WATCHED", "GENRE")
"""Rows of what the profile does not know yet."""
FOREVER = """
    with gone as (delete from catalog.published_window where opens_at > :now or closes_at <= :now),
        told as (update catalog.published_revision set revision = revision + 1)
    update catalog.published_window set closes_at = null
"""


async def homes(resources: Resources, count: int, kind: ProfileKind | None = None) -> AsyncIterator[Any]:
    """Members, and the rows of their homes."""
    for household, member in everybody(count, kind):
        viewing = Viewing(resources, household, member)
        yield viewing, await viewing.rows()


async def test_rows_stand_in_their_order_and_no_title_twice_above_the_fold(resources: Resources) -> None:
    kinds = Counter[str]()
    async for viewing, rows in homes(resources, 8):
        letters = "".join(ORDER[row["kind"]] for row in rows)
        assert re.fullmatch("c?l?pb?tnb?g+a?s?", letters), (viewing.member.name, letters)
        assert len({row["id"] for row in rows}) == len(rows)
        above = [title for row in rows[:4] for title in ids_in(row)[:6]]
        assert 12 < len(above) == len(set(above)), "few have six titles to go on with"
        assert all(len(set(ids_in(row))) == len(ids_in(row)) for row in rows)
        kinds.update(row["kind"] for row in rows)
    assert kinds.keys() == ORDER.keys()
    assert kinds["BECAUSE_YOU_WATCHED"] > 8, "some have two such rows"


async def test_homes_of_children_hold_nothing_above_their_age(resources: Resources) -> None:
    facts = await facts_of(resources)
    for kind, count in ((ProfileKind.KIDS, 6), (ProfileKind.TEEN, 2)):
        async for viewing, rows in homes(resources, count, kind):
            shown = {title for row in rows for title in ids_in(row)} | set(await viewing.suggested(100))
            ages = [facts.ages[title, viewing.household.country] for title in shown]
            assert len(ages) > 20
            assert max(ages) <= viewing.member.maximum_age


async def test_a_row_that_stems_from_a_title_names_it_and_holds_what_is_like_it(resources: Resources) -> None:
    facts, alike = await facts_of(resources), []
    async for viewing, rows in homes(resources, 8):
        known = facts.profiles[viewing.id]
        assert all((row["seed"] is None) == (row["kind"] != "BECAUSE_YOU_WATCHED") for row in rows)
        for row in of_kind(rows, "BECAUSE_YOU_WATCHED"):
            seed = UUID(row["seed"]["id"])
            assert row["heading"] == f"Because you watched {facts.name(seed, 'en')}"
            assert seed in known.watched
            assert seed not in known.refused
            assert seed not in ids_in(row)
            alike += [bool(about(facts, seed) & about(facts, title)) for title in ids_in(row)[:6]]
    assert len(alike) > 50
    assert sum(alike) > 0.8 * len(alike)


def about(facts: Facts, title: UUID) -> set[str]:
    return facts.people[title] | facts.genres_of(title, "en")


async def test_watch_again_has_what_was_finished_some_time_ago(resources: Resources) -> None:
    facts, count, earlier = await facts_of(resources), 0, NOON - timedelta(days=14)
    async for viewing, rows in homes(resources, 8):
        known = facts.profiles[viewing.id]
        finished = {id_ for id_, (share, at) in known.watched.items() if share >= 0.9 and at < earlier}
        for row in of_kind(rows, "WATCH_AGAIN"):
            assert set(ids_in(row)) <= finished - known.refused
            count += len(ids_in(row))
    assert count > 20


async def test_genres_come_by_how_much_they_are_liked(resources: Resources) -> None:
    facts = await facts_of(resources)
    [(household, member)] = everybody(1)
    await forget_profile(resources, member.id)
    viewing = Viewing(resources, household, member, languages=("de",))
    titles = [id_ for id_ in await viewing.suggested(100) if len(facts.genres[id_]) == 2]
    favourite, _ = Counter(genre for id_ in titles for genre in facts.genres[id_]).most_common(1)[0]
    liked = sorted(titles, key=lambda id_: favourite not in facts.genres[id_])[:3] + titles[-2:]
    assert (await viewing.ask(CHOOSE, of=[str(id_) for id_ in liked]))["chooseTasteSeeds"]["userErrors"] == []
    affinity = Counter(genre for id_ in liked for genre in facts.genres[id_])
    rows = of_kind(await viewing.rows(), "GENRE")
    genres = [UUID(row["id"].rpartition(":")[2]) for row in rows]
    assert len(genres) > len(affinity)
    assert affinity[genres[0]] == max(affinity.values()) > 2
    assert all(affinity[before] >= affinity[after] for before, after in pairwise(genres))
    for genre, row in zip(genres, rows, strict=True):
        assert all(facts.genres[title][genre]["de"] == row["heading"] for title in ids_in(row))


CHOOSE = "mutation ($of: [ID!]!) { chooseTasteSeeds(titleIds: $of) { userErrors { code } } }"


async def test_rows_and_their_titles_page(resources: Resources) -> None:
    [(household, member)] = everybody(1)
    viewing = Viewing(resources, household, member)
    rows = await viewing.rows(titles=100)
    page = "edges { cursor node { %s } } pageInfo { hasNextPage endCursor }"
    paged: list[str] = []
    after: str | None = None
    while True:
        given = f"home(first: 3{after or ''}) {{ {page % 'id'} }}"
        home = (await viewing.of_profile(given))["home"]
        paged += [edge["node"]["id"] for edge in home["edges"]]
        if not home["pageInfo"]["hasNextPage"]:
            break
        after = f', after: "{home["pageInfo"]["endCursor"]}"'
    assert paged == [row["id"] for row in rows]
    assert await pages_of_titles(viewing, page % "id") == ids_in(of_kind(rows, "TOP_PICKS")[0])


async def pages_of_titles(viewing: Viewing, page: str) -> list[UUID]:
    """The titles of the row of top picks, eight at a time."""
    found: list[UUID] = []
    after = ""
    while True:
        home = (
            await viewing.of_profile(f"home {{ edges {{ node {{ kind titles(first: 8{after}) {{ {page} }} }} }} }}")
        )["home"]
        [row] = of_kind([edge["node"] for edge in home["edges"]], "TOP_PICKS")
        found += ids_in(row)
        if not row["titles"]["pageInfo"]["hasNextPage"]:
            return found
        after = f', after: "{row["titles"]["pageInfo"]["endCursor"]}"'


async def test_a_home_stays_as_it_is_for_a_day(resources: Resources) -> None:
    async with resources.database.write("catalog") as db:
        await db.execute(text(FOREVER), {"now": NOON})
    for household, member in everybody(4):
        viewing = Viewing(resources, household, member)
        first, *later = [await ranked_at(viewing, NOON.replace(hour=hour)) for hour in (0, 11, 23)]
        assert later == [first, first], member.name
        tomorrow = await ranked_at(viewing, NOON + timedelta(days=1))
        picks, others = (ids_in(of_kind(rows, "TOP_PICKS")[0]) for rows in (first, tomorrow))
        assert picks != others
        assert len(set(picks) & set(others)) > len(picks) / 2, "it is no other taste"


async def ranked_at(viewing: Viewing, now: datetime) -> list[dict[str, Any]]:
    """Home, ranked anew."""
    await viewing.resources.valkey.flushdb()
    return await replace(viewing, now=now).rows()


async def test_what_is_known_or_refused_is_not_suggested(resources: Resources) -> None:
    for household, member in everybody(6):
        viewing = Viewing(resources, household, member)
        disliked, unwanted, *_ = (str(id_) for id_ in await viewing.suggested(2))
        await viewing.ask("mutation ($id: ID!) { rateTitle(titleId: $id, thumb: DOWN) { title { id } } }", id=disliked)
        await viewing.ask("mutation ($id: ID!) { notInterested(titleId: $id) { title { id } } }", id=unwanted)
        known = (await facts_of(resources)).profiles[member.id]
        rows = await viewing.rows(titles=100)
        suggested = {id_ for kind in SUGGESTING for row in of_kind(rows, kind) for id_ in ids_in(row)}
        suggested |= set(await viewing.suggested(100))
        assert len(suggested) > 20
        assert not suggested & (known.watched.keys() | known.refused)
        assert {UUID(disliked), UUID(unwanted)} <= known.refused
        shown = {id_ for row in rows if row["kind"] not in ("CONTINUE_WATCHING", "MY_LIST") for id_ in ids_in(row)}
        assert not shown & known.said["UNWANTED"]


@pytest.mark.soak
async def test_picks_have_as_much_of_each_genre_as_the_profile_likes(trained: Settings) -> None:
    none, usual, strong = [
        await distances(trained.model_copy(update={"experiments": experiments}))
        for experiments in (calibrating(0), [], calibrating(0.9))
    ]
    print(f"Distances of {MEMBERS} members' picks from what they like: {none:.2f}, {usual:.2f}, {strong:.2f}")
    assert usual < none
    assert strong < 0.8 * none


def calibrating(strength: float) -> list[dict[str, Any]]:
    """An experiment that everybody is in."""
    return [{"name": "calibration", "arms": {"all": {"share": 1, "overrides": {"calibration": strength}}}}]


async def distances(settings: Settings) -> float:
    """How far the genres of members' first 20 picks are from those of what they like: from 0 to 2 each, summed up."""
    async with open_resources(settings) as resources:
        facts, found = await facts_of(resources), []
        async for viewing, rows in homes(resources, MEMBERS, ProfileKind.ADULT):
            known = facts.profiles[viewing.id]
            picks, likes = (
                shares(facts, of) for of in (ids_in(of_kind(rows, "TOP_PICKS")[0]), known.liked - known.refused)
            )
            found.append(sum(abs(picks[genre] - likes[genre]) for genre in picks.keys() | likes.keys()))
        return sum(found)


def shares(facts: Facts, titles: Iterable[UUID]) -> Counter[UUID]:
    """The part of each genre, all of them together being 1."""
    found = Counter[UUID]()
    for title in titles:
        for genre in facts.genres[title]:
            found[genre] += 1 / len(facts.genres[title])  # type: ignore[assignment]
    total = sum(found.values())
    return Counter({genre: part / total for genre, part in found.items()})  # type: ignore[misc]
