"""Profiles are dealt to arms for good, as the shares say, and by each experiment anew."""

import json
from collections import Counter
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from scipy.stats import chi2_contingency, chisquare

from recommendations.experiments import (
    Experiment,
    Outcome,
    Ranking,
    arm_of,
    buckets,
    experiments_in,
    ranking_of,
    summary,
)
from runtime.settings import SettingsError

FRESH = {"name": "fresh", "arms": {"control": {"share": 1}, "lively": {"share": 1, "overrides": {"spread": 0.4}}}}
BLEND = {
    "name": "blend",
    "arms": {
        "control": {"share": 2},
        "ease": {"share": 1, "overrides": {"ease_share": 1, "calibration": 0}},
        "factors": {"share": 0.5, "overrides": {"ease_share": 0}},
    },
}
SCATTERED = [uuid5(NAMESPACE_URL, f"profile {number}") for number in range(7000)]
ASCENDING = [UUID(int=(1 << 120) + number) for number in range(7000)]


def experiment(value: dict) -> Experiment:
    return Experiment.model_validate(value)


def with_arm(**arm: object) -> list[dict]:
    return [{"name": "fresh", "arms": {"lively": {"share": 1} | arm}}]


@pytest.mark.parametrize("ids", [SCATTERED, ASCENDING], ids=["scattered", "ascending"])
@pytest.mark.parametrize("value", [FRESH, BLEND], ids=["fresh", "blend"])
def test_arms_get_their_shares(ids: list[UUID], value: dict) -> None:
    found = Counter(arm_of(experiment(value), profile_id) for profile_id in ids)
    shares = {name: arm["share"] for name, arm in value["arms"].items()}
    expected = {name: share / sum(shares.values()) * len(ids) for name, share in shares.items()}
    assert found.keys() == expected.keys()
    assert chisquare([found[name] for name in expected], list(expected.values())).pvalue > 0.001


@pytest.mark.parametrize("ids", [SCATTERED, ASCENDING], ids=["scattered", "ascending"])
def test_experiments_deal_independently(ids: list[UUID]) -> None:
    one, other = experiment(FRESH), experiment(BLEND)
    pairs = Counter((arm_of(one, profile_id), arm_of(other, profile_id)) for profile_id in ids)
    table = [[pairs[arm, further] for further in other.arms] for arm in one.arms]
    assert chi2_contingency(table).pvalue > 0.001


def test_a_profile_stays_in_its_arm_for_ever() -> None:
    # Taken down when this was written: whatever changes them moves everybody in running experiments.
    expected = [
        "blend=ease;fresh=lively",
        "blend=control;fresh=lively",
        "blend=control;fresh=lively",
        "blend=control;fresh=control",
        "blend=ease;fresh=lively",
        "blend=control;fresh=lively",
    ]
    assert [buckets(experiments_in([FRESH, BLEND]), profile_id) for profile_id in SCATTERED[:6]] == expected
    backwards = [BLEND | {"arms": dict(reversed(BLEND["arms"].items()))}, FRESH]
    assert [buckets(experiments_in(backwards), profile_id) for profile_id in SCATTERED[:6]] == expected


def test_the_very_last_profile_is_in_the_last_arm(monkeypatch: pytest.MonkeyPatch) -> None:
    class Highest:
        def __init__(self, data: bytes) -> None: ...

        def digest(self) -> bytes:
            return b"\xff" * 32

    monkeypatch.setattr("hashlib.sha256", Highest)
    assert arm_of(experiment(BLEND), SCATTERED[0]) == "factors"


def test_an_experiment_of_one_arm_and_none_at_all() -> None:
    only = experiments_in(with_arm())
    assert {buckets(only, profile_id) for profile_id in SCATTERED[:50]} == {"fresh=lively"}
    assert buckets((), SCATTERED[0]) == ""
    assert ranking_of((), SCATTERED[0]) == Ranking()


def test_the_ranking_is_what_the_arms_say() -> None:
    experiments = experiments_in(json.loads(json.dumps([FRESH, BLEND])))
    expected = {
        "blend=control;fresh=control": Ranking(),
        "blend=control;fresh=lively": Ranking(spread=0.4),
        "blend=ease;fresh=control": Ranking(ease_share=1, calibration=0),
        "blend=ease;fresh=lively": Ranking(ease_share=1, calibration=0, spread=0.4),
        "blend=factors;fresh=control": Ranking(ease_share=0),
        "blend=factors;fresh=lively": Ranking(ease_share=0, spread=0.4),
    }
    found = {buckets(experiments, profile_id): ranking_of(experiments, profile_id) for profile_id in SCATTERED[:200]}
    assert found == expected
    assert Ranking() == Ranking(calibration=0.25, spread=0.15, passed_over=0.1, ease_share=None)


def test_an_override_with_none_is_one() -> None:
    experiments = experiments_in(with_arm(overrides={"ease_share": None}))
    assert experiments[0].fields == {"ease_share"}
    assert ranking_of(experiments, SCATTERED[0]) == Ranking()


WRONG: list[tuple[object, str]] = [
    ({}, "MARQUEE_EXPERIMENTS: "),
    ("fresh", "MARQUEE_EXPERIMENTS: "),
    ([FRESH | {"name": "Fresh"}], r"MARQUEE_EXPERIMENTS\.0\.name: .*'Fresh'"),
    ([FRESH | {"name": ""}], r"MARQUEE_EXPERIMENTS\.0\.name: "),
    ([FRESH | {"name": "fresh\n"}], r"MARQUEE_EXPERIMENTS\.0\.name: "),
    ([FRESH | {"surplus": 1}], r"MARQUEE_EXPERIMENTS\.0\.surplus: "),
    ([FRESH, {"name": "other"}], r"MARQUEE_EXPERIMENTS\.1\.arms: Field required"),
    ([FRESH | {"arms": {}}], r"MARQUEE_EXPERIMENTS\.0\.arms: "),
    ([FRESH | {"arms": {"a=b": {"share": 1}}}], r"MARQUEE_EXPERIMENTS\.0\.arms\.a=b"),
    (with_arm(share=0), r"MARQUEE_EXPERIMENTS\.0\.arms\.lively\.share: .*greater than 0"),
    (with_arm(share=-1), r"\.arms\.lively\.share: "),
    (with_arm(share=float("inf")), r"\.arms\.lively\.share: "),
    (with_arm(share=float("nan")), r"\.arms\.lively\.share: "),
    (with_arm(surplus=1), r"\.arms\.lively\.surplus: "),
    (with_arm(overrides={"sprad": 1}), r"\.arms\.lively\.overrides\.sprad: "),
    (with_arm(overrides={"spread": -0.1}), r"\.arms\.lively\.overrides\.spread: "),
    (with_arm(overrides={"spread": None}), r"\.arms\.lively\.overrides\.spread: "),
    (with_arm(overrides={"calibration": 1.5}), r"\.overrides\.calibration: "),
    (with_arm(overrides={"passed_over": "much"}), r"\.overrides\.passed_over: "),
    (with_arm(overrides={"ease_share": 2}), r"\.overrides\.ease_share"),
    ([FRESH, FRESH], "two experiments have the name 'fresh'"),
    ([FRESH, FRESH | {"name": "other"}], "fresh and other both override spread"),
]


@pytest.mark.parametrize("number", range(len(WRONG)))
def test_a_wrong_setting_names_the_field(number: int) -> None:
    setting, complaint = WRONG[number]
    with pytest.raises(SettingsError, match=complaint) as caught:
        experiments_in(setting)
    assert str(caught.value).startswith("MARQUEE_EXPERIMENTS")


def test_a_summary_adds_up_each_arm() -> None:
    found = summary(
        [
            Outcome("blend=control;fresh=lively", 60, 6),
            Outcome("blend=ease;fresh=lively", 40, 4),
            Outcome("fresh=control", 10, 0),
            Outcome("fresh=idle", 0, 0),
            Outcome("", 1000, 1000),
        ]
    )
    counts = [(arm.experiment, arm.arm, arm.impressions, arm.plays, arm.rate) for arm in found]
    assert counts == [
        ("blend", "control", 60, 6, 0.1),
        ("blend", "ease", 40, 4, 0.1),
        ("fresh", "control", 10, 0, 0.0),
        ("fresh", "lively", 100, 10, 0.1),
    ]


@pytest.mark.parametrize(
    ("plays", "impressions", "low", "high"),
    # The first four are those of Newcombe (1998), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_the_interval_is_wilsons(plays: int, impressions: int, low: float, high: float) -> None:
    [arm] = summary([Outcome("fresh=lively", impressions, plays)])
    assert (arm.low, arm.high) == pytest.approx((low, high), abs=0.00005)


def test_what_cannot_have_been_shown_is_refused() -> None:
    for wrong in ("fresh", "=lively", "fresh="):
        with pytest.raises(ValueError, match=wrong):
            summary([Outcome(wrong, 1, 0)])
    with pytest.raises(ValueError, match="k"):
        summary([Outcome("fresh=lively", 1, 2)])
