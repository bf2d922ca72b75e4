"""One Marquee signs in through another."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text, update

from models.identity import Account, Client
from oauth.hosted.pages import now
from oauth.sessions import digest
from runtime.settings import OpenIdProvider, Settings
from tests.cluster import Databases
from tests.hosted.test_outside import HOME, PATH, leads_to
from tests.hosted.visitor import shown, visiting
from tests.identity.operations import sign_up
from tests.served import Front, served

AVATAR = text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)")


@pytest.fixture
async def provider(databases: Databases, migrated: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[Front]:
    """The other Marquee, with a database and keys of its own."""
    async with databases.copy(migrated) as url:
        settings = Settings(data=tmp_path / "provider", database_url=url, redis_url=valkey_url, development=True)
        async with served(settings, "identity") as front:
            async with front.database.write("identity") as db:
                await db.execute(AVATAR)
            await sign_up(front, profileName="Ada L.")
            yield front


@pytest.fixture
async def front(settings: Settings, provider: Front, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Front]:
    """Ours, a client of the other."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    known = OpenIdProvider(
        name="example", label="Example", issuer=provider.url, client_id="ours", client_secret="a-secret"
    )
    async with served(settings.model_copy(update={"openid_providers": (known,)}), "identity") as front:
        ours = {"redirect_uris": [f"{front.url}{PATH}/callback"], "grant_types": ["authorization_code"]}
        ours |= {"scopes": ["openid", "email", "profile"], "secret_hash": digest("a-secret")}  # type: ignore[dict-item]
        async with provider.database.write("identity") as db:
            db.add(Client(id="ours", name="Ours", created_at=now(), **ours))
        async with front.database.write("identity") as db:
            await db.execute(AVATAR)
        yield front


async def through(front: Front, provider: Front, decision: str = "allow") -> tuple[str | None, str]:
    """Signs in at ours through the other: where the browser is led to in the end, and what it sees there."""
    async with visiting(front) as here, visiting(provider) as there:
        address = leads_to(await here.post(PATH))
        signing_in = (await there.get(address)).headers["location"]
        assert signing_in.startswith("/oauth/sign-in?continue=")
        await there.sign_in()
        asked = await there.get(address)
        assert "Let Ours in?" in shown(asked)
        assert (
            f"form-action 'self' {front.url};".replace(f":{urlsplit(front.url).port}", ":*")
            in (asked.headers["content-security-policy"])
        )
        parts = urlsplit(address)
        answer = await there.post(f"{parts.path}?{parts.query}", decision=decision)
        assert answer.headers["location"].startswith(f"{front.url}{PATH}/callback?")
        page = await here.get(answer.headers["location"])
        onward = leads_to(page) if 'http-equiv="refresh"' in page.text else None
        return onward, shown(await here.get(onward) if onward else page)


async def test_a_verified_household_of_the_other_gets_an_account_here(front: Front, provider: Front) -> None:
    async with provider.database.write("identity") as db:
        await db.execute(update(Account).values(email_verified=True))
    onward, page = await through(front, provider)
    assert onward == HOME
    assert "Signed in as ada@example.org" in page
    assert (await through(front, provider))[0] == HOME
    async with front.database.read("identity") as db:
        assert (await db.scalars(text("select name from identity.profile"))).all() == ["Ada L."]


async def test_one_that_is_not_verified_there_gets_none(front: Front, provider: Front) -> None:
    onward, page = await through(front, provider)
    assert onward is None
    assert "Example confirms no e-mail address" in page


async def test_who_denies_there_is_told_so_here(front: Front, provider: Front) -> None:
    onward, page = await through(front, provider, "deny")
    assert onward is None
    assert "Example did not sign you in" in page
