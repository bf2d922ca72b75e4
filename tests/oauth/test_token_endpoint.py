"""The token endpoint's refusals, and what is left behind by each: nothing."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from httpx2 import Response
from joserfc import jws
from sqlalchemy import text, update
from sqlmodel import col

from models.identity import Account, AccountStatus, AuthorizationCode, RefreshToken
from oauth.authenticate import TOPIC
from oauth.sessions import LEEWAY
from runtime.events import Missed
from tests.oauth.flows import Provider, refused

SITE = "https://site.example/callback"


MISFITS = [
    ({"code_verifier": "another-verifier-of-at-least-forty-three-characters"}, "invalid_grant"),
    ({"code_verifier": ""}, "invalid_request"),
    ({"code_verifier": "short"}, "invalid_request"),
    ({"redirect_uri": "http://127.0.0.1:4712/callback"}, "invalid_grant"),
    ({"redirect_uri": ""}, "invalid_grant"),
    ({"code": "forged"}, "invalid_grant"),
    ({"code": ""}, "invalid_request"),
    ({"client_id": "marquee-tv"}, "unauthorized_client"),
    ({"client_id": "nobody"}, "invalid_client"),
]
"""How a redemption differs that is refused, and its error."""


async def test_what_does_not_fit_the_code_is_refused_and_the_code_still_good(provider: Provider) -> None:
    await provider.sign_in()
    code = await provider.code()
    before = await sessions(provider)
    for changed, error in MISFITS:
        assert refused(await provider.redeem(**({"code": code} | changed))) == (400, error), changed
        assert await sessions(provider) == before
    assert (await provider.redeem(code)).status_code == 200


async def test_another_clients_code_is_refused_and_stays_good(provider: Provider) -> None:
    await provider.sign_in()
    code = await provider.code()
    thief = {"client_id": "our-site", "client_secret": provider.secrets["our-site"]}
    assert refused(await provider.redeem(code, **thief)) == (400, "invalid_grant")
    tokens = (await provider.redeem(code)).json()
    assert refused(await provider.redeem(code, **thief)) == (400, "invalid_grant")
    assert await provider.opens(tokens["access_token"])  # nobody else's replay ends it


async def test_an_expired_code_is_refused_and_its_replay_still_revokes(provider: Provider) -> None:
    await provider.sign_in()
    used, unused = await provider.code(), await provider.code()
    tokens = (await provider.redeem(used)).json()
    async with provider.front.database.write("identity") as db:
        await db.execute(update(AuthorizationCode).values(expires_at=datetime.now(UTC)))
    assert refused(await provider.redeem(unused)) == (400, "invalid_grant")
    assert await provider.opens(tokens["access_token"])
    assert refused(await provider.redeem(used)) == (400, "invalid_grant")
    assert refused(await provider.refresh(tokens["refresh_token"])) == (400, "invalid_grant")


async def test_a_client_with_a_secret_must_show_the_right_one(provider: Provider) -> None:
    form = {"grant_type": "client_credentials"}
    assert refused(await provider.post("token", client_id="partner", **form)) == (401, "invalid_client")
    assert refused(await provider.post("token", client_id="partner", client_secret="wrong", **form)) == (
        401,
        "invalid_client",
    )
    client = provider.front.client
    for authorization in ("Basic cGFydG5lcjp3cm9uZw==", "Basic not-base64", "Basic /////w==", "Basic é"):
        headers = {"authorization": authorization.encode()}
        answer = await client.post("/oauth/token", data=form, headers=headers)
        assert refused(answer) == (401, "invalid_client")
        assert answer.headers["www-authenticate"].startswith("Basic ")


SENSELESS = [
    ({"client_id": "example-app"}, "unsupported_grant_type"),
    ({"grant_type": "password", "username": "ada", "password": "x"}, "unsupported_grant_type"),
    ({"grant_type": "client_credentials", "client_id": "example-app"}, "invalid_client"),
    ({"grant_type": "refresh_token", "client_id": "example-app"}, "invalid_request"),
    ({"grant_type": "refresh_token", "client_id": "example-app", "refresh_token": "a\x00"}, "invalid_request"),
    ({"grant_type": "authorization_code", "client_id": "a\x00b"}, "invalid_request"),
]
"""Forms, and the errors that they get."""


async def test_a_request_that_makes_no_sense(provider: Provider) -> None:
    for form, error in SENSELESS:
        answer = await provider.post("token", **form)
        assert refused(answer) == (401 if error == "invalid_client" else 400, error), form


async def test_only_small_forms_are_read_and_each_parameter_once(provider: Provider) -> None:
    client = provider.front.client
    assert refused(await client.post("/oauth/token", json={"grant_type": "refresh_token"})) == (400, "invalid_request")
    twice = {"grant_type": ["refresh_token", "refresh_token"]}
    assert refused(await client.post("/oauth/token", data=twice)) == (400, "invalid_request")
    assert refused(await client.post("/oauth/token", data={"grant_type": "x" * 70_000})) == (413, "invalid_request")
    assert (await client.get("/oauth/token")).status_code == 405


async def test_a_token_without_the_household_opens_userinfo_alone(provider: Provider) -> None:
    tokens = await provider.tokens(scope="openid email")
    token = tokens["access_token"]
    answer = await provider.front.ask("{ viewer { country } }", token)
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert "household" in answer["errors"][0]["message"]
    assert (await userinfo(provider, token)).json()["email"] == "ada@example.org"


async def test_openid_gets_refresh_tokens_by_offline_access_alone(provider: Provider) -> None:
    assert "refresh_token" not in await provider.tokens(scope="openid household")
    async with provider.front.database.read("identity") as db:
        of_client = "from identity.session where client_id is not null"
        (lives,) = (await db.scalars(text(f"select expires_at - created_at {of_client}"))).all()
    assert lives == timedelta(minutes=10)  # as long as the one access token
    assert "refresh_token" in await provider.tokens(scope="openid household offline_access")
    assert "refresh_token" in await provider.tokens(scope="household")


async def test_without_openid_there_is_no_id_token_and_no_userinfo(provider: Provider) -> None:
    tokens = await provider.tokens(scope="household")
    assert "id_token" not in tokens
    answer = await userinfo(provider, tokens["access_token"])
    assert refused(answer) == (403, "insufficient_scope")


async def test_an_id_token_opens_nothing(provider: Provider) -> None:
    tokens = await provider.tokens()
    header = jws.extract_compact(tokens["id_token"].encode()).headers()
    assert (header["alg"], header["typ"]) == ("ES256", "JWT")
    assert not await provider.opens(tokens["id_token"])
    assert (await userinfo(provider, tokens["id_token"])).status_code == 401


async def test_staff_scopes_are_those_that_both_client_and_account_have(provider: Provider) -> None:
    asked = {"client_id": "our-site", "redirect_uri": SITE, "scope": "household catalog:edit"}
    redeemed = {"client_id": "our-site", "client_secret": provider.secrets["our-site"], "redirect_uri": SITE}
    await provider.sign_in()
    answer = await provider.redeem(await provider.code(**asked), **redeemed)
    assert answer.json()["scope"] == "household"
    async with provider.front.database.write("identity") as db:
        await db.execute(update(Account).values(roles=["publisher", "viewer"]))
    answer = await provider.redeem(await provider.code(**asked), **redeemed)
    assert answer.json()["scope"] == "catalog:edit household"
    token = answer.json()["access_token"]
    assert (await provider.front.data("{ viewer { scopes } }", token))["viewer"]["scopes"] == [
        "catalog:edit",
        "household",
    ]


async def test_another_clients_refresh_token_is_refused_and_stays_good(provider: Provider) -> None:
    token = (await provider.tokens())["refresh_token"]
    for client_id in ("marquee-tv", "example-app"):
        answer = await provider.refresh(token, client_id=client_id)
        assert answer.status_code == (200 if client_id == "example-app" else 400)


async def test_a_client_may_refresh_for_less_but_not_for_more(provider: Provider) -> None:
    token = (await provider.tokens(scope="openid household offline_access"))["refresh_token"]
    assert refused(await provider.refresh(token, scope="openid email")) == (400, "invalid_scope")
    async with provider.front.database.read("identity") as db:
        used = "select count(*) from identity.refresh_token where used_at is not null"
        assert await db.scalar(text(used)) == 0  # the refusal left it as it was
    less = (await provider.refresh(token, scope="openid")).json()
    assert less["scope"] == "openid"
    assert not await provider.opens(less["access_token"])
    more = (await provider.refresh(less["refresh_token"])).json()
    assert more["scope"] == "household offline_access openid"
    assert await provider.opens(more["access_token"])


async def test_a_refreshed_session_keeps_its_profile(provider: Provider) -> None:
    tokens = await provider.tokens()
    profiles = await provider.front.data("{ viewer { account { profiles { id } } } }", tokens["access_token"])
    profile = profiles["viewer"]["account"]["profiles"][0]["id"]
    select = "mutation ($id: ID!) { answer: selectProfile(profileId: $id) { accessToken userErrors { code } } }"
    assert (await provider.front.data(select, tokens["access_token"], id=profile))["answer"]["userErrors"] == []
    newer = (await provider.refresh(tokens["refresh_token"])).json()["access_token"]
    viewer = (await provider.front.data("{ viewer { profile { id } } }", newer))["viewer"]
    assert viewer == {"profile": {"id": profile}}


async def test_a_suspended_household_gets_no_more_tokens(provider: Provider) -> None:
    tokens = await provider.tokens()
    code = await provider.code()
    async with provider.front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    assert refused(await provider.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
    assert refused(await provider.redeem(code)) == (400, "invalid_grant")
    assert (await userinfo(provider, tokens["access_token"])).status_code == 401


async def test_reuse_past_the_leeway_is_committed_though_the_answer_is_an_error(provider: Provider) -> None:
    tokens = await provider.tokens()
    newer = (await provider.refresh(tokens["refresh_token"])).json()
    assert await provider.opens(newer["access_token"])
    async with provider.front.database.write("identity") as db:
        long_ago = datetime.now(UTC) - LEEWAY - timedelta(seconds=1)
        await db.execute(update(RefreshToken).where(col(RefreshToken.used_at).is_not(None)).values(used_at=long_ago))
    async with aclosing(provider.front.resources.hub.hear(TOPIC)) as changes:
        assert isinstance(await anext(changes), Missed), "which says that it listens from now on"
        change = asyncio.create_task(anext(changes))
        assert refused(await provider.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
        await asyncio.wait_for(change, 5)  # so that what was known of the session is dropped at once
    async with provider.front.database.read("identity") as db:
        left = text("select count(*) from identity.session where client_id = 'example-app'")
        assert await db.scalar(left) == 0
    assert not await provider.opens(newer["access_token"])


TOO_MUCH = [
    ("partner", {"scope": "household"}, "invalid_scope"),
    ("partner", {"scope": "openid"}, "invalid_scope"),
    ("partner", {"scope": "media:ingest"}, "invalid_scope"),
    ("partner", {"country": "XX"}, "invalid_request"),
    ("partner", {"country": "de"}, "invalid_request"),
    ("german", {"country": "FR"}, "invalid_request"),
    ("our-site", {}, "unauthorized_client"),
]
"""Clients, what they ask for themselves, and the error that they get."""


async def test_what_a_partner_may_not_ask_for(provider: Provider) -> None:
    for client, form, error in TOO_MUCH:
        answer = await provider.post("token", client, grant_type="client_credentials", **form)
        assert refused(answer) == (400, error), (client, form)
    async with provider.front.database.read("identity") as db:
        assert await db.scalar(text("select count(*) from identity.session where account_id is null")) == 0


async def test_a_partner_sees_the_country_that_it_is_registered_for(provider: Provider) -> None:
    answer = (await provider.post("token", "german", grant_type="client_credentials")).json()
    assert (answer["scope"], answer["expires_in"]) == ("media:ingest", 600)
    viewer = (await provider.front.data("{ viewer { country } }", answer["access_token"]))["viewer"]
    assert viewer == {"country": "DE"}


async def userinfo(provider: Provider, token: str) -> Response:
    return await provider.front.client.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})


async def sessions(provider: Provider) -> int:
    async with provider.front.database.read("identity") as db:
        count: int = await db.scalar(text("select count(*) from identity.session"))
        return count
