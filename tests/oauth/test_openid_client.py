"""The flows as a certified client, npm's openid-client, goes through them."""

from datetime import timedelta

from sqlalchemy import update
from sqlmodel import col

from models.identity import RefreshToken
from oauth.sessions import LEEWAY
from tests.clients.drive import drive
from tests.identity.operations import PASSWORD
from tests.oauth.flows import EMAIL, REDIRECT, Provider

VIEWER = "{ viewer { account { email } } }"
CODE = {"client": "example-app", "redirect": REDIRECT, "email": EMAIL, "password": PASSWORD, "redemptions": 1}


async def test_code_with_pkce_from_discovery_to_the_graph(provider: Provider) -> None:
    issuer = provider.front.url
    scope = "openid profile email household offline_access"
    seen = await drive("code.mjs", issuer=issuer, scope=scope, userinfo=True, **CODE)
    assert seen["metadata"]["code_challenge_methods_supported"] == ["S256"]
    assert set(seen["tokens"]["scope"].split()) == set(scope.split())
    about = {"email": EMAIL, "email_verified": False, "name": "Ada", "locale": "de", "sub": seen["claims"]["sub"]}
    assert seen["userinfo"] == about
    assert seen["claims"].items() >= (about | {"iss": issuer, "aud": "example-app"}).items()
    viewer = (await provider.front.data(VIEWER, seen["tokens"]["access_token"]))["viewer"]
    assert viewer["account"]["email"] == EMAIL


async def test_of_ten_redemptions_at_once_one_succeeds(provider: Provider) -> None:
    seen = await drive("code.mjs", issuer=provider.front.url, scope="openid household", **(CODE | {"redemptions": 10}))
    assert seen["errors"] == ["invalid_grant"] * 9
    assert not await provider.opens(seen["tokens"]["access_token"])  # the nine others were replays


async def test_a_replayed_code_revokes_what_it_gave(provider: Provider) -> None:
    scope = "openid household offline_access"
    seen = await drive("code.mjs", issuer=provider.front.url, scope=scope, replay=True, **CODE)
    assert seen["replay"] == {"error": "invalid_grant"}
    assert not await provider.opens(seen["tokens"]["access_token"])
    again = await drive(
        "refresh.mjs", issuer=provider.front.url, client="example-app", tokens=[seen["tokens"]["refresh_token"]]
    )
    assert again["answers"] == [{"error": "invalid_grant"}]


async def test_a_benign_double_refresh_works_and_reuse_revokes_the_family(provider: Provider) -> None:
    job = {"issuer": provider.front.url, "client": "example-app"}
    token = (await provider.tokens())["refresh_token"]
    both = (await drive("refresh.mjs", tokens=[token, token], **job))["answers"]
    newer = [one["answer"] for one in both]
    assert len({token, *(one["refresh_token"] for one in newer)}) == 3
    assert all([await provider.opens(one["access_token"]) for one in newer])
    async with provider.front.database.write("identity") as db:
        used = col(RefreshToken.used_at)
        await db.execute(
            update(RefreshToken).where(used.is_not(None)).values(used_at=used - LEEWAY - timedelta(seconds=1))
        )
    assert (await drive("refresh.mjs", tokens=[token], **job))["answers"] == [{"error": "invalid_grant"}]
    family = [one["refresh_token"] for one in newer]
    assert (await drive("refresh.mjs", tokens=family, **job))["answers"] == [{"error": "invalid_grant"}] * 2
    assert not any([await provider.opens(one["access_token"]) for one in newer])


async def test_a_device_without_a_keyboard(provider: Provider) -> None:
    job = {"client": "marquee-tv", "scope": "openid household offline_access", "name": "Living room"}
    seen = await drive("device.mjs", issuer=provider.front.url, household=provider.household, **job)
    assert seen["approved"]["data"]["approveDevice"] == {
        "device": {"name": "Living room", "kind": "TV"},
        "userErrors": [],
    }
    assert seen["asked"]["verification_uri"] == f"{provider.front.url}/oauth/device"
    assert seen["claims"]["aud"] == "marquee-tv"
    viewer = (await provider.front.data(VIEWER, seen["answer"]["access_token"]))["viewer"]
    assert viewer["account"]["email"] == EMAIL
    assert seen["answer"]["refresh_token"]


async def test_a_partner_on_its_own_account(provider: Provider) -> None:
    parameters = {"scope": "catalog:edit", "country": "FR"}
    seen = await drive(
        "partner.mjs",
        issuer=provider.front.url,
        client="partner",
        secret=provider.secrets["partner"],
        parameters=parameters,
    )
    assert [one["scope"] for one in seen["tokens"]] == ["catalog:edit"] * 2
    assert not any("refresh_token" in one for one in seen["tokens"])
    for one in seen["before"]:
        assert one["active"] is True
        assert (one["sub"], one["client_id"], one["scope"]) == ("partner", "partner", "catalog:edit")
    assert [one["active"] for one in seen["after"]] == [True, False]
    viewer = await provider.front.data(
        "{ viewer { country scopes account { id } } }", seen["tokens"][0]["access_token"]
    )
    assert viewer["viewer"] == {"country": "FR", "scopes": ["catalog:edit"], "account": None}
