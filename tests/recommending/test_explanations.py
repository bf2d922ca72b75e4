"""Every piece of evidence is true of the data, and says what it is in the viewer's language."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete

from models.viewing import TrainedModel
from runtime.resources import Resources
from tests.recommending.facts import Facts, Known, facts_of
from tests.recommending.members import Viewing, everybody

MEMBERS = 400 if os.environ.get("MARQUEE_SOAK") == "1" else 9
LANGUAGES = ("en", "de", "es")
CHOOSE = "mutation ($of: [ID!]!) { chooseTasteSeeds(titleIds: $of) { userErrors { code } } }"
EXPLAINED = "node { id } explanation { text evidence { kind label weight title { id } } }"
ALIKE = f"id moreLikeThis(first: 3) {{ edges {{ {EXPLAINED} }} }}"
FIELDS = f"""home(first: 100) {{ edges {{ node {{ kind titles(first: 6) {{ edges {{ {EXPLAINED} }} }} }} }} }}
    recommendations(first: 20) {{ edges {{ {EXPLAINED.replace("id }", ALIKE + " }", 1)} }} }}"""
SAYS = {
    "WATCHED": {"en": "Because you watched {}", "de": "Weil du {} gesehen hast", "es": "Porque viste {}"},
    "LIKED": {"en": "Because you liked {}", "de": "Weil dir {} gefällt", "es": "Porque te gustó {}"},
    "LISTED": {
        "en": "Because {} is on your list", "de": "Weil {} auf deiner Liste steht", "es": "Porque {} está en tu lista"
    },
    "SEED": {"en": "Because you picked {}", "de": "Weil du {} ausgewählt hast", "es": "Porque elegiste {}"},
    "GENRE": {"en": "Because you like {}", "de": "Weil du {} magst", "es": "Porque te gusta {}"},
    "PERSON": {"en": "With {}", "de": "Mit {}", "es": "Con {}"},
    "LIKE": {"en": "More like {}", "de": "Ähnlich wie {}", "es": "Similar a {}"},
    "POPULAR": {"en": "Popular on Marquee", "de": "Beliebt bei Marquee", "es": "Popular en Marquee"},
    "POPULAR_IN": {"en": "Popular in {}", "de": "Beliebt in {}", "es": "Popular en {}"},
    "AGAIN": {"en": "You watched it before", "de": "Das hast du schon gesehen", "es": "Ya lo viste"},
}  # fmt: skip
ROUNDED = 0.0005
"""Weights have four digits."""


@dataclass(frozen=True)
class Claim:
    """What an edge says: to whom, in which language, in which list, of which title; `like` is the title it is like."""

    known: Known
    language: str
    where: str
    title: UUID
    explanation: dict[str, Any]
    like: UUID | None = None

    def says(self, what: str, *names: str) -> str:
        return SAYS[what][self.language].format(*names)


def claims_of(found: Any, known: Known, language: str) -> Iterator[Claim]:
    """All that a profile is told."""
    for row in found["home"]["edges"]:
        yield from claims_in(row["node"]["titles"], known, language, row["node"]["kind"])
    yield from claims_in(found["recommendations"], known, language, "RECOMMENDATIONS")
    for edge in found["recommendations"]["edges"]:
        about = UUID(edge["node"]["id"])
        for claim in claims_in(edge["node"]["moreLikeThis"], known, language, "ALIKE"):
            yield replace(claim, like=about)


def claims_in(titles: Any, known: Known, language: str, where: str) -> Iterator[Claim]:
    for edge in titles["edges"]:
        if edge["explanation"]:
            yield Claim(known, language, where, UUID(edge["node"]["id"]), edge["explanation"])


def check(claim: Claim, facts: Facts) -> Iterator[str]:
    """Checks all that is claimed; the reasons that were given."""
    evidence = claim.explanation["evidence"]
    weights = [one["weight"] for one in evidence]
    assert evidence, claim
    assert all(0 < weight <= 1 for weight in weights), claim
    assert all(before >= after for before, after in pairwise(weights)), claim
    assert sum(weights) <= 1 + ROUNDED, claim
    expected = evidence[0]["label"]
    if claim.like:
        expected = claim.says("LIKE", facts.name(claim.like, claim.language))
    assert claim.explanation["text"] == expected, claim
    for one in evidence:
        yield CHECKS[one["kind"]](claim, facts, one)


def check_popular(claim: Claim, facts: Facts, one: dict[str, Any]) -> str:
    popularity = facts.popularity[claim.title]
    if claim.where == "TRENDING" or one["label"] != claim.says("POPULAR"):
        assert one["weight"] == pytest.approx(popularity), claim
    assert popularity > 0, claim  # among other reasons the weight is its part of them
    assert one["title"] is None, claim
    if one["label"] == claim.says("POPULAR"):
        return "POPULAR"
    genres = facts.genres_of(claim.title, claim.language)
    assert one["label"] in {claim.says("POPULAR_IN", name) for name in genres}, claim
    return "POPULAR_IN"


def check_watched(claim: Claim, facts: Facts, one: dict[str, Any]) -> str:
    about = UUID(one["title"]["id"])
    assert about in claim.known.watched, claim
    assert about not in claim.known.refused, claim
    if claim.where == "WATCH_AGAIN":
        assert (one["label"], about) == (claim.says("AGAIN"), claim.title), claim
        return "AGAIN"
    assert one["label"] == claim.says("WATCHED", facts.name(about, claim.language)), claim
    return "WATCHED"


def check_liked(claim: Claim, facts: Facts, one: dict[str, Any]) -> str:
    """The label says how the profile let it be known: it is one that names the title."""
    about = UUID(one["title"]["id"])
    said, name = claim.known.said, facts.name(about, claim.language)
    having = {"LIKED": said["UP"] | said["DOUBLE_UP"], "LISTED": said["LISTED"], "SEED": said["SEED"]}
    [reason] = [reason for reason in having if one["label"] == claim.says(reason, name)]
    assert about in having[reason] - claim.known.refused, claim
    return reason


def check_genre(claim: Claim, facts: Facts, one: dict[str, Any]) -> str:
    template = "{}" if claim.like else SAYS["GENRE"][claim.language]
    both = common(claim, {id_: facts.genres_of(id_, claim.language) for id_ in (claim.title, *others(claim))})
    assert one["label"] in {template.format(name) for name in both}, claim
    return "GENRE"


def check_person(claim: Claim, facts: Facts, one: dict[str, Any]) -> str:
    both = common(claim, {id_: facts.people[id_] for id_ in (claim.title, *others(claim))})
    assert one["label"] in {claim.says("PERSON", name) for name in both}, claim
    return "PERSON"


def others(claim: Claim) -> set[UUID]:
    """The titles with which the one that is proposed has something in common."""
    return {claim.like} if claim.like else claim.known.liked - claim.known.refused


def common(claim: Claim, has: dict[UUID, set[str]]) -> set[str]:
    return has[claim.title] & set().union(*(has[id_] for id_ in others(claim)))


CHECKS = {
    "POPULAR": check_popular, "WATCHED": check_watched, "LIKED": check_liked, "GENRE": check_genre,
    "PERSON": check_person,
}  # fmt: skip


@pytest.mark.soak
async def test_all_evidence_is_true(resources: Resources) -> None:
    asking = [
        Viewing(resources, household, member, languages=(LANGUAGES[n % len(LANGUAGES)],))
        for n, (household, member) in enumerate(everybody(MEMBERS))
    ]
    for viewing in asking:
        seeds = [seed["id"] for seed in (await viewing.ask("{ tasteSeeds(first: 100) { id } }"))["tasteSeeds"]]
        await viewing.ask(CHOOSE, of=seeds[-2:])
    assert await reasons_given(asking) == set(SAYS) - {"LIKE", "POPULAR_IN"}


async def test_all_evidence_is_true_without_a_model(resources: Resources) -> None:
    async with resources.database.write("viewing") as db:
        await db.execute(delete(TrainedModel))
    asking = [Viewing(resources, household, member, languages=("de",)) for household, member in everybody(4)]
    assert await reasons_given(asking) == {"POPULAR", "POPULAR_IN", "GENRE", "AGAIN"}


async def reasons_given(asking: Sequence[Viewing]) -> set[str]:
    """Checks all that everybody is told; the reasons that were given."""
    facts, told = await facts_of(asking[0].resources), Counter[str]()
    for viewing in asking:
        found, known = await viewing.of_profile(FIELDS), facts.profiles[viewing.id]
        for claim in claims_of(found, known, viewing.languages[0]):
            told.update(check(claim, facts))
    print(dict(told))
    return set(told)
