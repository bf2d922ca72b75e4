"""Clusters of taste: genres, an era and people that go together, so that a recommender has something to find."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.identity import ProfileKind
from sandbox.households.records import Taste, Title

Vector = NDArray[np.float64]

GENRES, ERA, PEOPLE = 0.6, 0.25, 0.15
"""How much each part of a cluster counts in a title's affinity to it."""
MAIN, SIDE = 0.75, 0.25
"""A taste's weights; one in three has no second cluster."""


@dataclass(frozen=True)
class Cluster:
    """`years` are inclusive; `appeal` is how often each kind of profile has it as main taste, relative to others."""

    name: str
    genres: frozenset[str]
    years: tuple[int, int]
    people: frozenset[str] = frozenset()
    appeal: dict[ProfileKind, float] = field(default_factory=dict, hash=False)

    def affinity(self, title: Title) -> float:
        """How much the title is of this cluster, from 0 to 1."""
        shared = min(len(self.genres.intersection(title.genres)), 2) / 2
        # a title's era says little where its genres say nothing
        in_era = shared > 0 and self.years[0] <= title.year <= self.years[1]
        return GENRES * shared + ERA * in_era + PEOPLE * (not self.people.isdisjoint(title.people))


ADULT, TEEN, KIDS = ProfileKind.ADULT, ProfileKind.TEEN, ProfileKind.KIDS

CLUSTERS = (
    Cluster(
        "slapstick",
        frozenset({"comedy", "family"}),
        (1910, 1929),
        frozenset({"Charlie Chaplin", "Buster Keaton", "Harold Lloyd"}),
        {ADULT: 1.0, TEEN: 1.0, KIDS: 2.0},
    ),
    Cluster(
        "nightmares",
        frozenset({"horror", "fantasy"}),
        (1910, 1969),
        frozenset({"F. W. Murnau", "Paul Wegener", "Roger Corman", "Vincent Price"}),
        {ADULT: 1.2, TEEN: 1.2},
    ),
    Cluster(
        "noir",
        frozenset({"film-noir", "crime", "thriller"}),
        (1940, 1959),
        frozenset({"Ida Lupino", "Fritz Lang", "Edmond O'Brien"}),
        {ADULT: 1.4, TEEN: 0.8},
    ),
    Cluster(
        "melodrama",
        frozenset({"romance", "drama"}),
        (1925, 1959),
        frozenset({"Victor Sjöström", "Lillian Gish", "Gary Cooper"}),
        {ADULT: 1.2, TEEN: 0.5},
    ),
    Cluster(
        "space",
        frozenset({"science-fiction", "adventure"}),
        (1930, 1969),
        frozenset({"Buster Crabbe", "Georges Méliès"}),
        {ADULT: 1.0, TEEN: 1.4, KIDS: 0.7},
    ),
    Cluster(
        "cartoons",
        frozenset({"animation", "family"}),
        (1930, 2029),
        frozenset({"Ton Roosendaal", "Walt Disney", "Winsor McCay"}),
        {ADULT: 0.5, TEEN: 1.0, KIDS: 3.0},
    ),
    Cluster(
        "heroes",
        frozenset({"adventure", "history", "western", "war"}),
        (1915, 1969),
        frozenset({"Douglas Fairbanks", "John Wayne"}),
        {ADULT: 1.0, TEEN: 0.8, KIDS: 0.8},
    ),
    Cluster(
        "art",
        frozenset({"documentary", "avant-garde", "history"}),
        (1920, 2029),
        frozenset({"Sergei Eisenstein", "Carl Theodor Dreyer", "Grigori Aleksandrov"}),
        {ADULT: 0.7},
    ),
    Cluster(
        "songs",
        frozenset({"music", "comedy", "romance"}),
        (1930, 1959),
        frozenset({"Max Steiner", "Bing Crosby", "Fred Astaire"}),
        {ADULT: 0.8, TEEN: 0.6, KIDS: 0.5},
    ),
)


def draw_taste(rng: np.random.Generator, kind: ProfileKind) -> Taste:
    """One main cluster, mostly with a second beside it."""
    fitting = [cluster for cluster in CLUSTERS if kind in cluster.appeal]
    appeal = np.array([cluster.appeal[kind] for cluster in fitting])
    main, side = rng.choice(len(fitting), size=2, replace=False, p=appeal / appeal.sum())
    if rng.random() < 1 / 3:
        return Taste({fitting[main].name: 1.0})
    return Taste({fitting[main].name: MAIN, fitting[side].name: SIDE})


def affinities(titles: Sequence[Title]) -> NDArray[np.float64]:
    """How much each title is of each cluster: titles by clusters, from 0 to 1."""
    values = [cluster.affinity(title) for title in titles for cluster in CLUSTERS]
    return np.array(values, dtype=np.float64).reshape(len(titles), len(CLUSTERS))


def liking(taste: Taste, matrix: NDArray[np.float64]) -> Vector:
    """How much the taste is drawn to each title of an `affinities` matrix, from 0 to 1."""
    weights = np.array([taste.weights.get(cluster.name, 0.0) for cluster in CLUSTERS])
    mixed: Vector = matrix @ weights
    return mixed
