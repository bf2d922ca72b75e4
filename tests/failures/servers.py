"""Servers as installations run them: a process each on a port of its own, which a test may kill and start again."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, STDOUT, Process
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from runtime.settings import Settings
from server.embedded.launch import dying_with_parent
from server.embedded.ports import free_port
from server.run.environment import environment_of
from tests.server.programs import ROOT

PUBLIC_URL = "http://marquee.test"
"""Where viewers reach all of the servers, which therefore take each other's tokens."""
STARTS_WITHIN = 120.0
PATIENCE = 60.0
"""Seconds until a request that is not answered fails the test."""


@dataclass
class Door:
    """A server's front door, and a client for it."""

    url: str
    client: httpx2.AsyncClient

    async def post(self, query: str, token: str | None, variables: dict[str, Any]) -> httpx2.Response:
        """What HTTP answers to an operation."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        return await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The whole GraphQL response of an operation sent by POST."""
        response: dict[str, Any] = (await self.post(query, token, variables)).json()
        return response

    async def data(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The `data` of an operation that must not have errors."""
        response = await self.ask(query, token, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]


class Server:
    """`marquee serve` in a process of its own. `door` stays the same when it is started again."""

    def __init__(self, settings: Settings, client: httpx2.AsyncClient, port: int) -> None:
        self.settings = settings
        self.port = port
        self.door = Door(str(client.base_url).rstrip("/"), client)
        self.log = settings.data / f"server-{port}.log"
        self.process: Process | None = None

    async def start(self) -> None:
        """Returns when it answers."""
        command = dying_with_parent([sys.executable, "-m", "server.main", "serve"], "KILL")
        environment = environment_of(self.settings) | {
            "MARQUEE_PORT": str(self.port),
            "MARQUEE_PUBLIC_URL": self.settings.public_url,
        }
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, env=environment, stdin=DEVNULL, stdout=log, stderr=STDOUT
            )
        async with asyncio.timeout(STARTS_WITHIN):
            while not await self.answers():
                assert self.process.returncode is None, self.log.read_text()
                await asyncio.sleep(0.05)

    async def answers(self) -> bool:
        try:
            return (await self.door.client.get("/health/live")).status_code == 200
        except httpx2.TransportError:
            return False

    async def kill(self) -> None:
        """SIGKILL; returns when the process is gone, with all of its connections."""
        if self.process is not None:
            if self.process.returncode is None:
                self.process.kill()
            await self.process.wait()

    async def terminate(self, within: float) -> int:
        """SIGTERM; the exit code. TimeoutError where it takes longer than `within` seconds."""
        assert self.process is not None
        self.process.terminate()
        return await asyncio.wait_for(self.process.wait(), within)


@asynccontextmanager
async def running(settings: Settings, count: int) -> AsyncIterator[list[Server]]:
    """Servers on one installation, killed at the end of the block."""
    async with AsyncExitStack() as stack:
        servers = []
        for _ in range(count):
            port = free_port()
            client = await stack.enter_async_context(client_of(port))
            servers.append(Server(settings, client, port))
            stack.push_async_callback(servers[-1].kill)
        await asyncio.gather(*(server.start() for server in servers))
        yield servers


def client_of(port: int) -> httpx2.AsyncClient:
    """A client that opens as many connections as there are requests at once."""
    limits = httpx2.Limits(max_connections=None, max_keepalive_connections=50)
    address = f"http://127.0.0.1:{port}"
    return httpx2.AsyncClient(base_url=address, trust_env=False, timeout=PATIENCE, limits=limits)
