"""A reader that does not read: the server keeps a few events for it, and a snapshot in place of the others."""

import asyncio
import json
import socket
from collections import Counter

import websockets

from runtime.events import BOUND
from tests.browser.test_push import MINUTE, Player
from tests.push.reader import revision
from tests.served import Front
from tests.sockets import ask_for, greet, socket_at

SMALL = 4096
"""Bytes that the reader's end of the connection takes while nobody reads."""
BIG = " ".join(f"copy{n}: title {{ id }}" for n in range(4000))
EVENTS = 75
FIRST = 10
"""The minute, after 5 % of the film, after which the heartbeats begin: one for each minute."""
PATIENCE = 60
CHANGED = f"""subscription {{ continueWatchingChanged {{ cursor kind item {{ {BIG}
  playable {{ id progress {{ positionMs }} }} }} snapshot {{ playable {{ id progress {{ positionMs }} }} }} }} }}"""


async def connected(url: str) -> websockets.ClientConnection:
    """A socket whose reader takes as little as can be."""
    host, port = url.removeprefix("http://").split(":")
    plain = socket.socket()
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    plain.setblocking(False)
    await asyncio.get_running_loop().sock_connect(plain, (host, int(port)))
    return await socket_at(url, sock=plain, max_queue=1, compression=None)


async def test_a_slow_reader_gets_a_snapshot_for_what_it_did_not_take(player: Player, elsewhere: Front) -> None:
    async with asyncio.timeout(PATIENCE), await connected(elsewhere.url) as slow:
        await greet(slow, player.token)
        await ask_for(slow, CHANGED)
        await slow.recv()  # the snapshot; from here on nobody reads
        for number in range(1, EVENTS + 1):
            await player.beat(number, FIRST + number)
            assert all(queue.qsize() <= BOUND for queues in elsewhere.resources.hub.topics.values() for queue in queues)
        told, last, position = Counter[str](), 0, 0
        while position != (FIRST + EVENTS) * MINUTE:
            event = json.loads(await slow.recv())["payload"]["data"]["continueWatchingChanged"]
            assert event["kind"] == "SNAPSHOT" or last in (0, revision(event) - 1), "one is missing"
            told[event["kind"]] += 1
            item = event["item"] or next(i for i in event["snapshot"] if i["playable"]["id"] == player.film)
            last, position = revision(event), item["playable"]["progress"]["positionMs"]
    assert told["SNAPSHOT"] > 0, "everything was taken: the reader was not slow"
    assert told["UPSERT"] < EVENTS
