"""Waits until the server serves."""

import asyncio
import time

import httpx2

from runtime.settings import Settings
from server.processes import Child
from server.run.checks import RunError

READY_WITHIN = 60.0
CRASHES_ALLOWED = 3
POLL = 0.05


async def until_ready(settings: Settings, server: Child) -> None:
    """Returns when /health/ready answers 200. Raises RunError if the server keeps crashing or takes too long."""
    deadline = time.monotonic() + READY_WITHIN
    problem = "it does not answer"
    async with httpx2.AsyncClient(base_url=loopback(settings), trust_env=False, timeout=5) as client:
        while time.monotonic() < deadline and server.crashes < CRASHES_ALLOWED:
            try:
                answer = await client.get("/health/ready")
            except httpx2.TransportError as error:
                problem = str(error) or problem
            else:
                if answer.status_code == 200:
                    return
                problem = f"/health/ready answers {answer.status_code}: {answer.text[:200]}"
            await asyncio.sleep(POLL)
    raise RunError(
        f"The server does not become ready ({last_words(server) or problem}); its log is {server.command.log}."
    )


def loopback(settings: Settings) -> str:
    """The server's address as seen from this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104  we don't bind here
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def last_words(server: Child) -> str:
    """The last line that a crashing server logged; empty if it did not crash."""
    log = server.command.log
    if not server.crashes or log is None:
        return ""
    lines = log.read_text(errors="replace").splitlines()
    return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")
