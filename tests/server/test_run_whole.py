"""`marquee run` as its user sees it: it starts, serves, survives kill -9 of everything, and stops without a trace."""

import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import psutil
import pytest

from server.processes import stop_leftovers
from server.run.banner import FIRST_QUERY
from server.seed import ACCOUNTS
from tests.identity.operations import DEVICE, SELECT, SIGN_IN
from tests.server.installation import Installation, gone

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
ROUNDS = 5 if SOAK else 1
FILMS = 4 if SOAK else 1
TITLES = "{ titles(first: 24, filter: { kinds: [MOVIE], state: AVAILABLE }) { edges { node { id } } } }"
START = """mutation ($id: ID!, $key: String!) { startPlayback(input: { playableId: $id, idempotencyKey: $key }) {
  ... on PlaybackSession { id manifests { protocol url } } ... on PlaybackDenied { reason } } }"""
STOP = "mutation ($id: ID!) { stopPlayback(sessionId: $id, positionMs: 0) { userErrors { code } } }"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all tests of this file, which go on where the one before stopped: a first start takes half a minute."""
    data = tmp_path_factory.mktemp("installation") / "data"
    with ExitStack() as stack:
        yield Installation(data, stack)
    # What `marquee run` started dies with it; what ignores that is found as the next start would find it.
    stop_leftovers(data / "processes.json", 5.0)


@pytest.fixture
def visitor(installation: Installation) -> Iterator["Visitor"]:
    """Somebody who asks an installation that runs."""
    installation.ensure_started()
    with httpx2.Client(base_url=f"http://127.0.0.1:{installation.port}", trust_env=False, timeout=30) as client:
        yield Visitor(client)


class Visitor:
    """Somebody who asks the graph over HTTP."""

    def __init__(self, client: httpx2.Client) -> None:
        self.client = client
        self.token: str | None = None

    def ask(self, query: str, **variables: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()
        assert "errors" not in answer, answer
        return answer["data"]

    def sign_in(self) -> None:
        _, email, password = ACCOUNTS[0]
        given = {"email": email, "password": password, "device": DEVICE}
        self.token = None
        signed_in = self.ask(SIGN_IN, input=given)["answer"]
        self.token = signed_in["accessToken"]
        self.token = self.ask(SELECT, id=signed_in["viewer"]["account"]["profiles"][0]["id"])["answer"]["accessToken"]

    def manifest(self, playable: str) -> str | None:
        """The HLS manifest of a film that plays by now."""
        playback = self.ask(START, id=playable, key=f"{playable}-{time.monotonic()}")["startPlayback"]
        if "reason" in playback:
            assert playback["reason"] == "NOT_READY"
            return None
        self.ask(STOP, id=playback["id"])
        return next(m["url"] for m in playback["manifests"] if m["protocol"] == "HLS")

    def first_segment(self, manifest: str) -> bytes:
        """The first segment of the first rendition, as a player would find it."""
        for _ in range(2):  # from the multivariant playlist to a media playlist, and on to its segment
            lines = self.client.get(manifest).text.splitlines()
            entry = next(line for line in lines if line and not line.startswith("#"))
            manifest = str(httpx2.URL(manifest).join(entry))
        answer = self.client.get(manifest)
        assert answer.status_code == 200
        return answer.content


def answers(visitor: Visitor) -> bool:
    try:
        return len(visitor.ask(FIRST_QUERY)["titles"]["edges"]) == 3
    except (httpx2.TransportError, AssertionError):
        return False


def alive(installation: Installation) -> set[str]:
    try:
        return {name for name, process in installation.processes().items() if process.is_running()}
    except (FileNotFoundError, ProcessLookupError, psutil.NoSuchProcess):
        return set()


@pytest.mark.soak
def test_queries_are_answered_while_the_films_are_encoded_and_then_they_play(visitor):
    visitor.sign_in()
    films = [edge["node"]["id"] for edge in visitor.ask(TITLES)["titles"]["edges"]]
    prefixes: set[str] = set()
    until = time.monotonic() + 420
    while len(prefixes) < FILMS:
        assert time.monotonic() < until, f"only {len(prefixes)} films play"
        for film in films:
            found = visitor.manifest(film)
            prefix = re.search(r"media/[^/]+", found)[0] if found else None
            if found and prefix not in prefixes:
                prefixes.add(prefix)
                assert visitor.first_segment(found)[4:8] in (b"styp", b"moof", b"sidx"), "a CMAF segment"
        visitor.sign_in()


@pytest.mark.soak
def test_whatever_is_killed_comes_back_within_the_run(installation, visitor):
    for name in ("server", "worker", "postgres", "valkey") * ROUNDS:
        installation.processes()[name].kill()
        until = time.monotonic() + 60
        while not answers(visitor) or name not in alive(installation):
            assert time.monotonic() < until, f"after kill -9 of {name} it does not come back"
            time.sleep(0.1)


def test_it_survives_kill_9_of_everything_and_stops_without_a_trace(installation, visitor):
    first = installation.ensure_started()
    assert answers(visitor)
    killed = installation.processes()
    first.kill()
    for process in killed.values():
        process.kill()
    assert gone(killed)

    second = installation.start()
    assert answers(visitor)
    running = installation.processes()
    assert set(running) == {"server", "worker", "postgres", "valkey"}

    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0
    assert second.stdout.read().endswith("Stopped.\n")
    assert gone(running)
    assert not (installation.data / "services.json").exists()
