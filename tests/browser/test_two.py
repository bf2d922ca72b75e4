"""Two devices of one profile in real browsers: what the TV plays shows on the phone, which goes on where it stopped."""

import os
import statistics

import pytest

from tests.browser.conftest import SLUG, VIEWER
from tests.browser.drive import drive
from tests.browser.test_watch import continuing
from tests.served import Front

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
ROUNDS, TOLD_WITHIN_MS = (30, 1000) if SOAK else (12, 3000)  # other tests run beside
RESUMED_WITHIN = 1.0
"""Seconds between where the TV stopped and the phone's first picture."""
FILM = "query ($slug: String) { title(slug: $slug) { id } }"


@pytest.mark.soak
async def test_a_phone_follows_the_tv_and_goes_on_where_it_stopped(cinema: Front) -> None:
    film = (await cinema.data(FILM, slug=SLUG))["title"]["id"]
    seen = await drive("two.mjs", url=cinema.url, slug=SLUG, film=film, rounds=ROUNDS, **VIEWER)
    rounds, resumed, removal = seen["rounds"], seen["resumed"], seen["removal"]
    assert len(rounds) == ROUNDS
    assert p95([one["toldAt"] - one["at"] for one in rounds], "acknowledgement") < TOLD_WITHIN_MS
    p95([one["toldAt"] - one["pausedAt"] for one in rounds], "pause")
    stopped = rounds[-1]["positionMs"] / 1000
    assert abs(resumed["ms"] / 1000 - stopped) < RESUMED_WITHIN
    assert abs(resumed["beganAt"] - stopped) < RESUMED_WITHIN
    assert seen["further"]["positionMs"] > rounds[-1]["positionMs"], "the TV's row heard of the phone's place too"
    assert (removal["before"], removal["after"]) == ([True, True], [False, False])
    assert SLUG not in [entry["title"].get("slug") for entry in await continuing(cinema)]
    assert (seen["errors"], seen["reached"]) == ([], []), "pages work offline"


def p95(took: list[float], since: str) -> float:
    """Of so many milliseconds; printed with the median and the longest."""
    most = statistics.quantiles(took, n=20, method="inclusive")[-1]
    median, longest = statistics.median(took), max(took)
    print(f"the phone was told after the {since}: median {median:.0f} ms, p95 {most:.0f} ms, longest {longest:.0f} ms")
    return most
