"""What an idle subscription takes, beside a WebSocket without one; and how fast the server pushes, and at what cost.

The server process under measurement only subscribes and delivers: heartbeats are stored by this process, as the product
stores them, and the subscribers are a process of their own. What it takes from a change to its receipt is counted from
when the change is committed and posted. `MARQUEE_BENCH_SOCKETS` asks for another number of sockets.
"""

import asyncio
import os
import resource
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from statistics import median
from uuid import UUID

import orjson
from sqlalchemy import text

from benchmarks.push_sockets import Orders, Received, Wait
from benchmarks.stack import Contender, platform, running
from benchmarks.watchers import Watcher, watchers
from resolvers.paging import cursor_of, keys_of
from resolvers.viewing.beats import store
from runtime.resources import Resources, open_resources
from runtime.settings import Settings

A_PROFILE = 2
"""Sockets of one profile: whoever watches has a telephone beside the television."""
PROFILES = int(os.environ.get("MARQUEE_BENCH_SOCKETS", "5000")) // A_PROFILE
SOCKETS = PROFILES * A_PROFILE
FILES, WARM_UP = 2 * SOCKETS + 500, max(SOCKETS // 25, 1)
PROFILES_A_WAVE = min(PROFILES, 100)
CHANGES, CHANGES_A_SECOND = 300, 10
IDLE_SECONDS, PATIENCE, AFTERWARDS, SETTLING_SECONDS, QUIET = 20.0, 120.0, 2.0, 300, 0.1
"""Idle for as long as it takes to ping each socket once; an event that is missing is waited for, but not for ever."""
REVISIONS = text("select profile_id, revision from viewing.profile_state")
Posted = dict[tuple[UUID, int], float]
"""When each revision of a profile was posted, by the machine's monotonic clock."""


async def measure() -> None:
    """Prints KiB of the server's memory a socket of each kind, deliveries a second and their CPU, latency, losses."""
    allow_files()
    async with platform() as settings, open_resources(settings) as resources:
        known = await watchers(resources, PROFILES)
        print(f"{SOCKETS} sockets of {PROFILES} profiles")
        bare = await opened(settings, known)
        await opened(settings, known, bare, Poster(resources, known))


def allow_files() -> None:
    """The server and the subscribers are started with this process's limit of open files."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most not in (resource.RLIM_INFINITY, -1) and most < FILES:
        raise RuntimeError(f"{SOCKETS} sockets need {FILES} open files, of which {most} are allowed: see `ulimit -Hn`.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES, most))


async def opened(
    settings: Settings, known: Sequence[Watcher], bare: float | None = None, poster: "Poster | None" = None
) -> float:
    """Bytes of a socket on a server of its own: a bare one's, or with a `poster` a subscription's, printed beside those
    of the bare one; then what deliveries to them cost."""
    name = "subscription" if poster else "bare"
    async with running(name, "server.main serve", settings) as server:
        orders: Orders = {
            "port": server.port,
            "tokens": [watcher.token for watcher in known],
            "sockets": WARM_UP,
            "subscribed": True,
        }
        async with subscribers(orders):  # warm up: plans, caches, statements, pools
            pass
        await asyncio.sleep(AFTERWARDS)
        before, spent = memory(server), server.cpu_seconds()
        async with subscribers(orders | {"sockets": SOCKETS, "subscribed": poster is not None}) as sockets:
            await settled(server)
            opening = (server.cpu_seconds() - spent) * 1000 / SOCKETS
            cpu = await idle(server)
            each = (memory(server) - before) / SOCKETS
            ratio = f"   x{each / bare:.2f} memory" if bare else ""
            costs = f"{opening:6.2f} CPU ms to open {cpu * 1000:6.1f} CPU ms/s idle"
            print(f"{name:<22}{each / 1024:7.1f} KiB a socket {costs}{ratio}")
            if poster is not None:
                await deliveries(server, sockets, poster, cpu)
        return each


def memory(server: Contender) -> int:
    """Bytes that are the process's alone."""
    return int(server.process.memory_full_info().uss)


async def settled(server: Contender) -> None:
    """Returns once the server does next to nothing: a snapshot is sent before its subscription listens."""
    for _ in range(SETTLING_SECONDS):
        before = server.cpu_seconds()
        await asyncio.sleep(1)
        if server.cpu_seconds() - before < QUIET:
            return
    raise RuntimeError(f"The server is not idle after {SETTLING_SECONDS} seconds.")


async def idle(server: Contender) -> float:
    """CPU seconds a second, while nothing is asked or changed."""
    before = server.cpu_seconds()
    await asyncio.sleep(IDLE_SECONDS)
    return (server.cpu_seconds() - before) / IDLE_SECONDS


class Sockets:
    """The process of the subscribers."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def tell(self, what: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(orjson.dumps(what) + b"\n")
        await self.process.stdin.drain()

    async def answer(self) -> bytes:
        assert self.process.stdout is not None
        if not (line := await self.process.stdout.readline()):
            raise RuntimeError(f"The subscribers ended with code {await self.process.wait()}.")
        return line

    async def received(self, events: int, seconds: float = PATIENCE) -> list[Received]:
        """What was pushed since the last call, when it is that much or the time is up."""
        wanted: Wait = {"events": events, "seconds": seconds}
        await self.tell(wanted)
        found: list[Received] = orjson.loads(await self.answer())
        return found


@asynccontextmanager
async def subscribers(orders: Orders) -> AsyncIterator[Sockets]:
    """Sockets that are all open; closed at the end of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.push_sockets"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=2**26,
    )
    sockets = Sockets(process)
    try:
        await sockets.tell(orders)
        await sockets.answer()
        yield sockets
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@dataclass
class Poster:
    """Changes the profiles' lists by heartbeats, as another process of the platform does."""

    resources: Resources
    known: Sequence[Watcher]
    revisions: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    begun: defaultdict[UUID, int] = field(default_factory=lambda: defaultdict(int))
    posted: Posted = field(default_factory=dict)

    async def begin(self) -> None:
        """Reads what revisions there are."""
        async with self.resources.database.read("viewing") as db:
            self.begun.update({row.profile_id: row.revision for row in await db.execute(REVISIONS)})
        self.revisions.update(self.begun)

    async def post(self, who: Sequence[Watcher]) -> float:
        """One change of each; when they were posted. A heartbeat's sequence rises as its profile's revision does."""
        await store(self.resources, [w.beat(self.revisions[w.profile_id] + 1) for w in who])
        at = time.monotonic()
        for watcher in who:
            self.revisions[watcher.profile_id] += 1
            self.posted[watcher.profile_id, self.revisions[watcher.profile_id]] = at
        return at

    def profile_of(self, socket: int) -> UUID:
        return self.known[socket % len(self.known)].profile_id


async def deliveries(server: Contender, sockets: Sockets, poster: Poster, idle_cpu: float) -> None:
    """Prints how many a second and their cost with a wave always under way, latency at a modest rate, and losses."""
    await poster.begin()
    modest = await at_a_modest_rate(sockets, poster)
    cpu, started, rates, waves = server.cpu_seconds(), time.monotonic(), list[float](), list[Received]()
    for first in range(0, PROFILES, PROFILES_A_WAVE):
        who = poster.known[first : first + PROFILES_A_WAVE]
        at = await poster.post(who)
        wave = await sockets.received(A_PROFILE * len(who))
        if not wave:
            raise RuntimeError(f"Nothing of a wave was pushed within {PATIENCE:g} seconds.")
        rates.append(len(wave) / (max(received[3] for received in wave) - at))
        waves += wave
    spent = server.cpu_seconds() - cpu - idle_cpu * (time.monotonic() - started)
    late = await sockets.received(1, AFTERWARDS)
    report(poster, [*modest, *waves, *late], latencies(poster, modest), rates, spent / len(waves))


async def at_a_modest_rate(sockets: Sockets, poster: Poster) -> list[Received]:
    """A change at a time, of one profile after the other."""
    for number in range(CHANGES):
        due = asyncio.create_task(asyncio.sleep(1 / CHANGES_A_SECOND))
        await poster.post([poster.known[number % PROFILES]])
        await due
    return await sockets.received(A_PROFILE * CHANGES)


def latencies(poster: Poster, received: Sequence[Received]) -> list[float]:
    """Milliseconds from post to receipt, sorted."""
    posted = {(profile, cursor_of(revision)): at for (profile, revision), at in poster.posted.items()}
    return sorted((at - posted[poster.profile_of(socket), cursor]) * 1000 for socket, _, cursor, at in received)


def report(
    poster: Poster, received: Sequence[Received], spent: Sequence[float], rates: Sequence[float], cpu: float
) -> None:
    """Prints the figures. RuntimeError where an event was lost or came again."""
    rate = f"{A_PROFILE * CHANGES_A_SECOND} a second"
    print(f"{'  in waves':<22}{median(rates):7.1f} deliveries/s {cpu * 1e6:8.0f} CPU us/delivery")
    p50, p99 = spent[len(spent) // 2], spent[int(len(spent) * 0.99)]
    print(f"{f'  at {rate}':<22}{p50:7.1f} ms p50 {p99:8.1f} ms p99 from post to receipt")
    snapshots = sum(kind == "SNAPSHOT" for _, kind, _, _ in received)
    lost, repeated = differences(poster, received)
    print(f"{'  events':<22}{len(received):7} received, {snapshots} as a snapshot, {lost} lost, {repeated} repeated")
    if lost or repeated:
        raise RuntimeError("Not every socket was told of every revision once.")


def differences(poster: Poster, received: Sequence[Received]) -> tuple[int, int]:
    """Of all sockets: revisions that neither an event nor a snapshot told them in time, and events that told nothing.

    A snapshot tells of all revisions up to its own.
    """
    came: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    for socket, kind, cursor, _ in received:
        [revision] = keys_of(cursor, int) or [0]
        came[socket].append((kind, revision))
    lost = repeated = 0
    for socket in range(SOCKETS):
        profile_id = poster.profile_of(socket)
        known = poster.begun[profile_id]
        for kind, revision in came[socket]:
            repeated += revision <= known
            lost += max(revision - known - 1, 0) if kind != "SNAPSHOT" else 0
            known = max(known, revision)
        lost += poster.revisions[profile_id] - known
    return lost, repeated
