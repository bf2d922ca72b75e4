"""The graph's edge at one address: POST, GET, SSE, graphql-transport-ws, and GraphiQL for browsers."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import structlog
from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.extensions import ValidationCache
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.unset import UNSET

from gateway.caller import Caller
from gateway.live import Ending, Held, Live
from gateway.operation import DocumentCache, OperationExtension, PerEvent
from oauth.authenticate import Authenticator
from runtime.database import is_connection_lost
from runtime.errors import Fault
from runtime.resources import Resources

PROTOCOLS = (GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL)
DOCUMENTS_KEPT = 1000
TRY_AGAIN_LATER = Ending(1013, "Try again soon")
"""While nobody can be asked who connects: clients of graphql-transport-ws try again by themselves."""
log = structlog.get_logger()
NOT_BUILT = "<!doctype html><title>Marquee</title><p>GraphiQL is not built: run <code>make web</code>."


class SocketHandler(BaseGraphQLTransportWSHandler[Any, None]):
    async def handle_task_exception(self, error: Exception) -> None:
        """Logs what went wrong; that somebody hung up while an event was on its way is nothing that did."""
        if not isinstance(error, WebSocketDisconnected):
            await super().handle_task_exception(error)


class GraphView(GraphQL[Any, None]):
    """An ASGI application that serves a schema; `resources` are those of the running process."""

    graphql_transport_ws_handler_class = SocketHandler

    def __init__(self, schema: BaseSchema, resources: Resources, subgraph: str, page: Path | None) -> None:
        super().__init__(
            prepared(schema),
            subscription_protocols=PROTOCOLS,
            keep_alive=True,
            connection_init_wait_timeout=timedelta(seconds=10),
        )
        self.resources = resources
        self.authenticator = Authenticator(resources, subgraph)
        self.page = page
        self.live = Live()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.socket(WebSocket(scope, receive=receive, send=send))
            return
        request = Request(scope, receive)
        try:
            response = await self.run(request)
        except HTTPException as error:
            response = malformed(error)
        if isinstance(response, StreamingResponse):
            response.body_iterator = self.live.streamed(request.state.caller, aiter(response.body_iterator))
        await response(scope, receive, send)

    async def socket(self, socket: WebSocket) -> None:
        async def end(ending: Ending) -> None:
            await socket.close(ending.code, ending.reason)

        async def warn(expires_at: datetime) -> None:
            # a ping may come at any time, and with a payload, which clients hand to who asks for it
            payload = {"code": "TOKEN_EXPIRES", "expiresAt": expires_at.isoformat()}
            await socket.send_text(self.encode_json({"type": "ping", "payload": payload}))

        socket.state.caller = self.caller(socket)
        with self.live.holding(socket.state.caller, Held(end, warn)):
            await self.converse(socket)

    async def converse(self, socket: WebSocket) -> None:
        """Until the socket is closed: at once, for now, while nobody can be asked who connects."""
        try:
            await self.run(socket)
        except Exception as error:  # an operation has errors of its own
            if not is_connection_lost(error):
                raise
            log.warning("socket_refused", error=type(error).__name__)
            await socket.close(TRY_AGAIN_LATER.code, TRY_AGAIN_LATER.reason)

    async def get_context(self, request: Any, response: Any) -> Caller:
        if not hasattr(request.state, "caller"):
            request.state.caller = self.caller(request)
        caller: Caller = request.state.caller
        return caller

    def caller(self, connection: HTTPConnection) -> Caller:
        address = connection.client.host if connection.client else ""
        return Caller(self.resources, self.authenticator, connection.headers, trace_of(connection), address)

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Until the end of the block, whoever is signed out loses sockets and streams at once."""
        self.authenticator.on_change = self.live.recheck
        async with self.authenticator.following():
            yield

    async def on_ws_connect(self, context: Any) -> Any:
        try:
            await context.request()
        except Fault as fault:
            raise ConnectionRejectionError({"message": str(fault), "code": fault.code}) from fault
        self.live.expire(context)
        return UNSET

    async def render_graphql_ide(self, request: Request) -> Response:
        if self.page is None or not self.page.exists():
            return HTMLResponse(NOT_BUILT, status_code=404)
        return FileResponse(self.page, headers={"cache-control": "no-cache"})

    def encode_json(self, data: object) -> str:
        return orjson.dumps(data, default=str).decode()

    def decode_json(self, data: str | bytes) -> object:
        return orjson.loads(data)


def prepared(schema: BaseSchema) -> BaseSchema:
    """A copy of the schema with what every operation goes through; the schema itself stays as its subgraph made it."""
    served: Any = copy(schema)
    served.extensions = [
        lambda: DocumentCache(maxsize=DOCUMENTS_KEPT),
        lambda: ValidationCache(maxsize=DOCUMENTS_KEPT),
        OperationExtension,  # last, for the cache before it would overwrite what it says of validity
    ]
    served.execution_context_class = PerEvent
    served.process_errors = lambda errors, context=None: None  # the extension logs what is unexpected, once
    prepared_schema: BaseSchema = served
    return prepared_schema


def trace_of(request: HTTPConnection) -> str:
    """The id that the log and the client's error share; the middleware gave it to the scope."""
    return str(request.scope.get("request_id") or uuid4().hex)


def malformed(error: HTTPException) -> Response:
    body = {"errors": [{"message": error.reason, "extensions": {"code": "BAD_REQUEST"}}]}
    return JSONResponse(body, status_code=error.status_code)
