"""Heartbeats a second by group commit, beside the same with one transaction for each heartbeat.

Twice: over HTTP and GraphQL, answered by one server process each, where what GraphQL itself costs is the same for both
and so hides some of the difference; and the store alone, called in this process as the resolver calls it.
"""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

import orjson

from benchmarks.heartbeat_load import Orders, Outcome
from benchmarks.load import Figures
from benchmarks.one_by_one import OneByOne
from benchmarks.stack import Contender, platform, running
from benchmarks.watchers import Watcher, watchers
from resolvers.viewing.beats import keep, store
from runtime.group_commit import GroupCommit
from runtime.request import Request
from runtime.resources import Resources, open_resources
from runtime.settings import Settings

ROUNDS, SECONDS, WARM_UP_SECONDS, CONNECTIONS = 3, 4.0, 2.0, (64, 512)
BASELINE, MEASURED = "one by one", "group commit"
Load = Callable[[Sequence[Watcher], int, float], Awaitable[tuple[Outcome, float]]]
"""Loads a contender for some seconds, with sequences above a number; also the seconds of CPU that it took."""


async def measure() -> None:
    """Prints heartbeats a second, CPU, p50 and p99 of both, and the ratios to one transaction each."""
    async with platform() as settings:
        async with open_resources(settings) as resources:
            players = await watchers(resources, max(CONNECTIONS))
        reached = await over_http(settings, players)
        await in_process(settings, players, reached)


async def over_http(settings: Settings, players: Sequence[Watcher]) -> int:
    async with (
        running(BASELINE, "benchmarks.one_by_one", settings) as alone,
        running(MEASURED, "server.main serve", settings) as together,
    ):
        loads = {contender.name: partial(load_server, contender) for contender in (alone, together)}
        return await compare("over HTTP and GraphQL", loads, players, 0)


async def in_process(settings: Settings, players: Sequence[Watcher], reached: int) -> None:
    async with open_resources(settings, ("viewing",)) as resources:
        stores: dict[str, Any] = {BASELINE: OneByOne, MEASURED: GroupCommit}
        loads = {name: partial(load_store, resources, kind(partial(store, resources))) for name, kind in stores.items()}
        await compare("the store alone", loads, players, reached)


async def compare(title: str, loads: Mapping[str, Load], players: Sequence[Watcher], reached: int) -> int:
    """Prints the figures, round by round in turn; the highest sequence that any player has reached."""
    for connections in CONNECTIONS:
        figures = {name: Figures() for name in loads}
        for number in range(ROUNDS + 1):
            for name, load in loads.items():
                seconds = SECONDS if number else WARM_UP_SECONDS
                outcome, cpu = await load(players[:connections], reached, seconds)
                reached = outcome["reached"]
                if number:
                    note(figures[name], outcome, cpu)
        print(f"{title}, {connections} players")
        for name, found in figures.items():
            print(line(name, found, figures[BASELINE]))
    return reached


def note(figures: Figures, outcome: Outcome, cpu: float) -> None:
    count = len(outcome["latencies"])
    figures.rates.append(count / outcome["seconds"])
    figures.cpu.append(cpu * 1000 / count)
    figures.latencies += outcome["latencies"]


def line(name: str, figures: Figures, baseline: Figures) -> str:
    """The medians of the rounds, and the ratios to the baseline: of rates and CPU round by round, of p99 over all."""
    rate = median(a / b for a, b in zip(figures.rates, baseline.rates, strict=True))
    cost = median(a / b for a, b in zip(figures.cpu, baseline.cpu, strict=True))
    p50, p99 = percentile(figures, 0.5), percentile(figures, 0.99)
    return (
        f"{name:<14}{median(figures.rates):8.1f} beats/s {median(figures.cpu):8.2f} CPU ms/beat"
        f" {p50:8.1f} ms p50 {p99:8.1f} ms p99   x{rate:.2f} rate  x{cost:.2f} CPU"
        f"  x{p99 / percentile(baseline, 0.99):.2f} p99"
    )


def percentile(figures: Figures, share: float) -> float:
    return sorted(figures.latencies)[int(len(figures.latencies) * share)]


async def load_server(
    contender: Contender, players: Sequence[Watcher], after: int, seconds: float
) -> tuple[Outcome, float]:
    """Players in a process of their own, so that they take no time from the server's loop."""
    known = [(player.token, str(player.session_id)) for player in players]
    orders: Orders = {"port": contender.port, "seconds": seconds, "after": after, "players": known}
    before = contender.cpu_seconds()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.heartbeat_load"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    answer, _ = await process.communicate(orjson.dumps(orders))
    if process.returncode:
        raise RuntimeError(f"The players of {contender.name} ended with code {process.returncode}.")
    outcome: Outcome = orjson.loads(answer)
    return outcome, contender.cpu_seconds() - before


async def load_store(
    resources: Resources, stored: object, players: Sequence[Watcher], after: int, seconds: float
) -> tuple[Outcome, float]:
    """Players that call the store as the resolver does, by `keep`, with `stored` in GroupCommit's place."""
    resources.shared[store] = stored
    started, cpu = time.perf_counter(), time.process_time()
    until, latencies = started + seconds, list[float]()

    async def play(player: Watcher) -> int:
        sequence = after
        while (sent := time.perf_counter()) < until:
            sequence += 1
            request = Request(None, "US", ("en",), datetime.now(UTC), resources)
            heard = await keep(request, player.beat(sequence))
            latencies.append((time.perf_counter() - sent) * 1000)
            if heard is None or heard.session.sequence != sequence:
                raise RuntimeError(f"A heartbeat was not stored: {heard}")
        return sequence

    reached = max(await asyncio.gather(*map(play, players)))
    outcome: Outcome = {"seconds": time.perf_counter() - started, "latencies": latencies, "reached": reached}
    return outcome, time.process_time() - cpu
