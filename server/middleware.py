"""What surrounds every HTTP request and socket: an id, a line in the log, a few headers."""

import time
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger()
LONGEST_ID = 64
SIGNED = ("/s/", "/artwork/editorial/")


class RequestLog:
    """Gives each request an id (a sane X-Request-Id is kept), tells it in the answer and logs the request with it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self.app(scope, receive, send)
        request_id = scope["request_id"] = id_of(scope)
        started, status = time.perf_counter(), 0

        async def tell(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, tell)
            finally:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                method = scope.get("method", "WEBSOCKET")
                log.info("request", method=method, path=logged(scope["path"]), status=status, ms=milliseconds)
        return None


def id_of(scope: Scope) -> str:
    given = Headers(scope=scope).get("x-request-id", "")
    return given if given.isascii() and given.replace("-", "").isalnum() and len(given) <= LONGEST_ID else uuid4().hex


def logged(path: str) -> str:
    """The path as it may stand in a log: a signed address would let its reader watch, or see a draft's pictures."""
    return next((f"{secret}…" for secret in SIGNED if path.startswith(secret)), path)
