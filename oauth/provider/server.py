"""Authlib's authorization server, for one request and its transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidClientError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.util import await_only
from starlette.responses import JSONResponse, Response

from models.identity import Client
from oauth.provider.clients import RegisteredClient
from oauth.provider.requests import ProviderRequest
from runtime.resources import Resources


class Provider(AuthorizationServer):
    """Authlib calls it, and the grants call each other, on a greenlet (`AsyncSession.run_sync`): there
    `await_only(…)` is what `await …` is elsewhere.

    What an error leaves behind is rolled back, unless it `keeps` what was written: a revocation, a poll's time.
    `touched` are the accounts of sessions that ended.
    """

    def __init__(self, resources: Resources, db: AsyncSession) -> None:
        super().__init__()
        self.resources = resources
        self.db = db
        self.now = datetime.now(UTC)
        self.keeps = False
        self.touched: set[UUID] = set()

    @property
    def issuer(self) -> str:
        return self.resources.tokens.issuer

    def query_client(self, client_id: str) -> RegisteredClient | None:
        row = await_only(self.db.get(Client, client_id))
        return RegisteredClient(row) if row else None

    def authenticate_client(self, request: ProviderRequest, methods: list[str], endpoint: str = "token") -> Any:
        try:
            return super().authenticate_client(request, methods, endpoint)
        except ValueError as error:  # of base64 or UTF-8
            raise InvalidClientError("The Authorization header is malformed.", status_code=401) from error

    def create_oauth2_request(self, request: ProviderRequest) -> ProviderRequest:
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Response:
        """The answer; a redirect says who gives it (RFC 9207) and turns a POST into a GET (RFC 9700, section 4.12)."""
        fields = {name.lower(): value for name, value in headers}
        if "location" in fields:
            location = add_params_to_uri(fields["location"], [("iss", self.issuer)])
            return Response(status_code=303, headers={"location": location, "cache-control": "no-store"})
        return JSONResponse(body, status, headers=fields)
