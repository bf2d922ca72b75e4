"""A client of graphql-transport-ws that has said hello and asked for one subscription."""

import json
from typing import Any

import websockets

PROTOCOL = websockets.Subprotocol("graphql-transport-ws")


def socket_at(url: str, **options: Any) -> websockets.connect:
    """A socket at the server's front door, still to be entered; options as of `websockets.connect`."""
    return websockets.connect(
        url.replace("http", "ws", 1) + "/graphql", subprotocols=[PROTOCOL], **({"proxy": None} | options)
    )


async def greet(socket: websockets.ClientConnection, token: str) -> None:
    """Says who is there, and is let in."""
    await socket.send(json.dumps({"type": "connection_init", "payload": {"Authorization": f"Bearer {token}"}}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}


async def ask_for(socket: websockets.ClientConnection, query: str, **variables: Any) -> None:
    """Starts the operation, whose messages have the id 1."""
    payload = {"query": query, "variables": variables}
    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
