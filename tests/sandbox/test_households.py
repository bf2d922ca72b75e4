"""The simulator: one seed, one history; tastes show in what is watched, and nobody watches what is closed to them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5

import numpy as np
import pytest

from models.catalog import TitleKind
from models.identity import ProfileKind
from models.viewing import Thumb
from sandbox.households import CLUSTERS, Household, Opening, Playable, Title, families, family, simulate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=400)
COUNTRIES = ("US", "GB", "DE", "AT", "ES", "FR", "MX", "CA")
SEED, COUNT = 7, 150
CLUSTER_OF = {cluster.name: cluster for cluster in CLUSTERS}
GENRES = sorted(set().union(*(cluster.genres for cluster in CLUSTERS)))


def make_title(number: int, rng: np.random.Generator) -> Title:
    """Any title: some are for adults, some open late, some closed early, some stay out of half of the countries."""
    id_ = uuid5(UUID(int=0), f"title {number}")
    series = number % 10 == 0
    episodes = tuple(Playable(uuid5(id_, str(n)), 1_500_000) for n in range(6))
    return Title(
        id=id_,
        kind=TitleKind.SERIES if series else TitleKind.MOVIE,
        genres=tuple(rng.choice(GENRES, size=2, replace=False).tolist()),
        year=int(rng.integers(1910, 2024)),
        people=frozenset(),
        popularity=float(rng.random()),
        openings=tuple(openings(number)),
        playables=episodes if series else (Playable(id_, 5_400_000),),
    )


def openings(number: int) -> list[Opening]:
    opens = NOW - timedelta(days=30) if number % 7 == 0 else LONG_AGO
    closes = NOW - timedelta(days=20) if number % 5 == 0 else None
    countries = COUNTRIES[:4] if number % 3 == 0 else COUNTRIES
    return [Opening(country, (0, 6, 12, 16, 18)[number % 5], opens, closes) for country in countries]


@pytest.fixture(scope="module")
def titles() -> dict[UUID, Title]:
    rng = np.random.default_rng(1)
    return {title.id: title for title in (make_title(number, rng) for number in range(1, 161))}


@pytest.fixture(scope="module")
def households(titles: dict[UUID, Title]) -> tuple[Household, ...]:
    return simulate(list(titles.values()), NOW, SEED, COUNT)


def test_the_same_seed_gives_the_same_data_and_another_gives_other(titles, households):
    again = simulate(list(titles.values()), NOW, SEED, COUNT)
    assert again == households
    other = simulate(list(titles.values()), NOW, SEED + 1, COUNT)
    assert [h.id for h in other] != [h.id for h in households]
    assert [m.plays for h in other for m in h.members] != [m.plays for h in households for m in h.members]


def test_who_the_households_are_depends_on_the_seed_alone(titles, households):
    later = simulate(list(titles.values())[:40], NOW + timedelta(days=3), SEED, COUNT)
    for household, same in zip(households, later, strict=True):
        empty = [replace(member, plays=(), additions=(), opinions=()) for member in household.members]
        assert [replace(member, plays=(), additions=(), opinions=()) for member in same.members] == empty
    assert family(SEED, COUNT) == list(families(SEED, COUNT))[-1]


def test_households_have_one_to_four_profiles_of_all_kinds(households):
    assert {len(household.members) for household in households} == {1, 2, 3, 4}
    assert {h.country for h in households} == set(COUNTRIES)
    ages = {kind: {m.maximum_age for h in households for m in h.members if m.kind is kind} for kind in ProfileKind}
    assert ages[ProfileKind.ADULT] == {18}
    assert max(ages[ProfileKind.KIDS]) < min(ages[ProfileKind.TEEN]) < 18
    assert all(household.members[0].kind is ProfileKind.ADULT for household in households)


def test_ids_are_unique(households):
    ids = [h.id for h in households] + [m.id for h in households for m in h.members]
    ids += [play.id for h in households for m in h.members for play in m.plays]
    assert len(ids) == len(set(ids))


def test_nobody_watches_lists_or_rates_what_was_not_open_to_them(titles, households):
    for household in households:
        for member in household.members:
            moments = [(play.title_id, play.started_at) for play in member.plays]
            moments += [(item.title_id, item.added_at) for item in member.additions]
            for title_id, at in moments:
                assert titles[title_id].open_to(household.country, member.maximum_age, at)
            assert {o.title_id for o in member.opinions} <= {play.title_id for play in member.plays}


def test_titles_that_opened_or_closed_lately_are_watched_while_they_are_open(titles, households):
    """Else the test above would not see a window at all."""
    plays = [play for h in households for m in h.members for play in m.plays]
    late = {t.id for t in titles.values() if t.openings[0].opens_at > LONG_AGO}
    early = {t.id for t in titles.values() if t.openings[0].closes_at}
    assert any(play.title_id in late for play in plays)
    assert any(play.title_id in early for play in plays)


def test_plays_lie_in_the_last_90_days_and_one_after_the_other(households):
    for member in (member for household in households for member in household.members):
        assert 15 <= len(member.plays) <= 40
        ends = [NOW - timedelta(days=90)]
        for play in member.plays:
            assert ends[-1] <= play.started_at < play.ended_at <= NOW
            ends.append(play.ended_at)


def test_series_are_watched_in_order(titles, households):
    seen = 0
    for member in (member for household in households for member in household.members):
        next_episode: Counter[UUID] = Counter()
        for play in member.plays:
            title = titles[play.title_id]
            if title.kind is TitleKind.SERIES:
                assert play.playable_id == title.playables[next_episode[title.id]].id
                next_episode[title.id] += play.finished
                seen += 1
    assert seen > 100


def test_what_is_finished_is_watched_nearly_whole_and_what_is_not_is_given_up(households):
    plays = [play for h in households for m in h.members for play in m.plays]
    assert all(play.fraction >= 0.9 for play in plays if play.finished)
    assert all(0 < play.fraction <= 0.75 for play in plays if not play.finished)
    assert 0.5 < sum(play.finished for play in plays) / len(plays) < 0.9


def test_profiles_watch_far_more_of_their_planted_genres_than_others_do(titles, households):
    for name, cluster in CLUSTER_OF.items():
        own, others = Counter[bool](), Counter[bool]()
        for member in (member for household in households for member in household.members):
            if member.kind is ProfileKind.ADULT:
                hits = (not cluster.genres.isdisjoint(titles[play.title_id].genres) for play in member.plays)
                (own if member.taste.main == name else others).update(hits)
        assert share(own) > 1.5 * share(others), name


def share(hits: Counter[bool]) -> float:
    return hits[True] / hits.total()


def test_a_few_titles_are_watched_much_more_than_most(titles, households):
    plays = Counter(play.title_id for h in households for m in h.members for play in m.plays)
    ranked = sorted((plays[id_] for id_ in titles), reverse=True)
    tenth = len(ranked) // 10
    assert sum(ranked[:tenth]) > 0.25 * sum(ranked)
    assert ranked[0] > 5 * ranked[len(ranked) // 2]


def test_thumbs_and_lists_follow_the_taste(titles, households):
    thumbs = {thumb: [] for thumb in Thumb}
    listed, all_titles = [], []
    for member in (member for household in households for member in household.members):
        cluster = CLUSTER_OF[member.taste.main]
        for opinion in member.opinions:
            thumbs[opinion.thumb].append(cluster.affinity(titles[opinion.title_id]))
        listed += [cluster.affinity(titles[item.title_id]) for item in member.additions]
        all_titles += [cluster.affinity(title) for title in titles.values()]
    assert min(len(values) for values in thumbs.values()) > 10
    assert np.mean(thumbs[Thumb.DOWN]) < np.mean(thumbs[Thumb.UP]) < np.mean(thumbs[Thumb.DOUBLE_UP])
    assert np.mean(listed) > 2 * np.mean(all_titles)


def test_nobody_watches_anything_of_an_empty_catalogue():
    assert all(not member.plays for household in simulate([], NOW, SEED, 3) for member in household.members)
