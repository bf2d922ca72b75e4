"""Load over HTTP: a few connections, each asking again as soon as it is answered."""

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median

from benchmarks.stack import Contender


@dataclass
class Figures:
    """One contender's rounds: requests a second, and milliseconds of the server's CPU a request."""

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    latencies: list[float] = field(default_factory=list)

    def line(self, name: str, baseline: "Figures") -> str:
        """The medians, and the median of the ratios to the baseline, round by round."""
        cost = median(a / b for a, b in zip(self.cpu, baseline.cpu, strict=True))
        rate = median(a / b for a, b in zip(self.rates, baseline.rates, strict=True))
        spent = sorted(self.latencies)
        p50, p95 = spent[len(spent) // 2], spent[int(len(spent) * 0.95)]
        return (
            f"{name:<14}{median(self.rates):8.1f} req/s {median(self.cpu):8.2f} CPU ms/req"
            f" {p50:8.1f} ms p50 {p95:8.1f} ms p95   x{rate:.2f} rate  x{cost:.2f} CPU"
        )


def request(method: str, path: str, body: bytes, token: str | None = None) -> bytes:
    """An HTTP/1.1 request that keeps its connection."""
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, sent: bytes) -> bytes:
    """The body of the answer, which must be a 200."""
    writer.write(sent)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(head.decode())
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return await reader.readexactly(int(length.partition(b":")[2]))


async def once(contender: Contender, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", contender.port)
    try:
        return await ask(reader, writer, sent)
    finally:
        writer.close()


async def round_of(contender: Contender, sent: bytes, figures: Figures, seconds: float, connections: int) -> None:
    """Loads one contender for some seconds and notes the round's figures."""
    until = time.perf_counter() + seconds
    spent: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", contender.port)
        while (started := time.perf_counter()) < until:
            await ask(reader, writer, sent)
            spent.append((time.perf_counter() - started) * 1000)
        writer.close()

    before, started = contender.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(client() for _ in range(connections)))
    figures.rates.append(len(spent) / (time.perf_counter() - started))
    figures.cpu.append((contender.cpu_seconds() - before) * 1000 / len(spent))
    figures.latencies += spent
