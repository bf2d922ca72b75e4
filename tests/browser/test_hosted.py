"""The hosted pages in a real browser: signing in for a client, passkeys, a device, an outside provider."""

import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from sqlalchemy import text, update

from models.identity import Account, Client
from oauth.hosted.pages import now
from oauth.sessions import digest
from runtime.settings import OpenIdProvider, Settings
from tests.browser.drive import drive
from tests.cluster import Databases
from tests.identity.operations import PASSWORD, sign_up
from tests.served import Front, served

CALLBACK = "/oauth/outside/example/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""Of RFC 7636, appendix B."""
GRANTS = ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"]
PAGES = {
    "verify": "/oauth/verify?token=x",
    "reset": "/oauth/reset",
    "new-password": "/oauth/reset?token=x",
}


async def household(front: Front) -> None:
    async with front.database.write("identity") as db:
        await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
    await sign_up(front)
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(email_verified=True))


@pytest.fixture
async def provider(databases: Databases, migrated: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Front]:
    """Another Marquee, to sign in through; at an IP address, so that the two have cookies of their own."""
    async with databases.copy(migrated) as url:
        settings = Settings(data=tmp_path / "provider", database_url=url, redis_url=valkey_url, development=True)
        async with served(settings, "identity") as front:
            await household(front)
            yield front


@pytest.fixture
async def front(settings: Settings, provider: Front, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    """Ours, at a host name, so that there are passkeys."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    known = OpenIdProvider(name="example", label="Example", issuer=provider.url, client_id="ours", client_secret="x")
    ours = settings.model_copy(update={"host": "localhost", "openid_providers": (known,)})
    async with served(ours, "identity") as front:
        await household(front)
        app = {"redirect_uris": [f"{provider.url}/oauth/sign-in"], "scopes": ["openid", "household"]}
        await add_client(front, Client(id="app", name="Example app", grant_types=GRANTS, created_at=now(), **app))
        at = {"redirect_uris": [f"{front.resources.settings.address}{CALLBACK}"], "secret_hash": digest("x")}
        at |= {"grant_types": GRANTS[:1], "scopes": ["openid", "email", "profile"]}
        await add_client(provider, Client(id="ours", name="Ours", created_at=now(), **at))
        yield front


async def add_client(front: Front, client: Client) -> None:
    async with front.database.write("identity") as db:
        db.add(client)


async def user_code(front: Front) -> str:
    form = {"client_id": "app", "scope": "household", "device_name": "Living room"}
    answer = await front.client.post("/oauth/device_authorization", data=form)
    return str(answer.json()["user_code"])


async def test_somebody_signs_in_consents_and_keeps_passkeys(front: Front, provider: Front) -> None:
    redirect = f"{provider.url}/oauth/sign-in"  # any page that names its icon: a browser looks for one, and complains
    asked = {"response_type": "code", "client_id": "app", "redirect_uri": redirect, "scope": "openid household"}
    asked |= {"state": "a state", "code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    seen = await drive(
        "hosted.mjs",
        url=front.resources.settings.address,
        authorize=f"/oauth/authorize?{urlencode(asked)}",
        redirect=redirect,
        outside=provider.url,
        userCode=await user_code(front),
        pages=PAGES,
        pictures=os.environ.get("MARQUEE_PICTURES"),
        email="ada@example.org",
        password=PASSWORD,
    )
    assert seen["unfit"] == []
    assert seen["focused"] == "email"
    answer = parse_qs(urlsplit(seen["returned"]).query)
    assert answer["state"] == ["a state"]
    assert len(answer["code"][0]) > 20
    assert "has one of your account already" in seen["twice"]
    assert seen["unverified"].startswith("No passkey was used.")
    assert "ada@example.org" in seen["passkey"]
    assert seen["refusal"] == {"focused": True, "said": "The address or the password is wrong."}
    assert {address.startswith(provider.url) for address in seen["elsewhere"]} == {True}, "only where it was led"
    ours = [error for error in seen["consoleErrors"] if provider.url not in error]  # an app's page has no icon
    assert [error for error in ours if "422" not in error] == []
