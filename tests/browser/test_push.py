"""A heartbeat on one connection is pushed to the others: over the wire, from one server to another, into GraphiQL."""

import asyncio
import json
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pytest
import websockets
from sqlalchemy import text

from oauth.authenticate import TOPIC
from runtime.settings import Settings
from tests.browser.conftest import VIEWER
from tests.browser.drive import drive
from tests.gateway.test_home import viewer_token
from tests.served import Front, served
from tests.sockets import ask_for, greet, socket_at

PATIENCE = 5.0
"""Seconds until a push that does not come fails the test."""
PUSHED_WITHIN = 1.0
MINUTE = 60_000
BEATS = range(1, 6)

CHANGED = """subscription ($after: String) { continueWatchingChanged(after: $after) { cursor kind
  item { title { id } playable { id progress { positionMs } } }
  snapshot { title { id } playable { id progress { positionMs } } } } }"""
START = """mutation ($input: StartPlaybackInput!) { answer: startPlayback(input: $input) { __typename
  ... on PlaybackSession { id } ... on PlaybackDenied { reason message } } }"""
BEAT = """mutation ($input: HeartbeatInput!) { answer: heartbeat(input: $input) {
  playable { id progress { positionMs } } userErrors { code message } } }"""
READY = """update catalog.published_playable set prefix = 'media/none', duration_ms = 6000000,
  credits_start_ms = null, max_height = 1080 where kind = 'MOVIE'"""
"""Films count as encoded, a hundred minutes long; nobody asks for their segments."""
UNBEGUN = """{ titles(filter: {kinds: [MOVIE], state: AVAILABLE}) {
  edges { node { id upNext { progress { percent } } } } } }"""

Event = dict[str, Any]


class Stream:
    """The events of one subscription, each waited for only so long."""

    def __init__(self, source: AsyncIterator[Event]) -> None:
        self.source = source

    async def next(self) -> Event:
        try:
            payload = await asyncio.wait_for(anext(self.source), PATIENCE)
        except TimeoutError:
            pytest.fail(f"Nothing was pushed within {PATIENCE:g} s.")
        assert "errors" not in payload, payload["errors"]
        event: Event = payload["data"]["continueWatchingChanged"]
        return event


class Transport(Protocol):
    """Subscribes at a front door as the bearer of a token; connected when the block begins."""

    def __call__(self, front: Front, token: str, after: str | None = None) -> AbstractAsyncContextManager[Stream]: ...


@asynccontextmanager
async def by_socket(front: Front, token: str, after: str | None = None) -> AsyncIterator[Stream]:
    """Over graphql-transport-ws, with the token in connection_init."""
    async with socket_at(front.url) as socket:
        await greet(socket, token)
        await ask_for(socket, CHANGED, after=after)
        yield Stream(payloads(socket))


async def payloads(socket: websockets.ClientConnection) -> AsyncIterator[Event]:
    async for message in socket:
        said = json.loads(message)
        if said["type"] in ("next", "error"):
            yield said["payload"] if said["type"] == "next" else {"errors": said["payload"]}


@asynccontextmanager
async def by_sse(front: Front, token: str, after: str | None = None) -> AsyncIterator[Stream]:
    """Over server-sent events, in the distinct connections mode of GraphQL over SSE."""
    asked = {"query": CHANGED, "variables": {"after": after}}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    async with front.client.stream("POST", "/graphql", json=asked, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream"), answer.status_code
        yield Stream(json.loads(line.removeprefix("data:")) async for line in answer.aiter_lines() if has_data(line))


def has_data(line: str) -> bool:
    return line.startswith("data:") and line.removeprefix("data:").strip() != ""


@dataclass
class Player:
    """Plays a film at one front door."""

    front: Front
    token: str
    film: str
    session: str = ""

    async def start(self) -> None:
        given = {"playableId": self.film, "player": "SHAKA", "idempotencyKey": "a play"}
        answer = (await self.front.data(START, self.token, input=given))["answer"]
        assert answer["__typename"] == "PlaybackSession", answer
        self.session = answer["id"]

    async def beat(self, sequence: int, minute: int) -> float:
        """Sends one heartbeat that must be acknowledged; when it was sent, by the monotonic clock."""
        sent = time.monotonic()
        given = {"sessionId": self.session, "sequence": sequence, "positionMs": minute * MINUTE, "state": "PLAYING"}
        answer = (await self.front.data(BEAT, self.token, input=given))["answer"]
        assert answer["userErrors"] == []
        assert answer["playable"]["progress"]["positionMs"] == minute * MINUTE
        return sent


@pytest.fixture
def one_address(seeded: Settings) -> Settings:
    """For two servers that viewers reach at one address, and which therefore take each other's tokens."""
    return seeded.model_copy(update={"public_url": "http://marquee.test"})


@pytest.fixture
async def elsewhere(one_address: Settings) -> AsyncIterator[Front]:
    """A server on the same database and Valkey as the player's."""
    async with served(one_address) as front:
        yield front


@pytest.fixture
async def player(one_address: Settings) -> AsyncIterator[Player]:
    """Robin, who has started a film."""
    async with served(one_address) as front:
        async with front.database.engines["catalog"].begin() as db:
            await db.execute(text(READY))
        token = await viewer_token(front, "Robin")
        film = await unwatched_film(front, token)
        player = Player(front, token, film)
        await player.start()
        yield player


async def unwatched_film(front: Front, token: str) -> str:
    """A film that the viewer has not begun."""
    films = [edge["node"] for edge in (await front.data(UNBEGUN, token))["titles"]["edges"]]
    return str(next(film["id"] for film in films if not (film["upNext"] or {}).get("progress")))


@pytest.fixture(params=[by_socket, by_sse])
def subscribe(request: pytest.FixtureRequest) -> Transport:
    transport: Transport = request.param
    return transport


def changed(event: Event, film: str) -> Event:
    """The film's entry in what was pushed: the change, or a snapshot where a busy machine lost one before it."""
    items = event["snapshot"] if event["kind"] == "SNAPSHOT" else [event["item"]]
    found: Event = next(item for item in items if item["title"]["id"] == film)
    return found


async def test_a_heartbeat_on_one_connection_is_pushed_to_another(
    player: Player, elsewhere: Front, subscribe: Transport
) -> None:
    async with subscribe(elsewhere, player.token) as stream:
        opening = await stream.next()
        assert opening["kind"] == "SNAPSHOT"
        assert player.film not in [item["title"]["id"] for item in opening["snapshot"]]
        took = []
        for number in BEATS:
            sent = await player.beat(number, 20 + number)
            event = await stream.next()
            took.append(time.monotonic() - sent)
            assert changed(event, player.film)["playable"]["progress"]["positionMs"] == (20 + number) * MINUTE
    shown = ", ".join(f"{1000 * seconds:.0f} ms" for seconds in took)
    assert statistics.median(took) < PUSHED_WITHIN, f"from heartbeat to push it took {shown}"


async def test_whoever_comes_back_with_a_cursor_is_told_what_they_missed(
    player: Player, elsewhere: Front, subscribe: Transport
) -> None:
    async with subscribe(elsewhere, player.token) as stream:
        await stream.next()
        await player.beat(1, 21)
        seen = await stream.next()
    for number in (2, 3):
        await player.beat(number, 20 + number)
    async with subscribe(elsewhere, player.token, seen["cursor"]) as stream:
        missed = [await stream.next(), await stream.next()]
        await player.beat(4, 24)
        live = await stream.next()
    assert [event["kind"] for event in (*missed, live)] == ["UPSERT"] * 3, "a replay, not a snapshot"
    cursors = [event["cursor"] for event in (seen, *missed, live)]
    assert len(set(cursors)) == len(cursors)
    assert live["item"]["playable"]["progress"]["positionMs"] == 24 * MINUTE


async def test_nobody_is_told_of_another_profile(player: Player, elsewhere: Front) -> None:
    sibling = await viewer_token(elsewhere, "Charlie")
    async with by_socket(elsewhere, sibling) as theirs, by_socket(elsewhere, player.token) as ours:
        await theirs.next()
        await ours.next()
        await player.beat(1, 30)
        assert (await ours.next())["item"]["title"]["id"] == player.film
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(theirs.source), 0.3)


async def test_a_push_appears_in_graphiql(player: Player) -> None:
    watching = asyncio.create_task(drive("live.mjs", url=player.front.url, position=str(37 * MINUTE), **VIEWER))
    await until_subscribed(player.front, watching)
    await player.beat(1, 37)
    seen = await watching
    assert seen["shown"]
    assert seen["elsewhere"] == []


async def until_subscribed(front: Front, watching: asyncio.Task[dict[str, Any]]) -> None:
    """Returns when somebody listens at the server, or when the browser has ended without doing so."""
    for _ in range(600):
        if front.resources.hub.topics.keys() - {TOPIC} or watching.done():
            return
        await asyncio.sleep(0.05)
