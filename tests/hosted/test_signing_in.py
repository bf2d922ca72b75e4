"""Signing in and out at the hosted pages, by a password."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import text, update

from models.identity import Account, AccountStatus, Client, Session
from oauth.hosted.browser import device_name
from oauth.hosted.pages import now
from oauth.sessions import digest
from runtime.settings import Settings
from tests.hosted.visitor import Visitor, shown, visiting
from tests.identity.operations import SIGN_OUT, sign_up
from tests.served import Front, served

HOME = "/oauth/passkeys"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/oauth/",
    "/\\evil.example",
    "/oauth/\\evil.example",
    "/graphql",
    "/oauth",
    "/oauth/../graphql",
    "/oauth/%2e%2e/graphql",
    "/oauth/%2E%2E%2fgraphql",
    "/oauth/.%2e\\graphql",
    "javascript:alert(1)",
    "/oauth/\nset-cookie: x",
    "/oauth/\u2025/x",
]


@pytest.fixture
async def visitor(front: Front) -> AsyncIterator[Visitor]:
    """A browser at which Ada, who has a household here, is not signed in yet."""
    await sign_up(front)
    async with visiting(front) as visitor:
        yield visitor


async def sessions(front: Front) -> list[tuple[bytes | None, str | None]]:
    """The cookie's digest and the device's name of every session."""
    query = "select s.cookie_hash, d.name from identity.session s left join identity.device d on d.id = s.device_id"
    async with front.database.read("identity") as db:
        return [tuple(row) for row in await db.execute(text(query + " order by s.id"))]  # type: ignore[misc]


async def test_who_knows_the_password_is_signed_in_and_goes_on(front: Front, visitor: Visitor) -> None:
    answer = await visitor.sign_in(onward="/oauth/device?user_code=BCDF-GHJK")
    assert (answer.status_code, answer.headers["location"]) == (303, "/oauth/device?user_code=BCDF-GHJK")
    flags = answer.headers["set-cookie"].lower()
    assert "httponly" in flags
    assert "samesite=lax" in flags
    assert "path=/oauth;" in flags
    assert "secure" not in flags
    assert f"max-age={60 * 24 * 3600}" in flags
    assert visitor.cookie is not None
    assert (digest(visitor.cookie), "Firefox on Linux") in await sessions(front)
    assert "ada@example.org" in shown(await visitor.get(HOME))


async def test_a_secure_installation_has_a_secure_cookie(settings: Settings) -> None:
    async with served(settings.model_copy(update={"public_url": "https://marquee.test"})) as front:
        async with front.database.write("identity") as db:
            await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
        await sign_up(front)
        async with visiting(front) as visitor:
            cookie = (await visitor.sign_in()).headers["set-cookie"]
    assert cookie.startswith("__Secure-marquee=")
    assert "; Secure" in cookie


async def test_a_wrong_password_says_so_at_its_field_and_signs_nobody_in(front: Front, visitor: Visitor) -> None:
    before = await sessions(front)
    answers = [await visitor.sign_in(password="wrong"), await visitor.sign_in(email="nobody@example.org")]
    for answer in answers:
        assert answer.status_code == 422
        assert "The address or the password is wrong." in shown(answer)
        assert 'aria-invalid="true" aria-describedby="password-refusal' in answer.text
        assert 'id="password-refusal" role="alert"' in answer.text
        assert "<title>Error: Sign in" in answer.text
        assert "set-cookie" not in answer.headers
    assert await sessions(front) == before


async def test_whoever_guesses_is_told_to_wait(visitor: Visitor) -> None:
    answers = [await visitor.sign_in(password=f"guess {n}") for n in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    assert "Too many attempts: try again in 60 seconds." in shown(answers[-1])


async def test_signing_in_leads_nowhere_but_to_pages_of_ours(visitor: Visitor) -> None:
    for onward in ELSEWHERE:
        asked = await visitor.client.get("/oauth/sign-in", params={"continue": onward})
        for answer in (asked, await visitor.sign_in(onward=onward)):
            assert answer.status_code == 400
            assert "location" not in answer.headers
            assert "set-cookie" not in answer.headers
            assert "This link leads elsewhere" in shown(answer)


async def test_a_page_for_who_is_signed_in_asks_for_it_and_comes_back(visitor: Visitor) -> None:
    answer = await visitor.get("/oauth/device?user_code=BCDF-GHJK&x=%2F")
    assert answer.status_code == 303
    page = await visitor.get(answer.headers["location"])
    assert 'name="continue" value="/oauth/device?user_code=BCDF-GHJK&amp;x=%2F"' in page.text
    assert "Sign in to connect your device." in shown(page)


async def test_the_cookie_of_an_ended_session_signs_nobody_in(front: Front, visitor: Visitor) -> None:
    token = (await sign_up(front, email="eve@example.org"))["accessToken"]
    await visitor.sign_in(email="eve@example.org")
    assert (await visitor.get(HOME)).status_code == 200
    await front.data(SIGN_OUT, token, all=True)
    assert (await visitor.get(HOME)).status_code == 303


@pytest.mark.parametrize(
    "change",
    [
        update(Account).values(status=AccountStatus.SUSPENDED),
        update(Session).values(expires_at=now() - timedelta(seconds=1)),
    ],
)
async def test_neither_is_the_cookie_of_a_suspended_account_or_an_old_session_good(
    front: Front, visitor: Visitor, change: object
) -> None:
    await visitor.sign_in()
    assert (await visitor.get(HOME)).status_code == 200
    async with front.database.write("identity") as db:
        await db.execute(change)  # type: ignore[call-overload]
    assert (await visitor.get(HOME)).status_code == 303


async def test_a_suspended_account_is_told_so(front: Front, visitor: Visitor) -> None:
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    answer = await visitor.sign_in()
    assert "This account is suspended: ask our support." in shown(answer)
    assert visitor.cookie is None


async def test_signing_out_ends_the_session_and_its_cookie(front: Front, visitor: Visitor) -> None:
    await visitor.sign_in()
    secret = visitor.cookie
    assert "ada@example.org" in shown(await visitor.get("/oauth/sign-out"))
    assert visitor.cookie == secret, "asking changes nothing"
    answer = await visitor.post("/oauth/sign-out")
    assert "You are signed out" in shown(answer)
    assert visitor.cookie is None
    visitor.client.cookies.set("marquee", secret or "", path="/oauth")
    assert (await visitor.get(HOME)).status_code == 303


async def test_signing_in_again_replaces_the_session_and_is_the_same_device(front: Front, visitor: Visitor) -> None:
    await visitor.sign_in()
    before = await sessions(front)
    await visitor.sign_in()
    after = await sessions(front)
    assert len(before) == len(after) == 2
    assert {name for _, name in after} == {"A browser", "Firefox on Linux"}
    assert before[1] != after[1]
    async with front.database.read("identity") as db:
        assert await db.scalar(text("select count(*) from identity.device")) == 2


async def test_the_form_may_lead_to_the_client_that_asked_and_to_nobody_else(front: Front, visitor: Visitor) -> None:
    uris = ["https://app.example/cb?x=1", "http://127.0.0.1/cb", "http://[::1]/cb", "com.example.app:/cb"]
    async with front.database.write("identity") as db:
        db.add(Client(id="app", name="App", redirect_uris=uris, created_at=now()))
    expected = "form-action 'self' https://app.example http://127.0.0.1:* http: com.example.app:;"
    for client, actions in (("app", expected), ("other", "form-action 'self';"), ("%00", "form-action 'self';")):
        page = await visitor.client.get("/oauth/sign-in", params={"continue": f"/oauth/authorize?client_id={client}"})
        assert actions in page.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605 Version/18 Safari/605", "Safari on macOS"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) CriOS/140.0 Mobile Safari/604", "Chrome on iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537", "Chrome on Android"),
        ("curl/8.0", "Browser"),
        ("", "Browser"),
    ],
)
def test_a_browser_is_called_what_its_household_calls_it(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
