"""A stand-in for an outside OpenID provider, which does wrong what it is told to."""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from server.embedded.ports import free_port

CLIENT, SECRET = "marquee", "a secret: of ours"
SHARED = OctKey.generate_key(256, {"kid": "shared"})
"""A secret that everybody knows, among the provider's keys."""
BASIC = "Basic " + base64.b64encode(b"marquee:a+secret%3A+of+ours").decode()


def new_key(kid: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig", "alg": "ES256"})


@dataclass
class StandIn:
    """`asked` is what the browser was sent with; `claims` and `metadata` replace what would be right."""

    issuer: str
    key: ECKey = field(default_factory=lambda: new_key("first"))
    published: list[ECKey] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    answer: Response | None = None
    """In place of the tokens."""
    hangs: asyncio.Event | None = None
    discoveries: int = 0

    def right(self) -> None:
        """Does nothing wrong from now on."""
        self.claims, self.metadata, self.userinfo, self.header = {}, {}, {}, {}
        self.answer, self.hangs = None, None

    async def discovery(self, request: Request) -> Response:
        self.discoveries += 1
        if self.hangs is not None:
            await self.hangs.wait()
        names = ("authorization", "token", "userinfo")
        said = {f"{name}_endpoint": f"{self.issuer}/{name}" for name in names}
        said |= {"issuer": self.issuer, "jwks_uri": f"{self.issuer}/keys"}
        return JSONResponse(said | {"id_token_signing_alg_values_supported": ["ES256"]} | self.metadata)

    async def keys(self, request: Request) -> Response:
        known = [key.as_dict(private=False) for key in self.published or [self.key]]
        return JSONResponse({"keys": [*known, SHARED.as_dict(private=True)]})

    async def token(self, request: Request) -> Response:
        """Good tokens for a right request, whatever its code."""
        form = await request.form()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(str(form["code_verifier"]).encode()).digest())
        assert challenge.rstrip(b"=").decode() == self.asked["code_challenge"]
        assert self.asked["code_challenge_method"] == "S256"
        assert form["redirect_uri"] == self.asked["redirect_uri"]
        assert request.headers["authorization"] == BASIC
        if self.answer is not None:
            return self.answer
        return JSONResponse({"access_token": "token", "token_type": "Bearer", "id_token": self.id_token()})

    def id_token(self) -> str:
        now = int(time.time())
        known = {"iss": self.issuer, "sub": "subject", "aud": CLIENT, "iat": now, "exp": now + 60}
        known |= {"nonce": self.asked["nonce"], "email": "Ada@Example.org", "email_verified": True}
        claims = {name: value for name, value in (known | self.claims).items() if value is not None}
        header = {"alg": "ES256", "kid": self.key.kid} | self.header
        key = SHARED if header["kid"] == SHARED.kid else self.key
        return jwt.encode(header, claims, key, algorithms=[header["alg"]])

    async def user(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer token"
        return JSONResponse({"sub": "subject", "email": "ada@example.org", "email_verified": True} | self.userinfo)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/token", self.token, methods=["POST"]),
                Route("/userinfo", self.user),
            ]
        )


@asynccontextmanager
async def standing_in() -> AsyncIterator[StandIn]:
    """The provider on a free port of 127.0.0.1, stopped at the end."""
    port = free_port()
    provider = StandIn(f"http://127.0.0.1:{port}")
    config = uvicorn.Config(provider.app(), host="127.0.0.1", port=port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign]  # signals are for pytest
    serving = asyncio.create_task(server.serve())
    try:
        while not server.started:
            assert not serving.done(), "the stand-in did not start"
            await asyncio.sleep(0.01)
        yield provider
    finally:
        server.should_exit = True
        await serving
