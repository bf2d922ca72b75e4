"""A reader whose socket drops again and again misses no change and is told of none twice."""

import asyncio
import os
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest

from resolvers.viewing.changes import item_id, topic_of
from runtime.events import KEPT, kind_of
from tests.browser.test_push import UNBEGUN, Player
from tests.push.reader import ITEM, Event, Reader, reading, revision, settle
from tests.push.viewer import Viewer
from tests.push.wire import wired
from tests.served import Front

DROPS = 50 if os.environ.get("MARQUEE_SOAK") == "1" else 10
SEED = 20
CONNECTED, AWAY = 6, 14
"""At most so many changes with the reader there, and without it; together fewer than a reader may be behind."""
WITHIN_SECONDS = 0.06
"""A drop comes at a random moment of so long, in which a few changes are made."""

LIST = f"""{{ viewer {{ profile {{ id continueWatching(first: 100) {{ edges {{ node {{ {ITEM} }} }} }} }} }} }}"""


@pytest.fixture
async def viewer(player: Player) -> Viewer:
    """Robin, at two films that nobody has begun."""
    found = [edge["node"] for edge in (await player.front.data(UNBEGUN, player.token))["titles"]["edges"]]
    films = [film["id"] for film in found if not (film["upNext"] or {}).get("progress")]
    return Viewer(player.front, player.token, films[:2], Random(SEED), {player.film: player.session})


async def listed(viewer: Viewer) -> tuple[UUID, list[dict[str, Any]]]:
    """The profile, and its list as queried."""
    profile = (await viewer.front.data(LIST, viewer.token))["viewer"]["profile"]
    return UUID(profile["id"]), [edge["node"] for edge in profile["continueWatching"]["edges"]]


async def change(viewer: Viewer, steady: Reader, times: int) -> None:
    """So many changes, each of which the steady reader has heard of on return: all are in the stream then."""
    for _ in range(times):
        reached = revision(steady.last)
        await viewer.change(1)
        await steady.reaches(reached + 1)


async def listeners(front: Front, wanted: int) -> None:
    """Returns when so many listen to lists at the server: whoever dropped must not be among them for ever."""
    topics = front.resources.hub.topics
    for _ in range(600):
        found = sum(len(queues) for topic, queues in topics.items() if kind_of(topic) == "continue")
        if found == wanted:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"{found} still listen, and not {wanted}.")


def told(events: list[Event]) -> list[tuple[int, str, str]]:
    """Of each event its revision, its kind, and the entry that it is about; a snapshot is about none."""
    entries = [event["removedId"] or (event["item"] or {}).get("id", "") for event in events]
    return [(revision(event), event["kind"], entry) for event, entry in zip(events, entries, strict=True)]


def made(viewer: Viewer, profile_id: UUID, first: int) -> list[tuple[int, str, str]]:
    """What must be told of the viewer's last changes, whose revisions go up from `first`."""
    numbered = enumerate(viewer.changes, first)
    return [(number, kind, str(item_id(profile_id, UUID(film)))) for number, (kind, film) in numbered]


def folded(events: list[Event]) -> dict[str, Any]:
    """The list, by the entries' ids, as a client makes it of what it was told."""
    entries: dict[str, Any] = {}
    for event in events:
        if event["kind"] == "SNAPSHOT":
            entries = {item["id"]: item for item in event["snapshot"]}
        elif event["kind"] == "UPSERT":
            entries[event["item"]["id"]] = event["item"]
        else:
            entries.pop(event["removedId"], None)
    return entries


@pytest.mark.soak
async def test_after_every_drop_a_cursor_brings_each_change_once(viewer: Viewer, elsewhere: Front) -> None:
    profile_id, _ = await listed(viewer)
    async with wired(elsewhere.url) as (wire, url), reading(elsewhere.url, viewer.token) as steady:
        async with reading(url, viewer.token, wire.whole) as dropped:
            await steady.until(1)
            await dropped.until(1)
            await settle(partial(viewer.change, 1), steady, dropped)
            viewer.changes.clear()
            for _ in range(DROPS):
                changing = asyncio.create_task(viewer.change(viewer.chance.randint(1, CONNECTED)))
                await asyncio.sleep(viewer.chance.uniform(0, WITHIN_SECONDS))
                wire.cut()
                await changing
                await steady.until(1 + len(viewer.changes))
                await change(viewer, steady, viewer.chance.randint(1, AWAY))
                wire.mend()
                await dropped.until(1 + len(viewer.changes))
        await listeners(elsewhere, 1)
    assert dropped.connections == 1 + DROPS
    assert told(steady.events[1:]) == made(viewer, profile_id, revision(steady.events[0]) + 1)
    assert told(dropped.events) == told(steady.events)


@pytest.mark.soak
async def test_whoever_comes_back_amid_changes_is_told_of_each_once(viewer: Viewer, elsewhere: Front) -> None:
    async with wired(elsewhere.url) as (wire, url), reading(url, viewer.token, wire.whole) as reader:
        await reader.until(1)
        for drop in range(1, 1 + DROPS):
            changing = asyncio.create_task(viewer.change(viewer.chance.randint(1, CONNECTED)))
            await asyncio.sleep(viewer.chance.uniform(0, WITHIN_SECONDS))
            wire.cut()
            wire.mend()
            await changing
            await reader.connected(1 + drop)
        profile_id, entries = await listed(viewer)
        last = revision(reader.events[0]) + len(viewer.changes)
        await reader.reaches(last)
    assert folded(reader.events) == {entry["id"]: entry for entry in entries}
    assert told(reader.events[1:]) == made(viewer, profile_id, revision(reader.events[0]) + 1)


@pytest.mark.parametrize("behind", [KEPT, KEPT + 1])
async def test_a_cursor_that_is_too_old_brings_one_snapshot(viewer: Viewer, elsewhere: Front, behind: int) -> None:
    async with reading(elsewhere.url, viewer.token) as steady:
        await steady.until(1)
        await settle(partial(viewer.change, 1), steady)
        await change(viewer, steady, behind)
        async with reading(elsewhere.url, viewer.token, after=steady.events[0]["cursor"]) as late:
            if behind <= KEPT:
                await late.until(behind)
                assert told(late.events) == told(steady.events[1:])
            else:
                await starts_anew(late, viewer)
            await settle(partial(viewer.change, 1), steady, late)
    assert told(late.events) == told(steady.events)


async def test_a_cursor_whose_stream_is_gone_brings_one_snapshot(viewer: Viewer, elsewhere: Front) -> None:
    async with reading(elsewhere.url, viewer.token) as steady:
        await steady.until(1)
        await settle(partial(viewer.change, 1), steady)
        await change(viewer, steady, 3)
        profile_id, _ = await listed(viewer)
        assert await elsewhere.resources.valkey.delete(topic_of(profile_id)) == 1
        async with reading(elsewhere.url, viewer.token, after=steady.events[1]["cursor"]) as late:
            await starts_anew(late, viewer)
            await settle(partial(viewer.change, 1), steady, late)
    assert told(late.events) == told(steady.events)


async def starts_anew(late: Reader, viewer: Viewer) -> None:
    """The reader is given one snapshot, the list as queried, and nothing besides."""
    await late.until(1)
    _, entries = await listed(viewer)
    assert [event["snapshot"] for event in late.events] == [entries]
