"""The authorization endpoint: who gets a code, who is asked first, and who is told no, and where."""

from datetime import timedelta
from itertools import product
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import text, update
from sqlmodel import col

from models.identity import Account, AccountStatus, Client, Session
from tests.oauth.flows import ASKED, CHALLENGE, EMAIL, REDIRECT, VERIFIER, Provider, returned

SITE = "https://site.example/callback"
OURS = {"client_id": "our-site", "redirect_uri": SITE, "scope": "openid"}


async def test_who_is_not_signed_in_is_led_there_and_back(provider: Provider) -> None:
    answer = await provider.authorize()
    assert answer.status_code == 303
    location = urlsplit(answer.headers["location"])
    assert location.path == "/oauth/sign-in"
    onward = urlsplit(parse_qs(location.query)["continue"][0])
    assert onward.path == "/oauth/authorize"
    assert {name: values[0] for name, values in parse_qs(onward.query).items()} == ASKED


async def test_a_third_party_gets_its_code_by_consent_with_issuer_and_state(provider: Provider) -> None:
    await provider.sign_in()
    page = await provider.authorize()
    assert page.status_code == 200
    assert "Example app" in page.text
    assert EMAIL in page.text
    back = await provider.authorize("allow")
    assert back.headers["location"].startswith(f"{REDIRECT}?")
    assert back.headers["cache-control"] == "no-store"
    assert set(returned(back)) == {"code", "state", "iss"}
    assert returned(back)["iss"] == provider.front.url
    assert returned(back)["state"] == "a state"


async def test_a_first_party_needs_no_consent_unless_it_asks_for_it(provider: Provider) -> None:
    await provider.sign_in()
    assert "code" in returned(await provider.authorize(**OURS))
    assert (await provider.authorize(**OURS, prompt="consent")).status_code == 200
    assert "code" in returned(await provider.authorize("allow", **OURS, prompt="consent"))


async def test_who_denies_is_sent_back_with_an_error_that_names_the_issuer(provider: Provider) -> None:
    await provider.sign_in()
    back = returned(await provider.authorize("deny"))
    assert (back["error"], back["state"], back["iss"]) == ("access_denied", "a state", provider.front.url)
    assert "code" not in back


async def test_a_decision_counts_only_from_our_own_page(provider: Provider) -> None:
    await provider.sign_in()
    for headers in ({"origin": "https://evil.example"}, {}, {"sec-fetch-site": "cross-site"}):
        answer = await provider.front.client.post(
            "/oauth/authorize", params=ASKED, data={"decision": "allow"}, headers=headers
        )
        assert answer.status_code == 403
    assert (await provider.authorize("perhaps")).status_code == 403
    assert await codes(provider) == 0


async def test_a_clients_own_form_is_as_good_as_a_link(provider: Provider) -> None:
    answer = await provider.front.client.post("/oauth/authorize", data=ASKED, headers={"origin": "https://app.example"})
    assert answer.status_code == 303
    location = urlsplit(answer.headers["location"])
    assert (location.netloc, location.path) == ("", "/oauth/authorize")
    assert {name: values[0] for name, values in parse_qs(location.query).items()} == ASKED


PAGES: list[dict[str, str | None]] = [
    {"client_id": "nobody"},
    {"client_id": None},
    {"client_id": "a\x00b"},
    {"redirect_uri": None},
    {"redirect_uri": "https://evil.example/callback"},
    {"redirect_uri": "http://127.0.0.1:4711/callback/more"},
    {"redirect_uri": "http://127.0.0.1:4711/callback?x=1"},
    {"redirect_uri": "http://127.0.0.1:80@evil.example/callback"},
    {"redirect_uri": "https://127.0.0.1/callback"},
    {"redirect_uri": "http://localhost/callback"},
    {"redirect_uri": 'http://127.0.0.1/callback"é'},
    {"response_type": "é"},
    {"client_id": "our-site", "redirect_uri": f"{SITE}/"},
    {"client_id": "our-site", "redirect_uri": "https://site.example:8443/callback"},
]
"""How a request differs that can't be told to the client."""


async def test_what_can_not_be_told_to_the_client_is_a_page_and_no_redirect(provider: Provider) -> None:
    await provider.sign_in()
    for changed, decision in product(PAGES, (None, "allow")):
        answer = await provider.authorize(decision, **changed)
        assert answer.status_code == 400, changed
        assert "location" not in answer.headers
        assert answer.headers["content-type"].startswith("text/html")
    assert await codes(provider) == 0


BACK: list[tuple[dict[str, str | None], str]] = [
    ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    ({"code_challenge_method": None}, "invalid_request"),
    ({"code_challenge": None}, "invalid_request"),
    ({"code_challenge": "short"}, "invalid_request"),
    ({"response_type": "token"}, "unsupported_response_type"),
    ({"response_type": None}, "unsupported_response_type"),
    ({"scope": "openid unheard-of"}, "invalid_scope"),
    ({"scope": "openid catalog:edit"}, "invalid_scope"),
    ({"prompt": "none login"}, "invalid_request"),
    ({"max_age": "soon"}, "invalid_request"),
    ({"max_age": "-1"}, "invalid_request"),
    ({"response_mode": "fragment"}, "invalid_request"),
    ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    ({"prompt": "none"}, "consent_required"),
]
"""How a request differs that is refused, and the error that goes back to the client."""


async def test_a_bad_request_of_a_known_client_goes_back_to_it(provider: Provider) -> None:
    await provider.sign_in()
    for changed, error in BACK:
        back = returned(await provider.authorize(**changed))
        assert (back["error"], back["state"], back["iss"]) == (error, "a state", provider.front.url), changed
    assert await codes(provider) == 0


async def test_every_client_needs_pkce_even_one_with_a_secret(provider: Provider) -> None:
    await provider.sign_in()
    back = returned(await provider.authorize(**OURS, code_challenge=None, code_challenge_method=None))
    assert back["error"] == "invalid_request"


async def test_a_parameter_given_twice_is_refused(provider: Provider) -> None:
    await provider.sign_in()
    answer = await provider.front.client.get("/oauth/authorize", params=[*ASKED.items(), ("scope", "openid")])
    assert answer.status_code == 400


async def test_a_loopback_address_may_have_any_port(provider: Provider) -> None:
    await provider.sign_in()
    for redirect in ("http://127.0.0.1/callback", "http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback"):
        answer = await provider.authorize("allow", redirect_uri=redirect)
        assert answer.headers["location"].startswith(f"{redirect}?code=")


async def test_prompt_none_never_shows_a_page(provider: Provider) -> None:
    assert returned(await provider.authorize(**OURS, prompt="none"))["error"] == "login_required"
    await provider.sign_in()
    assert "code" in returned(await provider.authorize(**OURS, prompt="none"))
    await grow_old(provider, timedelta(hours=1))
    assert returned(await provider.authorize(**OURS, prompt="none", max_age="600"))["error"] == "login_required"


async def test_signing_in_anew_is_asked_for_once(provider: Provider) -> None:
    await provider.sign_in()
    anew: list[dict[str, str | None]] = [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "600"}]
    for asked in anew:
        await grow_old(provider, timedelta(hours=1))
        answer = await provider.authorize(**OURS, **asked)
        location = urlsplit(answer.headers["location"])
        assert location.path == "/oauth/sign-in"
        onward = parse_qs(location.query)["continue"][0]
        assert not set(asked) & set(parse_qs(urlsplit(onward).query))
        await provider.sign_in()
        assert "code" in returned(await provider.front.client.get(onward))


async def test_a_fresh_sign_in_is_good_for_max_age(provider: Provider) -> None:
    await provider.sign_in()
    assert "code" in returned(await provider.authorize(**OURS, max_age="600"))


async def test_a_suspended_household_is_not_signed_in(provider: Provider) -> None:
    await provider.sign_in()
    async with provider.front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    answer = await provider.authorize("allow")
    assert urlsplit(answer.headers["location"]).path == "/oauth/sign-in"


async def test_no_code_lies_in_the_database(provider: Provider) -> None:
    await provider.sign_in()
    code = await provider.code()
    async with provider.front.database.read("identity") as db:
        (row,) = (await db.execute(text("select c::text as row from identity.authorization_code c"))).all()
    assert CHALLENGE in row.row
    assert code not in row.row
    assert code.encode().hex() not in row.row


async def grow_old(provider: Provider, by: timedelta) -> None:
    """Makes the sign-ins that there are older."""
    async with provider.front.database.write("identity") as db:
        created = col(Session.created_at)
        await db.execute(update(Session).values(created_at=created - by))


async def codes(provider: Provider) -> int:
    async with provider.front.database.read("identity") as db:
        count: int = await db.scalar(text("select count(*) from identity.authorization_code"))
        return count


async def test_a_site_asks_no_more_than_once_until_the_household_ends_it(provider: Provider) -> None:
    async with provider.front.database.write("identity") as db:
        await db.execute(update(Client).values(first_party=False))
    await provider.sign_in()
    asked = {"client_id": "our-site", "redirect_uri": SITE, "scope": "openid household"}
    assert (await provider.authorize(**asked)).status_code == 200
    secret = provider.secrets["our-site"]
    code = returned(await provider.authorize("allow", **asked))["code"]
    tokens = (await provider.redeem(code, client_id="our-site", client_secret=secret, redirect_uri=SITE)).json()
    assert "code" in returned(await provider.authorize(**asked))
    assert "code" in returned(await provider.authorize(**asked, prompt="none"))
    assert (await provider.authorize(**asked | {"scope": "openid household offline_access"})).status_code == 200
    assert (await provider.authorize(**asked, prompt="consent")).status_code == 200
    await provider.post("revoke", "our-site", token=tokens["access_token"])
    assert (await provider.authorize(**asked)).status_code == 200
