"""Experiments with the ranking: which arm a profile is in, what that changes, and how the arms did."""

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, combinations
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from runtime.settings import SettingsError

Name = Annotated[str, Field(pattern="^[a-z0-9-]+$")]
Fraction = Annotated[float, Field(ge=0, le=1)]


class Ranking(BaseModel):
    """How a profile's rows are ranked; the defaults hold for whoever is in no experiment."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    calibration: Fraction = 0.25
    """How much a row resembles the profile's genres (Steck 2018: λ), from 0, for not at all."""
    spread: float = Field(0.15, ge=0, le=10)
    """The standard deviation of the daily noise, in those of the scores."""
    passed_over: Fraction = 0.1
    """What each impression without a play takes away, in standard deviations of the scores."""
    ease_share: Fraction | None = None
    """EASE's part of the blend; None for the recipe's."""


class Arm(BaseModel):
    """A part of the profiles, `share` of the sum of all arms' shares, and what is different for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(gt=0, allow_inf_nan=False)
    overrides: Ranking = Ranking()
    """Only what was given in it counts."""

    @property
    def changes(self) -> dict[str, Any]:
        """The overrides' values by the names of Ranking's fields."""
        return {name: getattr(self.overrides, name) for name in self.overrides.model_fields_set}


class Experiment(BaseModel):
    """Arms that profiles are dealt to by their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    arms: Mapping[Name, Arm] = Field(min_length=1)

    @property
    def fields(self) -> set[str]:
        """What of Ranking it changes in some arm."""
        return {name for arm in self.arms.values() for name in arm.changes}


@dataclass(frozen=True)
class Outcome:
    """What became of titles shown: so many impressions, in these `buckets`, and the plays that came from them."""

    buckets: str
    impressions: int
    plays: int


@dataclass(frozen=True)
class ArmSummary:
    """An arm's plays for each of its impressions, with the 95 % confidence interval of Wilson (1927)."""

    experiment: str
    arm: str
    impressions: int
    plays: int
    rate: float
    low: float
    high: float


def experiments_in(setting: object) -> tuple[Experiment, ...]:
    """The experiments that a setting's value, decoded from JSON, lists.

    Raises SettingsError, which names the field that is wrong; so are two experiments of one name, and two that change
    the same thing, neither of which could then be judged.
    """
    try:
        experiments = TypeAdapter(tuple[Experiment, ...]).validate_python(setting)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(["MARQUEE_EXPERIMENTS", *map(str, first["loc"])])
        raise SettingsError(f"{field}: {first['msg']} (it is {first['input']!r}).") from error
    for one, other in combinations(experiments, 2):
        if one.name == other.name:
            raise SettingsError(f"MARQUEE_EXPERIMENTS: two experiments have the name {one.name!r}.")
        if both := one.fields & other.fields:
            raise SettingsError(f"MARQUEE_EXPERIMENTS: {one.name} and {other.name} both override {min(both)}.")
    return experiments


def arm_of(experiment: Experiment, profile_id: UUID) -> str:
    """The arm that a profile is in: the same while names and shares are, and independent of other experiments."""
    digest = hashlib.sha256(f"{experiment.name}:{profile_id}".encode()).digest()
    names = sorted(experiment.arms)
    ends = list(accumulate(experiment.arms[name].share for name in names))
    point = int.from_bytes(digest[:8]) / 2**64 * ends[-1]
    # The highest points round up to the end of the last arm.
    return names[bisect_right(ends, point, hi=len(ends) - 1)]


def buckets(experiments: Sequence[Experiment], profile_id: UUID) -> str:
    """The profile's arms, for its events to carry: `blend=control;fresh=lively`; empty without experiments."""
    return ";".join(sorted(f"{experiment.name}={arm_of(experiment, profile_id)}" for experiment in experiments))


def ranking_of(experiments: Sequence[Experiment], profile_id: UUID) -> Ranking:
    """How this profile's rows are ranked."""
    changes: dict[str, Any] = {}
    for experiment in experiments:
        changes |= experiment.arms[arm_of(experiment, profile_id)].changes
    return Ranking(**changes)


def summary(outcomes: Iterable[Outcome]) -> list[ArmSummary]:
    """How each arm with impressions did, by experiment and arm.

    Raises ValueError for buckets that `buckets` did not make, and for more plays than impressions.
    """
    impressions: Counter[tuple[str, str]] = Counter()
    plays: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        for bucket in filter(None, outcome.buckets.split(";")):
            experiment, equals, arm = bucket.partition("=")
            if not (experiment and equals and arm):
                raise ValueError(f"There are no buckets {outcome.buckets!r}.")
            impressions[experiment, arm] += outcome.impressions
            plays[experiment, arm] += outcome.plays
    return [summary_of(*key, shown, plays[key]) for key, shown in sorted(impressions.items()) if shown]


def summary_of(experiment: str, arm: str, impressions: int, plays: int) -> ArmSummary:
    # Half a second of imports that whoever only ranks does without.
    from scipy.stats import binomtest

    interval = binomtest(plays, impressions).proportion_ci(0.95, method="wilson")
    rate = plays / impressions
    return ArmSummary(experiment, arm, impressions, plays, rate, float(interval.low), float(interval.high))
