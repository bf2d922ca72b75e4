"""Playback through the one graph, where viewing meets identity, catalog and billing."""

from sqlalchemy import text

from tests.gateway.test_home import viewer_token
from tests.identity.operations import DEVICE
from tests.served import Front

START = """mutation ($id: ID!, $key: String!) { startPlayback(input: { playableId: $id, idempotencyKey: $key }) {
  __typename ... on PlaybackSession { id resumeAtMs manifests { protocol url } } ... on PlaybackDenied { reason } } }"""
BEAT = """mutation ($id: ID!, $n: Int!, $ms: Int!) {
  heartbeat(input: { sessionId: $id, sequence: $n, positionMs: $ms, state: PLAYING }) {
    command { kind } userErrors { code } } }"""
STOP = "mutation ($id: ID!, $ms: Int!) { stopPlayback(sessionId: $id, positionMs: $ms) { userErrors { code } } }"


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
