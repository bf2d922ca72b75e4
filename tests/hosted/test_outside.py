"""Signing in through an outside OpenID provider, which may be wrong, hostile or dead."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import text
from starlette.responses import JSONResponse, PlainTextResponse

from oauth.hosted.outside import provider as provider_module
from runtime.settings import OpenIdProvider, Settings
from tests.hosted.stand_in import CLIENT, SECRET, StandIn, new_key, standing_in
from tests.hosted.visitor import Visitor, shown, visiting
from tests.identity.operations import sign_up
from tests.served import Front, served

PATH = "/oauth/outside/example"
HOME = "/oauth/passkeys"
LINK = f"{PATH}/link"


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
async def stand_in() -> AsyncIterator[StandIn]:
    async with standing_in() as provider:
        yield provider


@pytest.fixture
async def front(settings: Settings, stand_in: StandIn) -> AsyncIterator[Front]:
    known = OpenIdProvider(
        name="example", label="Example", issuer=stand_in.issuer, client_id=CLIENT, client_secret=SECRET
    )
    async with served(settings.model_copy(update={"openid_providers": (known,)}), "identity") as front:
        async with front.database.write("identity") as db:
            await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
        yield front


@pytest.fixture
async def visitor(front: Front) -> AsyncIterator[Visitor]:
    async with visiting(front) as visitor:
        yield visitor


def leads_to(page: Any) -> str:
    """Where the page goes on to by itself."""
    found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)
    assert found, (page.status_code, shown(page))
    return unescape(found[1])


async def sent(visitor: Visitor, stand_in: StandIn, onward: str = HOME) -> None:
    """Sends the browser to the provider, which notes what it was asked."""
    address = leads_to(await visitor.post(PATH, **{"continue": onward}))
    assert address.startswith(f"{stand_in.issuer}/authorization?")
    stand_in.asked = dict(parse_qsl(urlsplit(address).query))


async def back(visitor: Visitor, stand_in: StandIn, **changed: str) -> Any:
    """Comes back from there with a code."""
    answer = {"code": "code", "state": stand_in.asked["state"]} | changed
    return await visitor.client.get(f"{PATH}/callback", params=answer)


async def through(visitor: Visitor, stand_in: StandIn, onward: str = HOME) -> Any:
    await sent(visitor, stand_in, onward)
    return await back(visitor, stand_in)


async def counted(front: Front, table: str = "account") -> int:
    async with front.database.read("identity") as db:
        return int(await db.scalar(text(f"select count(*) from identity.{table}")) or 0)


async def test_somebody_new_gets_an_account_and_comes_back_to_it(
    front: Front, visitor: Visitor, stand_in: StandIn
) -> None:
    stand_in.claims = {"given_name": "Ada"}
    assert leads_to(await through(visitor, stand_in, "/oauth/device")) == "/oauth/device"
    assert stand_in.asked["scope"] == "openid email profile"
    assert stand_in.asked["redirect_uri"] == f"{front.url}{PATH}/callback"
    assert "ada@example.org" in shown(await visitor.get(HOME))
    async with front.database.read("identity") as db:
        query = (
            "select a.email_verified, a.password_hash, a.country, p.name from identity.account a, identity.profile p"
        )
        assert tuple((await db.execute(text(query))).one()) == (True, None, "US", "Ada")
    async with visiting(front) as again:
        stand_in.claims = {"email": "moved@example.org"}
        assert leads_to(await through(again, stand_in)) == HOME
        assert "ada@example.org" in shown(await again.get(HOME))
    assert await counted(front) == 1
    assert stand_in.discoveries == 1


async def test_an_address_with_an_account_is_linked_after_its_password_alone(
    front: Front, visitor: Visitor, stand_in: StandIn
) -> None:
    await sign_up(front)
    address = leads_to(await through(visitor, stand_in, "/oauth/device"))
    assert address == f"/oauth/sign-in?continue={LINK}"
    assert visitor.cookie is None
    assert (await visitor.get(LINK)).status_code == 303, "nobody is signed in yet"
    assert "has an account of this address" in shown(await visitor.get(address))
    assert (await visitor.sign_in(onward=LINK)).headers["location"] == LINK
    assert "Connect Example?" in shown(await visitor.get(LINK))
    assert await counted(front, "outside_identity") == 0, "asking links nothing"
    assert (await visitor.post(LINK)).headers["location"] == "/oauth/device"
    async with visiting(front) as elsewhere:
        assert leads_to(await through(elsewhere, stand_in)) == HOME
        assert "ada@example.org" in shown(await elsewhere.get(HOME))
    assert (await visitor.post(LINK)).status_code == 400, "it is linked once"
    assert await counted(front) == 1


async def test_who_is_signed_in_links_the_two_if_they_say_so(front: Front, visitor: Visitor, stand_in: StandIn) -> None:
    await sign_up(front, email="eve@example.org")
    await visitor.sign_in(email="eve@example.org")
    assert leads_to(await through(visitor, stand_in)) == LINK
    assert "eve@example.org" in shown(await visitor.get(LINK))
    await visitor.post(LINK)
    assert await counted(front, "outside_identity") == 1
    await visitor.client.get("/oauth/sign-in")
    async with visiting(front) as elsewhere:
        await through(elsewhere, stand_in)
        assert "eve@example.org" in shown(await elsewhere.get(HOME))


async def test_a_session_of_a_while_ago_does_not_suffice_to_link(
    front: Front, visitor: Visitor, stand_in: StandIn
) -> None:
    await sign_up(front)
    await visitor.sign_in()
    await through(visitor, stand_in)
    async with front.database.write("identity") as db:
        await db.execute(text("update identity.session set created_at = created_at - interval '11 minutes'"))
    assert (await visitor.post(LINK)).headers["location"].startswith("/oauth/sign-in?")
    assert await counted(front, "outside_identity") == 0


async def test_without_a_verified_address_there_is_no_account(
    front: Front, visitor: Visitor, stand_in: StandIn
) -> None:
    await sign_up(front)
    said = set()
    for email in ("ada@example.org", "new@example.org"):
        stand_in.claims = {"email": email, "email_verified": False}
        page = await through(visitor, stand_in)
        said.add(shown(page))
    assert len(said) == 1, "nothing tells which address has an account"
    assert "Example confirms no e-mail address" in said.pop()
    assert await counted(front) == 1
    assert visitor.cookie is None


async def test_an_address_may_come_by_userinfo(front: Front, visitor: Visitor, stand_in: StandIn) -> None:
    stand_in.claims = {"email": None, "email_verified": None}
    stand_in.userinfo = {"sub": "somebody else"}
    assert (await through(visitor, stand_in)).status_code == 502
    stand_in.userinfo = {"email": "other@example.org", "name": "A\nB", "nickname": "B"}
    assert leads_to(await through(visitor, stand_in)) == HOME
    assert "other@example.org" in shown(await visitor.get(HOME))
    async with front.database.read("identity") as db:
        assert await db.scalar(text("select name from identity.profile")) == "B"


NOW = int(time.time())
WRONG_CLAIMS: list[dict[str, Any]] = [
    {"nonce": "another"},
    {"nonce": None},
    {"aud": "another"},
    {"aud": [CLIENT, "another"]},
    {"azp": "another"},
    {"iss": "https://evil.example"},
    {"exp": NOW - 120},
    {"exp": None},
    {"iat": NOW + 86_400},
    {"sub": None},
    {"sub": 1},
]


async def test_an_id_token_that_is_not_right_signs_nobody_in(front: Front, visitor: Visitor, stand_in: StandIn) -> None:
    for claims in WRONG_CLAIMS:
        stand_in.claims = claims
        page = await through(visitor, stand_in)
        assert page.status_code == 502, claims
        assert "The answer of Example can’t be trusted" in shown(page)
    stand_in.right()
    for header in ({"alg": "HS256", "kid": "shared"}, {"alg": "none", "kid": "shared"}):
        stand_in.header = header
        assert (await through(visitor, stand_in)).status_code == 502, header
    stand_in.right()
    answers = [
        JSONResponse({"error": "invalid_grant"}, 400),
        JSONResponse({"access_token": "token"}),
        JSONResponse({"id_token": "nonsense"}),
        JSONResponse(["nonsense"]),
        PlainTextResponse("nonsense"),
        JSONResponse({}, 302, {"location": "http://127.0.0.1:1/"}),
    ]
    for stand_in.answer in answers:
        assert (await through(visitor, stand_in)).status_code == 502, stand_in.answer.body
    assert await counted(front) == 0
    assert visitor.cookie is None


async def test_keys_are_read_anew_for_one_that_is_unknown(front: Front, visitor: Visitor, stand_in: StandIn) -> None:
    await through(visitor, stand_in)
    stand_in.key = new_key("second")
    assert leads_to(await through(visitor, stand_in)) == HOME
    stand_in.published = [stand_in.key]
    stand_in.key = new_key("never published")
    assert (await through(visitor, stand_in)).status_code == 502
    stand_in.key = new_key("second")
    assert (await through(visitor, stand_in)).status_code == 502, "it only calls itself that"


async def test_an_answer_is_taken_from_its_own_browser_once(front: Front, visitor: Visitor, stand_in: StandIn) -> None:
    await sent(visitor, stand_in)
    async with visiting(front) as elsewhere:
        page = await back(elsewhere, stand_in)
        assert page.status_code == 400
        assert "Please start again" in shown(page)
    assert (await back(visitor, stand_in, state="another")).status_code == 400
    assert (await back(visitor, stand_in)).status_code == 400, "it was begun anew by then"
    await through(visitor, stand_in)
    assert (await back(visitor, stand_in)).status_code == 400
    async with front.database.read("identity") as db:
        rows = [str(row) for row in await db.execute(text("select c::text from identity.ceremony c"))]
    assert all(stand_in.asked["nonce"] not in row for row in rows)


async def test_who_cancels_there_is_told_that_nothing_happened(visitor: Visitor, stand_in: StandIn) -> None:
    await sent(visitor, stand_in)
    answer = {"error": "access_denied", "state": stand_in.asked["state"]}
    page = await visitor.client.get(f"{PATH}/callback", params=answer)
    assert page.status_code == 403
    assert "Example did not sign you in" in shown(page)


async def test_an_answer_of_another_provider_is_refused(visitor: Visitor, stand_in: StandIn) -> None:
    await sent(visitor, stand_in)
    assert (await back(visitor, stand_in, iss="https://evil.example")).status_code == 502
    await sent(visitor, stand_in)
    assert leads_to(await back(visitor, stand_in, iss=stand_in.issuer)) == HOME


async def test_a_provider_that_names_itself_must_do_so(visitor: Visitor, stand_in: StandIn) -> None:
    stand_in.metadata = {"authorization_response_iss_parameter_supported": True}
    await sent(visitor, stand_in)
    assert (await back(visitor, stand_in)).status_code == 502


WRONG_METADATA: list[dict[str, Any]] = [
    {"issuer": "https://evil.example"},
    {"authorization_endpoint": "javascript:alert(1)"},
    {"token_endpoint": None},
    {"token_endpoint_auth_methods_supported": None},
    {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    {"jwks_uri": "file:///etc/passwd"},
]


async def test_a_provider_that_is_wrong_or_dead_costs_its_button_alone(
    visitor: Visitor, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for stand_in.metadata in WRONG_METADATA:
        assert (await visitor.post(PATH)).status_code == 502, stand_in.metadata
    stand_in.right()
    stand_in.published = [new_key("x")]
    monkeypatch.setattr(provider_module, "SECONDS", 0.2)
    stand_in.hangs = asyncio.Event()
    page = await visitor.post(PATH)
    stand_in.hangs.set()
    assert page.status_code == 502
    assert "Example does not answer" in shown(page)
    assert (await visitor.get("/oauth/sign-in")).status_code == 200
    assert (await visitor.post("/oauth/outside/nobody")).status_code == 404


async def test_no_continue_leads_elsewhere(visitor: Visitor, stand_in: StandIn) -> None:
    assert (await visitor.post(PATH, **{"continue": "//evil.example"})).status_code == 400
