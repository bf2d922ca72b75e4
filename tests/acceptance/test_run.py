"""`marquee run` from an empty folder: queries before films, kill -9 of every part, a quick second start, Ctrl-C.

The first start takes most of a minute, so the tests share one installation; each starts it if it does not run.
"""

import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urljoin

import httpx2
import psutil
import pytest

from server.seed import ACCOUNTS
from tests.acceptance.installation import Installation, installed, survivors
from tests.identity.operations import DEVICE, SELECT, SIGN_IN

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
ROUNDS = 5 if SOAK else 1
FILMS = 4
ENCODED_WITHIN = 300.0
INSTANTS = (2.0, 5.0, 9.0, 14.0, 20.0, 30.0)
"""Seconds into a first start at which it is killed."""
MAY_END = {
    "server": {"server"},
    "worker": {"worker"},
    "postgres": {"postgres", "worker"},  # the queue's connection is the worker's life; it is started again
    "valkey": {"valkey"},
}
"""Which processes may be others after a kill."""
STATES = "select status::text, coalesce(stage::text, '') from catalog.media_asset"
TRANSCODING = ("PROCESSING", "TRANSCODE")
WHOLE = """select (select count(*) from catalog.title), (select count(*) from identity.account),
  (select count(*) from billing.entitlement), (select count(*) from viewing.progress),
  (select count(*) from catalog.media_asset)"""
OF_ANY_DAY = WHOLE.replace("count(*) from viewing.progress", "count(distinct profile_id) from viewing.progress")
"""The same in every installation: what the simulated households watched ends at the instant of seeding."""
START = """mutation ($input: StartPlaybackInput!) { answer: startPlayback(input: $input) { __typename
  ... on PlaybackSession { manifests { protocol url } } ... on PlaybackDenied { reason message } } }"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with installed(tmp_path_factory.mktemp("run") / "data") as made:
        yield made


@pytest.fixture
def running(installation: Installation) -> Installation:
    if not installation.running:
        installation.start()
    return installation


def check_first_query(installation: Installation) -> None:
    films = installation.curl()["data"]["titles"]["edges"]
    assert len(films) == 3
    assert all(film["node"]["name"] and film["node"]["genres"] for film in films)


def test_the_banners_first_query_is_answered_while_films_are_being_encoded(installation: Installation) -> None:
    began = time.monotonic()
    served = installation.start()
    took = time.monotonic() - began
    print(f"first start: serving after {served:.1f} s, complete after {took:.1f} s")
    check_first_query(installation)
    states = [state for state, _ in installation.sql(STATES)]
    assert len(states) == FILMS
    assert set(states) <= {"QUEUED", "PROCESSING"}, "nobody waits for a film before they can ask for one"
    installation.until(lambda: f"of {FILMS} ready)" in installation.screen)
    for _, email, password in ACCOUNTS:
        assert email in installation.screen
        assert password in installation.screen


@pytest.mark.soak
@pytest.mark.parametrize("victim", ["server", "worker", "postgres", "valkey"])
def test_a_part_that_is_killed_is_started_again_alone(running: Installation, victim: str) -> None:
    for _ in range(ROUNDS):
        running.until(lambda: len(running.parts()) == 4)
        before = running.parts()
        family = [before[victim], *before[victim].children(recursive=True)]
        began = time.monotonic()
        before[victim].kill()
        until_replaced(running, victim, before[victim])
        running.until(running.well)
        print(f"{victim}: well again after {time.monotonic() - began:.1f} s")
        check_first_query(running)
        assert survivors(family) == []
        now = running.parts()
        assert [name for name in before.keys() - MAY_END[victim] if now.get(name) != before[name]] == []
    assert f"{victim} ended" in running.screen.lower(), "and it is said"


def until_replaced(installation: Installation, name: str, old: psutil.Process) -> None:
    installation.until(lambda: installation.parts().get(name, old) != old)


@pytest.mark.soak
def test_after_kill_9_of_the_whole_the_next_start_repairs_it(running: Installation) -> None:
    for _ in range(ROUNDS):
        stored = running.sql(WHOLE)
        before = running.everything()
        assert len(before) > 4
        running.kill()
        print(f"after kill -9: serving after {running.start():.1f} s")
        assert survivors(before) == [], "what the killed one left is stopped"
        assert running.sql(WHOLE) == stored
        check_first_query(running)


def test_ctrl_c_stops_everything_and_a_second_start_serves_soon(running: Installation) -> None:
    before = running.everything()
    assert running.press_ctrl_c() == 0
    assert running.screen.endswith("Stopped.\n")
    assert survivors(before, within=0) == []
    assert running.everything() == []
    assert not {"services.json", "processes.json"} & {file.name for file in running.data.iterdir()}
    print(f"second start: serving after {running.start():.1f} s")
    check_first_query(running)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="MARQUEE_SOAK=1 kills first starts at several instants, for minutes")
def test_a_first_start_that_is_killed_again_and_again_is_completed_by_the_last(
    running: Installation, tmp_path: Path
) -> None:
    with installed(tmp_path / "data") as other:
        for instant in INSTANTS:
            other.launch()
            time.sleep(instant)
            other.kill()
        other.start()
        check_first_query(other)
        assert other.sql(OF_ANY_DAY) == running.sql(OF_ANY_DAY)


@pytest.mark.soak
@pytest.mark.skipif(not SOAK, reason="MARQUEE_SOAK=1 waits until every film is encoded, for minutes")
def test_every_film_is_encoded_in_the_end_and_plays(running: Installation) -> None:
    until_encoded(running)
    manifests = {manifest["protocol"]: manifest["url"] for manifest in start_playback(running)}
    assert "<MPD" in fetched(manifests["DASH"]).text
    variant = addresses(manifests["HLS"])[0]
    playlist = fetched(variant).text
    beginning = playlist.split('#EXT-X-MAP:URI="')[1].split('"')[0]
    assert b"ftyp" in fetched(urljoin(variant, beginning)).content[:64]
    segments = addresses(variant)
    assert len(segments) > 2
    assert b"moof" in fetched(segments[0]).content[:4096]


def until_encoded(installation: Installation) -> None:
    installation.until(lambda: {state for state, _ in installation.sql(STATES)} == {"READY"}, ENCODED_WITHIN)


@pytest.mark.soak
@pytest.mark.skipif(
    not SOAK, reason="MARQUEE_SOAK=1 kills Postgres and the worker while films are encoded, for minutes"
)
def test_every_film_is_encoded_whatever_was_killed_meanwhile(tmp_path: Path) -> None:
    with installed(tmp_path / "data") as fresh:
        fresh.start()
        for victim, ready in (("postgres", 0), ("worker", 1), ("postgres", FILMS - 1)):
            fresh.until(partial(transcoding, fresh, ready), ENCODED_WITHIN)
            time.sleep(1.5)  # so that its progress is being written
            old = fresh.parts()[victim]
            old.kill()
            until_replaced(fresh, victim, old)
            fresh.until(fresh.well)
        until_encoded(fresh)


def transcoding(installation: Installation, ready: int) -> bool:
    """Whether a film is being encoded and at least so many are done; the last one has no other job behind it."""
    found = installation.sql(STATES)
    return TRANSCODING in found and [state for state, _ in found].count("READY") >= ready


def start_playback(installation: Installation) -> list[dict[str, str]]:
    """The manifests of the film that the banner names, for the viewer that it names."""
    slug = installation.screen.split("/watch/")[1].split()[0]
    _, email, password = ACCOUNTS[0]
    given = {"email": email, "password": password, "device": DEVICE}
    signed_in = installation.ask(SIGN_IN, input=given)["answer"]
    profile = signed_in["viewer"]["account"]["profiles"][0]["id"]
    token = installation.ask(SELECT, signed_in["accessToken"], id=profile)["answer"]["accessToken"]
    film = installation.ask("query ($slug: String!) { title(slug: $slug) { id } }", token, slug=slug)["title"]["id"]
    wanted = {"playableId": film, "player": "SHAKA", "idempotencyKey": "a play"}
    answer = installation.ask(START, token, input=wanted)["answer"]
    assert answer["__typename"] == "PlaybackSession", answer
    manifests: list[dict[str, str]] = answer["manifests"]
    return manifests


def addresses(playlist: str) -> list[str]:
    """What an HLS playlist lists, as absolute addresses (RFC 8216)."""
    lines = fetched(playlist).text.splitlines()
    return [urljoin(playlist, line) for line in lines if line and not line.startswith("#")]


def fetched(url: str) -> httpx2.Response:
    answer = httpx2.get(url, trust_env=False)
    assert answer.status_code == 200, f"{answer.status_code} for {url}"
    return answer
