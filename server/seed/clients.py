"""The clients of OAuth that a new installation has, for development: both public, so there is no secret to know."""

from collections.abc import Sequence

from models.identity import Client
from runtime.request import Request
from server.commands.clients import NewClient, checked_client

CLIENTS: Sequence[NewClient] = (
    NewClient(
        id="marquee-tv",
        name="Marquee TV",
        grants=("device", "refresh"),
        scopes=("openid", "household", "offline_access"),
        first_party=True,
        public=True,
    ),
    NewClient(
        id="example-app",
        name="Example app",
        redirect_uris=("http://127.0.0.1/callback",),
        grants=("code", "refresh"),
        scopes=("openid", "profile", "email", "household", "offline_access"),
        public=True,
    ),
)


async def seed_clients(request: Request) -> None:
    """Registers those that are not there."""
    async with request.write("identity") as db:
        for new in CLIENTS:
            if await db.get(Client, new.id) is None:
                db.add(checked_client(new, None, request.now))
