"""What a client of OAuth may do, as Authlib asks for it."""

import re
import secrets

from authlib.oauth2.rfc6749 import ClientMixin

from models.identity import Client
from oauth.sessions import digest

LOOPBACK = re.compile(r"http://(?P<host>127\.0\.0\.1|\[::1\])(?::\d{1,5})?(?P<rest>(?:[/?].*)?)")
CONFIDENTIAL = ["client_secret_basic", "client_secret_post"]
METHODS = [*CONFIDENTIAL, "none"]


class RegisteredClient(ClientMixin):
    """A client's row, behind Authlib's interface (RFC 6749, section 2)."""

    def __init__(self, row: Client) -> None:
        self.row = row

    def get_client_id(self) -> str:
        return self.row.id

    def get_default_redirect_uri(self) -> None:
        """None: a request must name its redirect URI."""

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What it asked for, each once, or all that it may ask for if it named none; None where that is too much."""
        wanted = dict.fromkeys((scope or "").split()) or self.row.scopes
        return " ".join(wanted) if set(wanted) <= set(self.row.scopes) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return any(matches(registered, redirect_uri) for registered in self.row.redirect_uris)

    def check_client_secret(self, client_secret: str) -> bool:
        stored = self.row.secret_hash
        return stored is not None and secrets.compare_digest(stored, digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return (method == "none") == (self.row.secret_hash is None)

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code" and self.check_grant_type("authorization_code")

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in self.row.grant_types

    def is_refreshed(self, scope: str) -> bool:
        """Whether it gets refresh tokens; who signs people in by OpenID Connect must ask for `offline_access`."""
        scopes = scope.split()
        return self.check_grant_type("refresh_token") and ("openid" not in scopes or "offline_access" in scopes)


def matches(registered: str, presented: str) -> bool:
    """Whether they are one redirect URI: equal, but for the port of a loopback address (RFC 8252, section 7.3)."""
    ours, theirs = LOOPBACK.fullmatch(registered), LOOPBACK.fullmatch(presented)
    return registered == presented or (
        ours is not None and theirs is not None and ours.group("host", "rest") == theirs.group("host", "rest")
    )
