"""The application served on a port of its own, and clients for its front door."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import httpx2
import uvicorn

from runtime.database import Database
from runtime.resources import Resources
from runtime.settings import Settings, Subgraph
from server.app import create_app
from server.embedded.ports import free_port


@dataclass
class Front:
    """A running application: its address, a client for it, the resources that it holds, and every database."""

    url: str
    client: httpx2.AsyncClient
    resources: Resources
    database: Database

    async def ask(self, query: str, token: str | None = None, **variables: Any) -> dict[str, Any]:
        """The whole GraphQL response of an operation sent by POST."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = await self.client.post("/graphql", json=body, headers=headers)
        response: dict[str, Any] = answer.json()
        return response

    async def data(self, query: str, token: str | None = None, **variables: Any) -> Any:
        """The `data` of an operation that must not have errors."""
        response = await self.ask(query, token, **variables)
        assert "errors" not in response, response["errors"]
        return response["data"]


@asynccontextmanager
async def served(settings: Settings, subgraph: Subgraph | None = None) -> AsyncIterator[Front]:
    """The application on a free port of 127.0.0.1, stopped at the end."""
    port = free_port()
    app = create_app(settings.model_copy(update={"port": port}), subgraph)
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=port,
        log_config=None,
        access_log=False,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]  # signals are for pytest
    serving = asyncio.create_task(server.serve())
    database = Database.connect(settings)
    try:
        while not server.started:
            assert not serving.done(), "the server did not start"
            await asyncio.sleep(0.01)
        url = f"http://127.0.0.1:{port}"
        async with httpx2.AsyncClient(base_url=url, trust_env=False, timeout=30) as client:
            yield Front(url, client, app.state.resources, database)
    finally:
        await database.close()
        server.should_exit = True
        await serving
