"""The players of `heartbeats`, in a process of their own: each on its connection, each beating again once answered."""

import asyncio
import sys
import time
from typing import TypedDict

import orjson
import uvloop

from benchmarks.load import ask, request
from benchmarks.watchers import position_of

BEAT = """mutation Heartbeat($input: HeartbeatInput!) { heartbeat(input: $input) {
  command { kind reason message } userErrors { code message path } } }"""
STORED = b'{"command":null,"userErrors":[]}'


class Orders(TypedDict):
    """What the process reads: the players are pairs of a token and a playback session; sequences go on from `after`."""

    port: int
    seconds: float
    after: int
    players: list[tuple[str, str]]


class Outcome(TypedDict):
    """What it prints: milliseconds of each heartbeat, and the highest sequence."""

    seconds: float
    latencies: list[float]
    reached: int


async def play(orders: Orders) -> Outcome:
    """The outcome of some seconds of heartbeats, which begin when everybody is connected."""
    connections = [await asyncio.open_connection("127.0.0.1", orders["port"]) for _ in orders["players"]]
    started = time.perf_counter()
    until = started + orders["seconds"]
    latencies: list[float] = []

    async def player(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, token: str, session: str) -> int:
        sequence = orders["after"]
        while (sent := time.perf_counter()) < until:
            sequence += 1
            answer = await ask(reader, writer, beat(token, session, sequence))
            latencies.append((time.perf_counter() - sent) * 1000)
            if STORED not in answer:
                raise RuntimeError(f"A heartbeat was refused: {answer.decode()}")
        writer.close()
        return sequence

    ends = await asyncio.gather(
        *(player(*connection, *known) for connection, known in zip(connections, orders["players"], strict=True))
    )
    return {"seconds": time.perf_counter() - started, "latencies": latencies, "reached": max(ends)}


def beat(token: str, session: str, sequence: int) -> bytes:
    body = b'{"query":%b,"variables":{"input":{"sessionId":"%b","sequence":%d,"positionMs":%d,"state":"PLAYING"}}}' % (
        orjson.dumps(BEAT),
        session.encode(),
        sequence,
        position_of(sequence),
    )
    return request("POST", "/graphql", body, token)


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(play(orjson.loads(sys.stdin.buffer.read())))))
