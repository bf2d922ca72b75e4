"""Clients that people subscribe with: pushed to, back after their connection is lost, and told what they missed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

import pytest

from tests.browser.test_push import Player
from tests.push.following import PACKAGES, Followed, following
from tests.push.reader import Reader, reading, revision, settle
from tests.push.wire import Wire, wired
from tests.served import Front

AWAY = 3
"""Heartbeats that nobody hears of at once."""


class Beats:
    """The player's heartbeats, each a minute further."""

    def __init__(self, player: Player) -> None:
        self.player = player
        self.numbers = count(1)

    async def one(self) -> None:
        number = next(self.numbers)
        await self.player.beat(number, 20 + number)

    async def several(self) -> None:
        for _ in range(AWAY):
            await self.one()


@asynccontextmanager
async def beside(
    client: str, player: Player, front: Front, *, resumes: bool
) -> AsyncIterator[tuple[Wire, Reader, Followed]]:
    """The client at the end of a wire beside a reader whom nothing cuts off; both have been given the list."""
    async with (
        wired(front.url) as (wire, url),
        reading(front.url, player.token) as steady,
        following(client, url, player.token, resumes=resumes) as followed,
    ):
        await steady.until(1)
        await followed.until(1)
        yield wire, steady, followed


@pytest.mark.parametrize("client", PACKAGES)
async def test_a_client_comes_back_with_its_cursor_and_misses_nothing(
    player: Player, elsewhere: Front, client: str
) -> None:
    beats = Beats(player)
    async with beside(client, player, elsewhere, resumes=True) as (wire, steady, followed):
        assert followed.events == steady.events
        assert followed.last["kind"] == "SNAPSHOT"
        assert player.film not in [item["title"]["id"] for item in followed.last["snapshot"]]
        await settle(beats.one, steady, followed)
        wire.cut()
        await beats.several()
        await steady.until(1 + AWAY)
        wire.mend()
        await followed.until(1 + AWAY)
        await beats.one()
        for reader in (steady, followed):
            await reader.until(2 + AWAY)
    assert followed.events == steady.events
    assert [event["kind"] for event in followed.events] == ["UPSERT"] * (2 + AWAY)
    assert {event["item"]["title"]["id"] for event in followed.events} == {player.film}
    assert wire.passed == 2, "one connection, and the one it came back by"


@pytest.mark.parametrize("client", PACKAGES)
async def test_a_client_that_keeps_no_cursor_comes_back_to_a_snapshot(
    player: Player, elsewhere: Front, client: str
) -> None:
    beats = Beats(player)
    async with beside(client, player, elsewhere, resumes=False) as (wire, steady, followed):
        before = followed.last["snapshot"]
        await settle(beats.one, steady, followed)
        wire.cut()
        await beats.several()
        await steady.until(1 + AWAY)
        wire.mend()
        await followed.until(2)
        assert (followed.last["kind"], revision(followed.last)) == ("SNAPSHOT", revision(steady.last))
        assert followed.last["snapshot"] == [steady.last["item"], *before], "the list with what it missed"
        await settle(beats.one, steady, followed)
    assert followed.events == steady.events
    assert wire.passed == 2, "one connection, and the one it came back by"
