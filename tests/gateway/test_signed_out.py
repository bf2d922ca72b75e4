"""Who is signed out loses streams, sockets and subscriptions, and is told why; through the front door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from gateway import live
from models.columns import new_id
from models.identity import Avatar
from oauth import authenticate
from resolvers.viewing.commands import topic_of
from runtime.settings import Settings
from tests.gateway.test_edge import INIT, spoken
from tests.identity.operations import PASSWORD, SELECT, SIGN_IN, SIGN_OUT, VIEWER, sign_up
from tests.identity.test_access import signed_in
from tests.identity.test_sign_ins import REVOKE_DEVICE, REVOKE_SESSION, device_id, session_id
from tests.identity.test_staff import SUSPEND
from tests.served import Front, served
from tests.viewing.world import START, World
from tests.worker import working

TELL = "subscription ($id: ID!) { playbackCommand(sessionId: $id) { kind reason message } }"
STREAMS = "{ viewer { account { activeStreams { sessionId } } } }"


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    """The one graph, and a worker."""
    async with served(settings) as front:
        async with front.database.write("identity") as db:
            db.add(Avatar(object_key="artwork/avatars/0.webp", position=0))
        async with working(front.resources):
            yield front


class Watched:
    """Ada's household, which may stream once at a time, with its owner's browser and a TV that plays."""

    def __init__(self, front: Front) -> None:
        self.front = front

    async def begin(self) -> None:
        ada = await sign_up(self.front, country="US")
        account = ada["viewer"]["account"]
        self.account_id, profile_id = account["id"], account["profiles"][0]["id"]
        self.world = World(self.front.resources, UUID(self.account_id), UUID(profile_id))
        await self.world.entitle(self.world.account_id, streams=1)
        self.movie = await self.world.movie()
        self.owner = await self.selected(ada["accessToken"])
        given = {"email": "ada@example.org", "password": PASSWORD, "device": {"name": "The TV", "kind": "TV"}}
        self.tv = await self.selected((await self.front.data(SIGN_IN, input=given))["answer"]["accessToken"])
        started = await self.start(self.tv)
        assert started["__typename"] == "PlaybackSession", started
        self.session = started["id"]

    async def selected(self, token: str) -> str:
        answer = await self.front.data(SELECT, token, id=str(self.world.profile_id))
        return str(answer["answer"]["accessToken"])

    async def start(self, token: str) -> Any:
        given = {"playableId": str(self.movie), "idempotencyKey": str(new_id())}
        return (await self.front.data(START, token, input=given))["startPlayback"]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
        """What the TV's socket says, once it listens for orders."""
        payload = {"query": TELL, "variables": {"id": self.session}}
        hello = {**INIT, "payload": {"Authorization": f"Bearer {self.tv}"}}
        said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def read() -> None:
            async for message in spoken(self.front, hello, {"id": "1", "type": "subscribe", "payload": payload}):
                said.put_nowait(message)

        async def messages() -> AsyncIterator[dict[str, Any]]:
            while True:
                yield await asyncio.wait_for(said.get(), 5)

        reading = asyncio.create_task(read())
        heard = messages()
        assert await anext(heard) == {"type": "connection_ack"}
        async with asyncio.timeout(5):
            while topic_of(UUID(self.session)).encode() not in self.front.resources.hub.pubsub.channels:  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        try:
            yield heard
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


@pytest.fixture
async def watched(front: Front) -> Watched:
    made = Watched(front)
    await made.begin()
    return made


async def revoke_device(watched: Watched) -> None:
    own = await device_id(watched.front, watched.tv)
    assert (await watched.front.data(REVOKE_DEVICE, watched.owner, id=own))["answer"]["deletedId"] == own


async def revoke_session(watched: Watched) -> None:
    own = await session_id(watched.front, watched.tv)
    assert (await watched.front.data(REVOKE_SESSION, watched.owner, id=own))["answer"]["deletedId"] == own


async def sign_the_tv_out(watched: Watched) -> None:
    assert (await watched.front.data(SIGN_OUT, watched.tv, all=False))["answer"]["signedOut"] == 1


async def suspend(watched: Watched) -> None:
    token = await signed_in(watched.front, "support")
    given = {"id": watched.account_id, "on": True, "why": "a test"}
    assert (await watched.front.data(SUSPEND, token, **given))["answer"]["account"]["status"] == "SUSPENDED"


@pytest.mark.parametrize(
    ("act", "reason", "message"),
    [
        (revoke_device, "DEVICE_REVOKED", "Dieses Gerät wurde von deinem Haushalt abgemeldet."),
        (revoke_session, "SIGNED_OUT", "Du wurdest abgemeldet: melde dich wieder an, um weiterzuschauen."),
        (sign_the_tv_out, "SIGNED_OUT", "Du wurdest abgemeldet: melde dich wieder an, um weiterzuschauen."),
        (suspend, "ACCOUNT_SUSPENDED", "Dein Konto ist gesperrt."),
    ],
)
async def test_the_player_is_told_why_it_stops(
    watched: Watched, monkeypatch: pytest.MonkeyPatch, act: Any, reason: str, message: str
) -> None:
    monkeypatch.setattr(live, "LAST_WORD_SECONDS", 60.0)
    async with watched.listening() as heard:
        await act(watched)
        order = (await anext(heard))["payload"]["data"]["playbackCommand"]
    assert order == {"kind": "STOP", "reason": reason, "message": message}
    response = await watched.front.ask(VIEWER, watched.tv)
    assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_revoking_a_device_frees_its_slot(watched: Watched) -> None:
    assert (await watched.start(watched.owner))["reason"] == "STREAM_LIMIT"
    async with watched.listening() as heard:
        await revoke_device(watched)
        await anext(heard)
    streams = await watched.front.data(STREAMS, watched.owner)
    assert streams["viewer"]["account"]["activeStreams"] == []
    assert (await watched.start(watched.owner))["__typename"] == "PlaybackSession"


@pytest.mark.parametrize("act", [revoke_device, suspend])
async def test_sockets_are_closed_with_4401(watched: Watched, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    monkeypatch.setattr(live, "LAST_WORD_SECONDS", 0.0)
    monkeypatch.setattr(authenticate, "STANDING_SECONDS", 3600.0)
    async with watched.listening() as heard:
        await act(watched)
        async for message in heard:
            if "closed" in message:
                break
    assert message == {"closed": 4401}


@pytest.mark.parametrize("act", [revoke_device, suspend])
async def test_streams_over_sse_end(watched: Watched, monkeypatch: pytest.MonkeyPatch, act: Any) -> None:
    monkeypatch.setattr(live, "LAST_WORD_SECONDS", 0.0)
    monkeypatch.setattr(authenticate, "STANDING_SECONDS", 3600.0)
    body = {"query": "subscription { continueWatchingChanged { kind } }"}
    headers = {"accept": "text/event-stream", "authorization": f"Bearer {watched.tv}"}
    async with asyncio.timeout(10):
        async with watched.front.client.stream("POST", "/graphql", json=body, headers=headers) as answer:
            lines = answer.aiter_lines()
            async for line in lines:
                if "SNAPSHOT" in line:
                    break
            await act(watched)
            assert [line async for line in lines if "data" in line] == [], "it ends, and says nothing more"


async def test_others_stay_connected(watched: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "LAST_WORD_SECONDS", 0.0)
    async with watched.listening() as heard:
        own = await session_id(watched.front, watched.owner)
        await watched.front.data(REVOKE_SESSION, watched.owner, id=own)
        other = await signed_in(watched.front, "viewer")
        await watched.front.data(SIGN_OUT, other, all=True)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(anext(heard), 0.5)
