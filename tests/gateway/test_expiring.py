"""A connection lasts as long as its token: a socket is warned before, and closed so that clients come back."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from gateway import live
from runtime.settings import Settings
from tests.browser.test_push import CHANGED
from tests.gateway.test_edge import INIT, spoken
from tests.gateway.test_home import viewer_token
from tests.served import Front, served

LIFETIME = 3
ASK = {"id": "1", "type": "subscribe", "payload": {"query": "{ genres { slug } }"}}
SUBSCRIBE = {"id": "1", "type": "subscribe", "payload": {"query": CHANGED}}


@pytest.fixture
async def front(seeded: Settings) -> AsyncIterator[Front]:
    async with served(seeded) as running:
        yield running


async def short_token(front: Front) -> str:
    """Robin's, which is good for a few seconds."""
    tokens = front.resources.tokens
    claims = dict(tokens.verify(await viewer_token(front, "Robin")))
    for name in ("iat", "exp", "iss", "aud"):
        del claims[name]
    return tokens.sign(claims, lifetime=LIFETIME)


async def test_a_socket_is_warned_before_its_token_expires_and_closed_then(front: Front) -> None:
    token = await short_token(front)
    expires = front.resources.tokens.verify(token)["exp"]
    said = [m async for m in spoken(front, {**INIT, "payload": {"Authorization": f"Bearer {token}"}}, SUBSCRIBE)]
    assert time.time() >= expires
    acknowledged, snapshot, warning, closed = said
    assert acknowledged == {"type": "connection_ack"}
    assert snapshot["payload"]["data"]["continueWatchingChanged"]["kind"] == "SNAPSHOT"
    assert (warning["type"], warning["payload"]["code"]) == ("ping", "TOKEN_EXPIRES")
    assert warning["payload"]["expiresAt"].startswith("20")
    assert closed == {"closed": live.EXPIRED.code} == {"closed": 4403}


async def test_a_stream_ends_with_its_token(front: Front) -> None:
    token = await short_token(front)
    expires = front.resources.tokens.verify(token)["exp"]
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {token}"}
    async with asyncio.timeout(20):
        asked = front.client.stream("POST", "/graphql", json={"query": CHANGED}, headers=headers)
        async with asked as answer:
            lines = [line async for line in answer.aiter_lines()]
    assert time.time() >= expires
    assert any("SNAPSHOT" in line for line in lines)
    assert "event: complete" not in lines, "clients take that for the end, and would not come back"


@pytest.mark.parametrize("payload", [{}, {"Authorization": "Bearer {token}"}])
async def test_others_stay(front: Front, payload: dict[str, str]) -> None:
    """Who has no token, and whose token lasts."""
    token = await viewer_token(front, "Robin")
    given = {name: value.format(token=token) for name, value in payload.items()}
    heard = spoken(front, {**INIT, "payload": given}, ASK)
    assert [(await anext(heard))["type"] for _ in range(3)] == ["connection_ack", "next", "complete"]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(anext(heard), 0.5)


async def test_a_warning_to_who_hung_up_harms_nobody() -> None:
    held = live.Live()

    async def gone() -> None:
        raise RuntimeError("the socket is closed")

    held.tell(gone())
    await asyncio.sleep(0.01)
    assert not held.telling
