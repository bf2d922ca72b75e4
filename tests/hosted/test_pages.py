"""What holds for every hosted page: whose forms it takes, what it may load, which languages it speaks."""

import re
from collections.abc import AsyncIterator
from itertools import product
from string import Formatter

import httpx2
import pytest
from sqlalchemy import text
from starlette.routing import Route

from oauth.hosted.routes import hosted_routes
from oauth.hosted.texts import TEXTS
from runtime.settings import OpenIdProvider, Settings
from tests.hosted.visitor import Visitor, shown, visiting
from tests.identity.operations import PASSWORD, sign_up
from tests.served import Front, served

FORMS = sorted(route.path for route in hosted_routes() if isinstance(route, Route) and "POST" in (route.methods or ()))
PAGES = [
    "/oauth/sign-in",
    "/oauth/sign-out",
    "/oauth/device",
    "/oauth/device?user_code=BCDF-GHJK",
    "/oauth/verify?token=x",
    "/oauth/reset",
    "/oauth/reset?token=x",
    "/oauth/passkeys",
    "/oauth/outside/none/callback",
    "/oauth/outside/example/callback?code=x",
    "/oauth/outside/example/link",
]
FOREIGN: list[dict[str, str]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"sec-fetch-site": "none"},
]


ACCEPTED = {"de-CH, en;q=0.5": "de", "es": "es", "fr, es;q=0.4, de;q=0.8": "de", "fr": "en", "*": "en", "": "en"} | {
    "x" * 200: "en",
    "-": "en",
}


@pytest.fixture
async def front(settings: Settings) -> AsyncIterator[Front]:
    outside = OpenIdProvider(name="example", label="Example", issuer="http://127.0.0.1:1", client_id="marquee")
    known = settings.model_copy(update={"openid_providers": (outside,)})
    async with served(known, "identity") as front:
        async with front.database.write("identity") as db:
            await db.execute(text("insert into identity.avatar values (gen_random_uuid(), 'a.webp', 0)"))
        await sign_up(front)
        yield front


@pytest.fixture
async def visitor(front: Front) -> AsyncIterator[Visitor]:
    """A browser at which Ada is signed in."""
    async with visiting(front) as visitor:
        await visitor.sign_in()
        yield visitor


async def everything(front: Front) -> list[str]:
    """All rows of identity but the counts of attempts."""
    query = "select tablename from pg_tables where schemaname = 'identity' and tablename <> 'throttle' order by 1"
    async with front.database.read("identity") as db:
        tables = (await db.scalars(text(query))).all()
        return [str(row) for table in tables for row in await db.execute(text(f"select * from identity.{table}"))]


def test_there_are_forms_to_check() -> None:
    assert len(FORMS) >= 11


async def test_a_form_of_another_site_is_refused_and_changes_nothing(front: Front, visitor: Visitor) -> None:
    fields = {"email": "ada@example.org", "password": PASSWORD, "token": "x", "user_code": "x", "decision": "allow"}
    before = await everything(front)
    for path, headers in product(FORMS, FOREIGN):
        answer = await visitor.client.post(path.format(name="example"), data=fields, headers=headers)
        assert answer.status_code == 403
        assert "This form is not ours" in shown(answer)
        assert "set-cookie" not in answer.headers
    assert await everything(front) == before


async def test_a_form_of_ours_is_taken(front: Front, visitor: Visitor) -> None:
    fields = {"email": "ada@example.org", "password": PASSWORD}
    for headers in ({"origin": front.url}, {"sec-fetch-site": "same-origin", "origin": "http://proxied.example"}):
        assert (await visitor.client.post("/oauth/sign-in", data=fields, headers=headers)).status_code == 303


async def test_a_large_form_is_refused(visitor: Visitor) -> None:
    answer = await visitor.sign_in(password="x" * 70_000)
    assert answer.status_code == 413


async def test_a_page_keeps_to_itself(front: Front, visitor: Visitor) -> None:
    seen = [await visitor.get(path) for path in PAGES]
    assert [answer.status_code for answer in seen] == [200, 200, 200, 422, 200, 200, 200, 200, 404, 400, 200]
    async with visiting(front) as stranger:
        unseen = [await stranger.get(path) for path in PAGES]
    asked = [answer for answer in unseen if answer.status_code == 303]
    assert len(asked) == 4
    for answer in asked:
        assert answer.headers["location"].startswith("/oauth/sign-in?continue=%2Foauth%2F")
        assert answer.headers["cache-control"] == "no-store"
    for answer in (*seen, *(answer for answer in unseen if answer.status_code != 303)):
        keeps_to_itself(answer)


def keeps_to_itself(answer: httpx2.Response) -> None:
    assert answer.headers["cache-control"] == "no-store"
    policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert all(policy[name] == "'self'" for name in ("script-src", "style-src", "img-src", "connect-src"))
    assert policy["form-action"] == "'self'"
    assert answer.headers["x-frame-options"] == "DENY"
    assert not re.search(r"<style|\sstyle=|<script(?![^>]* src=)|\son\w+=|javascript:|https?://", answer.text)


async def test_every_field_has_a_label_and_every_page_a_title_and_a_heading(visitor: Visitor) -> None:
    refused = await visitor.sign_in(password="wrong")
    for page in [refused, *[await visitor.get(path) for path in PAGES]]:
        is_labelled(page)


def is_labelled(page: httpx2.Response) -> None:
    labelled = set(re.findall(r'<label for="([^"]+)"', page.text))
    inputs = re.findall(r"<input [^>]*>", page.text)
    visible = [field for field in inputs if 'type="hidden"' not in field]
    assert all(re.search(r' id="([^"]+)"', field)[1] in labelled for field in visible)  # type: ignore[index]
    assert all(" autocomplete=" in field for field in visible)
    ids = re.findall(r' id="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    named = re.findall(r'aria-describedby="([^"]+)"', page.text)
    assert {name for names in named for name in names.split()} <= set(ids)
    assert len(re.findall(r"<h1>[^<]+</h1>", page.text)) == 1
    assert re.search(r"<title>[^<]+ · Marquee</title>", page.text)


async def test_a_page_speaks_the_browsers_language(visitor: Visitor) -> None:
    titles = {"en": "Sign in", "de": "Anmelden", "es": "Iniciar sesión"}
    for accepted, language in ACCEPTED.items():
        page = await visitor.get("/oauth/sign-in", **{"accept-language": accepted})
        assert f'<html lang="{language}">' in page.text
        assert f"<h1>{titles[language]}</h1>" in page.text


def test_all_languages_say_the_same() -> None:
    def values(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    for texts in TEXTS.values():
        assert texts.keys() == TEXTS["en"].keys()
        assert all(values(texts[name]) == values(TEXTS["en"][name]) for name in texts)


async def test_what_is_shown_is_escaped(visitor: Visitor) -> None:
    answer = await visitor.sign_in(email='"><script>alert(1)</script>@example.org', password="wrong")
    assert "<script>alert" not in answer.text
    page = await visitor.get("/oauth/device?user_code=%22%3E%3Cscript%3Ealert(1)")
    assert "<script>alert" not in page.text


async def test_what_a_page_loads_is_there_and_kept_by_version(visitor: Visitor) -> None:
    page = await visitor.get("/oauth/sign-in")
    addresses = re.findall(r'(?:href|src)="(/oauth/static/[^"]+)"', page.text)
    assert len(addresses) >= 3
    for address in addresses:
        answer = await visitor.get(address)
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["cache-control"]
    assert (await visitor.get("/oauth/static/%2e%2e/pages.py")).status_code == 404


async def test_a_process_without_identity_has_no_such_pages(settings: Settings) -> None:
    async with served(settings, "catalog") as front:
        assert (await front.client.get("/oauth/sign-in")).status_code == 404
