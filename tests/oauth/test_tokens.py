"""Introspection, revocation, userinfo, and who may call what from a browser."""

from typing import Any

from sqlalchemy import update

from models.identity import Account
from tests.identity.operations import SELECT
from tests.oauth.flows import ASKED, Provider, refused

SITE = "https://site.example/callback"


async def site_tokens(provider: Provider) -> dict[str, Any]:
    """Tokens of a client that keeps a secret."""
    asked = {"client_id": "our-site", "redirect_uri": SITE, "scope": "openid household offline_access"}
    await provider.sign_in()
    code = await provider.code(**asked)
    secret = provider.secrets["our-site"]
    answer = await provider.redeem(code, client_id="our-site", client_secret=secret, redirect_uri=SITE)
    tokens: dict[str, Any] = answer.json()
    return tokens


async def active(provider: Provider, token: str, client: str = "our-site") -> dict[str, Any]:
    answer = await provider.post("introspect", client, token=token)
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    told: dict[str, Any] = answer.json()
    return told


async def test_a_client_learns_of_its_own_tokens_alone(provider: Provider) -> None:
    tokens = await site_tokens(provider)
    for kind in ("access_token", "refresh_token"):
        told = await active(provider, tokens[kind])
        assert told["active"] is True
        assert (told["client_id"], told["iss"]) == ("our-site", provider.front.url)
        assert told["scope"] == "household offline_access openid"
        assert await active(provider, tokens[kind], "partner") == {"active": False}
    assert await active(provider, "forged") == {"active": False}
    assert await active(provider, tokens["id_token"]) == {"active": False}
    answer = await provider.post("introspect", client_id="example-app", token=tokens["access_token"])
    assert refused(answer) == (401, "invalid_client")
    assert refused(await provider.post("introspect", "our-site")) == (400, "invalid_request")


async def test_a_used_refresh_token_and_tokens_of_an_older_epoch_are_not_active(provider: Provider) -> None:
    tokens = await site_tokens(provider)
    shown = {"client_id": "our-site", "client_secret": provider.secrets["our-site"]}
    assert (await provider.refresh(tokens["refresh_token"], **shown)).status_code == 200
    assert await active(provider, tokens["refresh_token"]) == {"active": False}
    assert (await active(provider, tokens["access_token"]))["active"] is True
    async with provider.front.database.write("identity") as db:
        await db.execute(update(Account).values(epoch=Account.epoch + 1))
    assert await active(provider, tokens["access_token"]) == {"active": False}


async def test_revoking_either_kind_of_token_ends_the_session(provider: Provider) -> None:
    for kind in ("access_token", "refresh_token"):
        tokens = await provider.tokens()
        for unknown in ("forged", tokens["id_token"]):
            assert (await provider.post("revoke", client_id="example-app", token=unknown)).status_code == 200
        answer = await provider.post(
            "revoke", client_id="example-app", token=tokens[kind], token_type_hint="unheard-of"
        )
        assert answer.status_code == 200
        assert not await provider.opens(tokens["access_token"])
        assert refused(await provider.refresh(tokens["refresh_token"])) == (400, "invalid_grant")
        assert await provider.opens(provider.household)


async def test_another_clients_token_is_not_revoked(provider: Provider) -> None:
    tokens = await provider.tokens()
    answer = await provider.post("revoke", "our-site", token=tokens["refresh_token"])
    assert refused(answer) == (400, "invalid_grant")
    assert await provider.opens(tokens["access_token"])


async def test_userinfo_asks_for_a_token_and_its_errors_say_so(provider: Provider) -> None:
    bare = await provider.front.client.get("/oauth/userinfo")
    assert (bare.status_code, bare.headers["www-authenticate"]) == (401, "Bearer")
    for token in ("forged", provider.household):  # our own sign-in has no openid scope
        answer = await provider.front.client.get("/oauth/userinfo", headers={"authorization": f"Bearer {token}"})
        assert answer.headers["www-authenticate"].startswith('Bearer error="')
        assert answer.status_code == (401 if token == "forged" else 403)


async def test_browsers_may_call_what_takes_no_cookie(provider: Provider) -> None:
    client = provider.front.client
    headers = {"origin": "https://app.example", "access-control-request-method": "POST"}
    for path in ("/oauth/token", "/oauth/userinfo", "/oauth/revoke"):
        answer = await client.options(path, headers=headers | {"access-control-request-headers": "authorization"})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    for path in ("openid-configuration", "oauth-authorization-server", "jwks.json"):
        answer = await client.get(f"/.well-known/{path}", headers={"origin": "https://app.example"})
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    for path in ("/oauth/authorize", "/oauth/introspect"):
        answer = await client.options(path, headers=headers)
        assert "access-control-allow-origin" not in answer.headers


async def test_selecting_a_profile_gives_a_client_no_refresh_token_that_it_was_not_granted(provider: Provider) -> None:
    query = "{ viewer { account { profiles { id } } } }"
    for scope, refreshed in (("household", True), ("openid household", False), (ASKED["scope"], True)):
        token = (await provider.tokens(scope=scope))["access_token"]
        (profile,) = (await provider.front.data(query, token))["viewer"]["account"]["profiles"]
        selected = (await provider.front.data(SELECT, token, id=profile["id"]))["answer"]
        assert selected["viewer"]["profile"]["id"] == profile["id"]
        assert (selected["refreshToken"] is not None) is refreshed, scope
