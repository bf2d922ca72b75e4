"""`marquee client`, and which redirect URIs are one."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import pytest

from oauth.authenticate import TOPIC
from oauth.provider.clients import matches
from runtime.events import Missed
from runtime.settings import Settings
from server.commands import Stop
from server.commands.clients import NewClient, add_client, list_clients, remove_client
from tests.oauth.flows import Provider, refused

NEW = NewClient(
    id="an-app",
    name="An app",
    redirect_uris=("https://app.example/callback", "com.example.app:/callback", "http://[::1]/callback"),
    grants=("code", "refresh"),
    scopes=("openid",),
)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": "An App"}, "^ID: "),
    ({"name": " "}, "^--name: "),
    ({"country": "XX"}, "^--country: 'XX'"),
    ({"grants": ("password",)}, "^--grant: 'password' is none of"),
    ({"grants": ("refresh",)}, "^--grant: at least one"),
    ({"grants": ("credentials",), "public": True}, "^--grant: credentials"),
    ({"scopes": ()}, "^--scope: at least one"),
    ({"scopes": ("everything",)}, "^--scope: 'everything' is none of"),
    ({"redirect_uris": ()}, "^--redirect-uri: the grant code"),
    *[
        ({"redirect_uris": (uri,)}, "^--redirect-uri: '")
        for uri in (
            "http://app.example/callback",
            "http://localhost/callback",
            "https:///callback",
            "https://app.example/callback#part",
            "https://ada@app.example/callback",
            "https://app.example/call back",
            "javascript:alert(1)",
            "/callback",
        )
    ],
]


async def test_a_secret_is_shown_once_and_stored_as_its_digest(settings: Settings) -> None:
    secret = await add_client(settings, NEW)
    assert secret is not None
    assert len(secret) >= 43
    assert await add_client(settings, replace(NEW, id="public", public=True)) is None
    lines = await list_clients(settings)
    assert lines[0] == "an-app  An app  third party, confidential  code,refresh  openid"
    assert lines[1].startswith("public  An app  third party, public")
    assert secret not in "".join(lines)
    with pytest.raises(Stop, match="There is a client 'an-app' already"):
        await add_client(settings, NEW)


async def test_bad_input_names_its_option_and_registers_nothing(settings: Settings) -> None:
    for changed, problem in WRONG:
        with pytest.raises(Stop, match=problem):
            await add_client(settings, replace(NEW, **changed))
    assert await list_clients(settings) == []


async def test_a_removed_client_is_out_at_once(provider: Provider, settings: Settings) -> None:
    tokens = await provider.tokens()
    assert await provider.opens(tokens["access_token"])
    async with aclosing(provider.front.resources.hub.hear(TOPIC)) as changes:
        assert isinstance(await anext(changes), Missed), "which says that it listens from now on"
        change = asyncio.create_task(anext(changes))
        assert await remove_client(settings, "example-app") == 1
        await asyncio.wait_for(change, 5)  # so that what was known of the session is dropped at once
    assert refused(await provider.refresh(tokens["refresh_token"])) == (400, "invalid_client")
    assert not await provider.opens(tokens["access_token"])
    with pytest.raises(Stop, match="There is no client 'example-app'"):
        await remove_client(settings, "example-app")


def test_only_the_port_of_a_loopback_address_may_differ() -> None:
    assert matches("http://127.0.0.1/a", "http://127.0.0.1:5000/a")
    assert matches("http://[::1]:1/a", "http://[::1]/a")
    for registered, presented in (
        ("http://127.0.0.1/a", "http://[::1]/a"),
        ("http://127.0.0.1/a", "http://127.0.0.1:5000/b"),
        ("http://127.0.0.1/a", "http://127.0.0.1:@evil.example/a"),
        ("https://app.example/a", "https://app.example:444/a"),
        ("https://app.example/a", "https://app.example/a/"),
    ):
        assert not matches(registered, presented)
