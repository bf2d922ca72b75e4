"""A served identity subgraph with clients of OAuth, and one household."""

from collections.abc import AsyncIterator

import pytest

from models.identity import Avatar
from runtime.settings import Settings
from server.commands.clients import NewClient, add_client
from server.seed.clients import CLIENTS
from tests.identity.operations import sign_up
from tests.oauth.flows import Provider
from tests.served import served

NEW_CLIENTS = [
    *CLIENTS,
    NewClient(
        id="our-site",
        name="Our site",
        redirect_uris=("https://site.example/callback",),
        grants=("code", "refresh"),
        scopes=("openid", "profile", "email", "household", "offline_access", "catalog:edit"),
        first_party=True,
    ),
    NewClient(id="partner", name="Partner", grants=("credentials",), scopes=("catalog:edit", "household")),
    NewClient(id="german", name="German", grants=("credentials",), scopes=("media:ingest",), country="DE"),
]


@pytest.fixture
async def provider(settings: Settings) -> AsyncIterator[Provider]:
    secrets = {new.id: await add_client(settings, new) for new in NEW_CLIENTS}
    async with served(settings, "identity") as front:
        async with front.database.write("identity") as db:
            db.add_all([Avatar(object_key=f"artwork/avatars/{n}.webp", position=n) for n in range(3)])
        payload = await sign_up(front)
        yield Provider(front, {name: secret or "" for name, secret in secrets.items()}, payload["accessToken"])
