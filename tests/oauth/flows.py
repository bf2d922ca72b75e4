"""What a client and a browser send in the flows of OAuth, one request at a time."""

import base64
import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from httpx2 import Response

from tests.identity.operations import PASSWORD
from tests.served import Front

EMAIL = "ada@example.org"
REDIRECT = "http://127.0.0.1:4711/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
ASKED = {
    "response_type": "code",
    "client_id": "example-app",
    "redirect_uri": REDIRECT,
    "scope": "openid household offline_access",
    "state": "a state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


@dataclass
class Provider:
    """A running provider, the secrets of its clients, and an access token of the household's own sign-in."""

    front: Front
    secrets: dict[str, str]
    household: str

    async def sign_in(self, password: str = PASSWORD) -> None:
        """Signs the household in at the client's browser."""
        form = {"email": EMAIL, "password": password, "continue": "/oauth/device"}
        answer = await self.front.client.post("/oauth/sign-in", data=form, headers={"origin": self.front.url})
        assert answer.status_code == 303, answer.text

    async def authorize(self, decision: str | None = None, **changed: str | None) -> Response:
        """What the browser gets for an authorization request that differs like this from ASKED."""
        asked = {name: value for name, value in (ASKED | changed).items() if value is not None}
        if decision is None:
            return await self.front.client.get("/oauth/authorize", params=asked)
        headers = {"origin": self.front.url}
        return await self.front.client.post(
            "/oauth/authorize", params=asked, data={"decision": decision}, headers=headers
        )

    async def code(self, **changed: str | None) -> str:
        """A code, with consent."""
        return returned(await self.authorize("allow", **changed))["code"]

    async def post(self, path: str, secret_of: str | None = None, **form: str) -> Response:
        """What the endpoint answers, to a client that shows its secret or to a public one."""
        authorization = (secret_of, self.secrets[secret_of]) if secret_of else None
        return await self.front.client.post(f"/oauth/{path}", data=form, auth=authorization)

    async def redeem(self, code: str, **changed: str) -> Response:
        form = {"client_id": "example-app", "redirect_uri": REDIRECT, "code_verifier": VERIFIER, "code": code}
        return await self.post("token", grant_type="authorization_code", **(form | changed))

    async def refresh(self, token: str, **changed: str) -> Response:
        form = {"client_id": "example-app", "refresh_token": token}
        return await self.post("token", grant_type="refresh_token", **(form | changed))

    async def tokens(self, **changed: str | None) -> dict[str, Any]:
        """What the token endpoint answers to a household that signed in and consented."""
        await self.sign_in()
        answer = await self.redeem(await self.code(**changed))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def opens(self, token: str) -> bool:
        """Whether the access token opens the graph."""
        answer = await self.front.ask("{ viewer { country } }", token)
        return "errors" not in answer


def returned(answer: Response) -> dict[str, str]:
    """The parameters with which the browser was sent back to the client."""
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def refused(answer: Response) -> tuple[int, str]:
    """The status and the error code of the endpoint's answer, which must not be kept."""
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()["error"]
