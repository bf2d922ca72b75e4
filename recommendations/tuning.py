"""Chooses a recipe on the validation part alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from recommendations.evaluate import OURS, PART, VALIDATION, no_ids, served, trial
from recommendations.factors import Factors
from recommendations.interactions import Features, Interactions
from recommendations.metrics import Trial, measured
from recommendations.model import Recipe
from recommendations.scoring import Scorer
from recommendations.splits import Split, at_random, of_newcomers
from recommendations.training import assemble, learn

SEEDS = (1, 2, 3)
MARGIN = 0.001
"""A better score by less than this is taken for chance: the setting stays."""
FACTORS = ("seed", "components", "epochs", "steps", "max_sampled", "profile_regularisation", "feature_weight")
"""What LightFM depends on: without a change of these it isn't trained again."""
GRID: dict[str, Sequence[Any]] = {
    "epochs": (10, 15, 20),
    "profile_regularisation": (0.0, 0.001, 0.003),
    "feature_weight": (0.15, 0.3, 0.5),
    "ease_regularisation": (50.0, 100.0, 200.0, 400.0),
    "ease_dropout": (0.0, 0.5, 1.0, 2.0),
    "ease_damping": (0.0, 0.25, 0.5, 0.75),
    "ease_features": (0.0, 1.0, 3.0),
    "ease_share": (0.4, 0.5, 0.6, 0.7),
    "ease_titles": (20, 35, 60),
    "recent_share": (0.0, 0.1, 0.2, 0.4),
}
"""One setting after another, each with the best of those before it."""


@dataclass(frozen=True)
class Tried:
    setting: str
    value: Any
    score: float
    best: Recipe
    """Of all tried so far."""


@dataclass
class Part:
    """One validation part, and what LightFM has last learnt for it."""

    split: Split
    asked: Trial
    settings: tuple[Any, ...] = ()
    learned: Factors | None = field(default=None, repr=False)

    def score(self, features: Features, recipe: Recipe) -> float:
        """The mean of nDCG@10 and Recall@20 of the blend as served."""
        settings = tuple(getattr(recipe, name) for name in FACTORS)
        if self.learned is None or settings != self.settings:
            self.learned, self.settings = learn(self.split.train, features, recipe, silent), settings
        model = assemble(self.split.train, features, no_ids(features), recipe, self.learned, silent)
        found = measured(served(Scorer(model), self.split, OURS["blend as served"]), self.asked)
        return (found.ndcg + found.recall) / 2


def silent(step: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


def tune(interactions: Interactions, features: Features, recipe: Recipe) -> Iterator[Tried]:
    """What each value of each setting leads to; the last one has the recipe to use. The test part stays untouched.

    The score is the mean over several validation parts, of whole histories and of 5 titles. ValueError where there is
    too little to hold anything out.
    """
    parts = validation_parts(interactions, features)
    best, most = recipe, scored(parts, features, recipe)
    yield Tried("as it is", "", most, best)
    for setting, values in GRID.items():
        at_first = best
        for value in values:
            if value == getattr(at_first, setting):
                continue
            candidate = replace(best, **{setting: value})
            score = scored(parts, features, candidate)
            if score > most + MARGIN:
                best, most = candidate, score
            yield Tried(setting, value, score, best)


def validation_parts(interactions: Interactions, features: Features) -> list[Part]:
    rest = at_random(interactions, PART).train
    splits = [at_random(rest, VALIDATION, seed) for seed in SEEDS] + [of_newcomers(rest, PART, seed) for seed in SEEDS]
    if not all(len(split.train.weights) and len(split.test.weights) for split in splits):
        raise ValueError("There is too little to hold anything out.")
    return [Part(split, trial(split, features)) for split in splits]


def scored(parts: Sequence[Part], features: Features, recipe: Recipe) -> float:
    return sum(part.score(features, recipe) for part in parts) / len(parts)
