"""Who lives in a household: it depends on the seed and its number alone, never on the catalogue or the time."""

from collections.abc import Iterator, Mapping
from typing import TypeVar
from uuid import UUID, uuid5

import numpy as np

from models.identity import ProfileKind
from sandbox.households.records import Household, Member
from sandbox.households.tastes import draw_taste

T = TypeVar("T")

NAMESPACE = UUID("5b0a2f4e-6a0c-5d53-9d0e-2f8f6f1f7c11")
ADULT_AGE = 18

COUNTRIES = {"US": 0.38, "GB": 0.12, "DE": 0.13, "AT": 0.04, "ES": 0.09, "FR": 0.1, "MX": 0.08, "CA": 0.06}
LANGUAGES: dict[str, dict[str, float]] = {
    "US": {"en": 0.85, "es": 0.15},
    "GB": {"en": 1.0},
    "DE": {"de": 1.0},
    "AT": {"de": 1.0},
    "ES": {"es": 1.0},
    "FR": {"fr": 1.0},
    "MX": {"es": 1.0},
    "CA": {"en": 0.75, "fr": 0.25},
}
COMPOSITIONS: dict[tuple[ProfileKind, ...], float] = {
    (ProfileKind.ADULT,): 0.26,
    (ProfileKind.ADULT, ProfileKind.ADULT): 0.28,
    (ProfileKind.ADULT, ProfileKind.KIDS): 0.07,
    (ProfileKind.ADULT, ProfileKind.TEEN): 0.06,
    (ProfileKind.ADULT, ProfileKind.ADULT, ProfileKind.KIDS): 0.12,
    (ProfileKind.ADULT, ProfileKind.ADULT, ProfileKind.TEEN): 0.09,
    (ProfileKind.ADULT, ProfileKind.ADULT, ProfileKind.TEEN, ProfileKind.KIDS): 0.08,
    (ProfileKind.ADULT, ProfileKind.ADULT, ProfileKind.KIDS, ProfileKind.KIDS): 0.04,
}
MAXIMUM_AGES = {ProfileKind.ADULT: (ADULT_AGE,), ProfileKind.TEEN: (12, 13, 14, 15), ProfileKind.KIDS: (6, 8, 9, 10)}
NAMES = {
    "en": "Alice Amir Beth Callum Chloe Daniel Ella Frank Grace Hannah Isaac Jade Kofi Liam Maya Noah Olive Priya Sam",
    "de": "Anna Ben Clara David Emil Frieda Greta Hannes Ida Jonas Klara Leon Mia Nils Paula Ruth Selma Theo Uwe Yusuf",
    "es": "Alba Bruno Carmen Diego Elena Fermín Gema Hugo Irene Javier Lucía Mateo Nora Óscar Pilar Rosa Sofía Vera",
    "fr": "Adèle Basile Chloé Denis Élise Fanny Gabin Hélène Inès Jules Karim Léa Manon Noé Odile Paul Rose Simon Théo",
}


def families(seed: int, count: int) -> Iterator[Household]:
    """The first `count` households of a seed, who have not watched anything yet."""
    return (family(seed, number) for number in range(1, count + 1))


def family(seed: int, number: int) -> Household:
    """One of a seed's households; numbers run from 1."""
    rng = np.random.default_rng([seed, number])
    id_ = uuid5(NAMESPACE, f"{seed}:{number}")
    country = draw(rng, COUNTRIES)
    language = draw(rng, LANGUAGES[country])
    return Household(id_, number, country, language, tuple(members(rng, id_, language)))


def members(rng: np.random.Generator, household: UUID, language: str) -> Iterator[Member]:
    kinds = draw(rng, COMPOSITIONS)
    names = rng.choice(NAMES[language].split(), size=len(kinds), replace=False)
    for position, (kind, name) in enumerate(zip(kinds, names, strict=True)):
        age = int(rng.choice(MAXIMUM_AGES[kind]))
        yield Member(uuid5(household, str(position)), str(name), kind, age, draw_taste(rng, kind))


def draw(rng: np.random.Generator, shares: Mapping[T, float]) -> T:
    """One of the keys, as often as its value says; the values sum to 1."""
    return list(shares)[rng.choice(len(shares), p=list(shares.values()))]
