"""Continue-watching, pushed: what one connection does, another sees without asking again."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import websockets
from sqlalchemy import text

from tests.gateway.test_home import viewer_token
from tests.identity.operations import DEVICE
from tests.served import Front

CHANGED = """subscription ($after: String) { continueWatchingChanged(after: $after) { cursor kind removedId
  snapshot { id }
  item { id title { ... on Movie { slug name } } playable { ... on Movie { progress { positionMs } } } } } }"""
START = """mutation ($id: ID!, $key: String!) { startPlayback(input: { playableId: $id, idempotencyKey: $key }) {
  __typename ... on PlaybackSession { id resumeAtMs manifests { protocol url } } ... on PlaybackDenied { reason } } }"""
BEAT = """mutation ($id: ID!, $n: Int!, $ms: Int!) {
  heartbeat(input: { sessionId: $id, sequence: $n, positionMs: $ms, state: PLAYING }) {
    command { kind } userErrors { code } } }"""
STOP = "mutation ($id: ID!, $ms: Int!) { stopPlayback(sessionId: $id, positionMs: $ms) { userErrors { code } } }"
WITHIN = 5.0
"""Generous, for busy machines; what it took stands in the assertion's message."""


class Listener:
    """A subscription over graphql-transport-ws."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self.socket = socket

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(WITHIN):
            message = json.loads(await self.socket.recv())
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        event: dict[str, Any] = message["payload"]["data"]["continueWatchingChanged"]
        return event


@asynccontextmanager
async def listening(front: Front, token: str, after: str | None = None) -> AsyncIterator[Listener]:
    url = front.url.replace("http", "ws") + "/graphql"
    protocol = websockets.Subprotocol("graphql-transport-ws")
    async with websockets.connect(url, subprotocols=[protocol], proxy=None) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        payload = {"query": CHANGED, "variables": {"after": after}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        yield Listener(socket)


async def started(platform: Front, token: str, slug: str = "the-kid") -> str:
    """A playback session of a film that plays."""
    plays = "update catalog.published_playable set prefix = 'media/x/y', duration_ms = 30000, max_height = 480"
    async with platform.database.write("catalog") as db:
        await db.execute(text(plays))
    film = (await platform.data("query ($s: String) { title(slug: $s) { id } }", token, s=slug))["title"]
    playback = (await platform.data(START, token, id=film["id"], key=slug))["startPlayback"]
    assert playback["__typename"] == "PlaybackSession", playback
    session: str = playback["id"]
    return session


async def beat(platform: Front, token: str, session: str, sequence: int, position_ms: int) -> None:
    answer = (await platform.data(BEAT, token, id=session, n=sequence, ms=position_ms))["heartbeat"]
    assert answer == {"command": None, "userErrors": []}


async def test_a_heartbeat_is_pushed_to_another_connection_within_a_second(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    async with listening(platform, await viewer_token(platform, "Robin")) as phone:
        assert (await phone.next())["kind"] == "SNAPSHOT"
        session = await started(platform, token)
        sent = time.perf_counter()
        await beat(platform, token, session, 1, 12_000)
        event = await phone.next()
        took = time.perf_counter() - sent
    assert event["kind"] == "UPSERT"
    assert event["item"]["title"]["slug"] == "the-kid"
    assert event["item"]["playable"]["progress"]["positionMs"] == 12_000
    assert took < WITHIN, f"it took {took:.3f} s"
    print(f"a heartbeat was seen on the other connection after {took * 1000:.0f} ms")


async def test_a_lost_connection_misses_nothing(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    session = await started(platform, token)
    async with listening(platform, token) as phone:
        cursor = (await phone.next())["cursor"]
    for sequence, position in enumerate((5_000, 10_000, 15_000), start=1):
        await beat(platform, token, session, sequence, position)
    await platform.data(STOP, token, id=session, ms=16_000)
    seen = []
    async with listening(platform, token, cursor) as phone:
        while not seen or seen[-1]["item"]["playable"]["progress"]["positionMs"] < 16_000:
            seen.append(await phone.next())
    assert [event["kind"] for event in seen] == ["UPSERT"] * len(seen)
    cursors = [event["cursor"] for event in seen]
    assert len(set(cursors)) == len(cursors)


async def test_events_come_over_sse_as_well(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    events: list[dict[str, Any]] = []
    async with platform.client.stream("POST", "/graphql", json={"query": CHANGED}, headers=headers) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        async with asyncio.timeout(WITHIN):
            async for line in answer.aiter_lines():
                if not line.startswith("data:") or line == "data:":
                    continue
                events.append(json.loads(line[5:])["data"]["continueWatchingChanged"])
                if len(events) == 2:
                    break
                session = await started(platform, token)
                await beat(platform, token, session, 1, 9_000)
    assert [event["kind"] for event in events] == ["SNAPSHOT", "UPSERT"]


async def test_a_household_tells_its_streams_apart_by_their_devices(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    session = await started(platform, token)
    streams = await platform.data(
        "{ viewer { account { activeStreams { sessionId profileName deviceName } } } }", token
    )
    assert streams["viewer"]["account"]["activeStreams"] == [
        {"sessionId": session, "profileName": "Robin", "deviceName": DEVICE["name"]}
    ]


async def test_the_film_stopped_in_the_middle_is_there_for_who_asks(platform: Front) -> None:
    token = await viewer_token(platform, "Robin")
    session = await started(platform, token)
    await beat(platform, token, session, 1, 8_000)
    await platform.data(STOP, token, id=session, ms=11_000)
    query = (
        "{ viewer { profile { continueWatching(first: 1) { edges { node { title { ... on Movie { slug } } } } } } } }"
    )
    edges = (await platform.data(query, token))["viewer"]["profile"]["continueWatching"]["edges"]
    assert edges[0]["node"]["title"]["slug"] == "the-kid"
