"""Who stands at the other end of an HTTP request or a socket, and the Requests made for their operations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from oauth.authenticate import Authenticator
from runtime.errors import BadInput
from runtime.languages import accepted_languages
from runtime.request import Request
from runtime.resources import Resources


@dataclass(slots=True, eq=False)
class Caller:
    """`connection_params` is the payload of a socket's `connection_init`; Strawberry sets it. `account_id`, and
    when the token expires, are known once a request was made."""

    resources: Resources
    authenticator: Authenticator
    headers: Mapping[str, str]
    trace_id: str
    address: str = ""
    connection_params: dict[str, Any] = field(default_factory=dict)
    account_id: UUID | None = None
    expires_at: datetime | None = None

    async def request(self) -> Request:
        """A Request for one operation; Unauthenticated where the caller's token is no good."""
        bearer = await self.authenticator.bearer(self.authorization())
        self.account_id = bearer.viewer.account_id if bearer else None
        self.expires_at = bearer.viewer.expires_at if bearer else None
        languages = accepted_languages(self.headers.get("accept-language", ""))
        if bearer is not None and bearer.language:
            languages = [bearer.language, *languages]
        settings = self.resources.settings
        return Request(
            viewer=bearer.viewer if bearer else None,
            country=self.edge_country() or (bearer and bearer.country) or settings.default_country,
            languages=tuple(dict.fromkeys([*languages, settings.default_language])),
            now=datetime.now(UTC),
            resources=self.resources,
            address=self.address,
        )

    def authorization(self) -> str | None:
        """The header's value, or over a socket that of `{"Authorization": …}` in `connection_init`."""
        value = self.connection_params.get("Authorization") or self.connection_params.get("authorization")
        if value is not None and not isinstance(value, str):
            raise BadInput("`Authorization` in the payload of connection_init must be a string.")
        return value or self.headers.get("authorization")

    def edge_country(self) -> str | None:
        """What the trusted edge says, where the settings name its header."""
        header = self.resources.settings.country_header
        return self.headers.get(header) if header else None
