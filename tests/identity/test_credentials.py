"""Verifying, changing and resetting the address and the password, through the front door."""

import asyncio
import base64
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from models.identity import Account, AccountStatus, MailToken, MailTokenPurpose, Profile, ProfileKind
from models.published import PublishedProfile
from oauth.mail_tokens import token_of
from tests.identity.letters import letters, mailed_token
from tests.identity.operations import (
    ASK_FOR_RESET,
    CHANGE_PASSWORD,
    PASSWORD,
    REFRESH,
    RESET,
    SELECT,
    SEND_VERIFICATION,
    SIGN_OUT,
    SIGN_UP,
    VERIFY,
    VIEWER,
    codes,
    refused,
    sign_in,
    sign_up,
    sign_up_input,
)
from tests.served import Front

NEW = "battery staple"
ADDRESS = "{ viewer { account { email emailVerified } } }"
INVALID = ("INVALID_TOKEN", ["token"])


async def address_of(front: Front, token: str) -> Any:
    return (await front.data(ADDRESS, token))["viewer"]["account"]


async def acknowledged(front: Front, query: str, token: str | None = None, **variables: Any) -> None:
    assert (await front.data(query, token, **variables))["answer"] == {"userErrors": []}


async def link_to_reset(front: Front) -> str:
    await acknowledged(front, ASK_FOR_RESET, email=" ADA@example.org")
    return await mailed_token(front)


async def is_out(front: Front, token: str) -> bool:
    response = await front.ask(VIEWER, token)
    return bool(response.get("errors")) and response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


@pytest.fixture
def news_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of an account stays known until there is news of it."""
    monkeypatch.setattr("oauth.authenticate.STANDING_SECONDS", 3600.0)


async def until_out(front: Front, token: str) -> None:
    """Returns when the access token is refused."""
    async with asyncio.timeout(20):
        while not await is_out(front, token):
            pass


async def as_child(front: Front, payload: dict[str, Any]) -> str:
    """The access token of the household's profile, now a child's."""
    async with front.database.write("identity") as db:
        for table in (Profile, PublishedProfile):
            await db.execute(update(table).values(kind=ProfileKind.KIDS, maximum_age=6))
    profile = payload["viewer"]["account"]["profiles"][0]["id"]
    token: str = (await front.data(SELECT, payload["accessToken"], id=profile))["answer"]["accessToken"]
    return token


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "WEAK_PASSWORD"),
        ("aaaaaaaaaaaa", "WEAK_PASSWORD"),
        ("qwertyqwerty1", "WEAK_PASSWORD"),
        ("ada.lovelace", "WEAK_PASSWORD"),
        ("marquee123", "WEAK_PASSWORD"),
        ("x" * 257, "WEAK_PASSWORD"),
        ("password1", "BREACHED_PASSWORD"),
        ("PassWord1", "BREACHED_PASSWORD"),
        ("trustno1", "BREACHED_PASSWORD"),
    ],
)
async def test_a_password_that_others_would_guess_is_refused(front: Front, password: str, code: str) -> None:
    given = sign_up_input(email="ada.lovelace@example.org", password=password)
    assert await refused(front, SIGN_UP, input=given) == (code, ["input", "password"])
    async with front.database.read("identity") as db:
        assert await db.scalar(text("select count(*) from identity.account")) == 0


async def test_long_passwords_of_any_script_are_welcome(front: Front) -> None:
    password = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(256))
    await sign_up(front, password=password)
    assert codes(await sign_in(front, password)) == []
    assert codes(await sign_in(front, password[:-1])) == ["WRONG_CREDENTIALS"]


async def test_a_mailed_link_verifies_the_address_once(front: Front) -> None:
    ada = await sign_up(front)
    token = await mailed_token(front)
    assert (await address_of(front, ada["accessToken"]))["emailVerified"] is False
    await acknowledged(front, VERIFY, link=token)
    assert (await address_of(front, ada["accessToken"]))["emailVerified"] is True
    assert await refused(front, VERIFY, link=token) == INVALID
    assert await refused(front, SEND_VERIFICATION, ada["accessToken"]) == ("ALREADY_VERIFIED", None)


async def test_only_our_own_tokens_of_the_very_purpose_count(front: Front) -> None:
    ada = await sign_up(front)
    token, reset = await mailed_token(front), await link_to_reset(front)
    raw = base64.urlsafe_b64decode(token)
    altered = base64.urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    unknown = token_of(front.resources.encryption, MailTokenPurpose.VERIFY_EMAIL, UUID(int=1))
    for wrong in ("", "nonsense", "ä", token[:20], token + "AAAA", altered, unknown, reset):
        assert await refused(front, VERIFY, link=wrong) == INVALID
    for wrong in (token, altered, unknown, ""):
        assert await refused(front, RESET, link=wrong, new=NEW) == INVALID
    assert (await address_of(front, ada["accessToken"]))["emailVerified"] is False
    assert codes(await sign_in(front)) == []


async def test_links_expire_and_a_newer_one_voids_the_older(front: Front) -> None:
    ada = await sign_up(front)
    older = await mailed_token(front)
    await acknowledged(front, SEND_VERIFICATION, ada["accessToken"])
    newer = await mailed_token(front)
    assert await refused(front, VERIFY, link=older) == INVALID
    async with front.database.write("identity") as db:
        await db.execute(update(MailToken).values(expires_at=col(MailToken.expires_at) - timedelta(days=3)))
    assert await refused(front, VERIFY, link=newer) == INVALID


async def test_a_void_link_is_not_mailed(front: Front) -> None:
    ada = await sign_up(front)
    await acknowledged(front, SEND_VERIFICATION, ada["accessToken"])
    assert len(await letters(front)) == 1, "the first letter's link was void before the worker came to it"


async def test_a_new_address_counts_once_it_is_verified(front: Front) -> None:
    ada = await sign_up(front)
    token = ada["accessToken"]
    at_old_address = await link_to_reset(front)
    await acknowledged(front, SEND_VERIFICATION, token, email="Countess@Example.org", password=PASSWORD)
    link = await mailed_token(front, "countess@example.org")
    assert (await address_of(front, token))["email"] == "ada@example.org"
    await acknowledged(front, VERIFY, link=link)
    assert await address_of(front, token) == {"email": "countess@example.org", "emailVerified": True}
    assert codes(await sign_in(front, email="ada@example.org")) == ["WRONG_CREDENTIALS"]
    assert codes(await sign_in(front, email="countess@example.org")) == []
    assert await refused(front, RESET, link=at_old_address, new=NEW) == INVALID
    told = (await letters(front))[-1]
    assert (told["To"], told["Subject"]) == ("ada@example.org", "Deine E-Mail-Adresse wurde geändert")


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"email": "nobody", "password": PASSWORD}, "INVALID_EMAIL", ["newEmail"]),
        ({"email": "new@example.org"}, "PASSWORD_REQUIRED", ["password"]),
        ({"email": "new@example.org", "password": "a guess"}, "WRONG_PASSWORD", ["password"]),
    ],
)
async def test_a_new_address_takes_the_password(
    front: Front, given: dict[str, str], code: str, path: list[str]
) -> None:
    ada = await sign_up(front)
    await letters(front)
    assert await refused(front, SEND_VERIFICATION, ada["accessToken"], **given) == (code, path)
    assert len(await letters(front)) == 1


async def test_whether_a_new_address_is_taken_only_its_link_tells(front: Front) -> None:
    ada = await sign_up(front)
    await sign_up(front, email="eve@example.org")
    given = {"token": ada["accessToken"], "password": PASSWORD}
    await acknowledged(front, SEND_VERIFICATION, email="free@example.org", **given)
    await acknowledged(front, SEND_VERIFICATION, email="eve@example.org", **given)
    link = await mailed_token(front, "eve@example.org")
    for _ in range(2):
        assert await refused(front, VERIFY, link=link) == ("EMAIL_TAKEN", ["token"])
    assert (await address_of(front, ada["accessToken"])) == {"email": "ada@example.org", "emailVerified": False}


async def test_nobody_has_us_write_to_strangers_all_day(front: Front) -> None:
    ada = await sign_up(front)
    for _ in range(5):
        await acknowledged(front, SEND_VERIFICATION, ada["accessToken"])
    assert await refused(front, SEND_VERIFICATION, ada["accessToken"]) == ("TOO_MANY_ATTEMPTS", None)


async def test_a_changed_password_ends_all_other_sessions(front: Front, news_alone: None) -> None:
    ada = await sign_up(front)
    other = await sign_in(front)
    old_link = await link_to_reset(front)
    profile = ada["viewer"]["account"]["profiles"][0]["id"]
    selected = (await front.data(SELECT, ada["accessToken"], id=profile))["answer"]
    assert not await is_out(front, other["accessToken"])
    mine = (await front.data(CHANGE_PASSWORD, selected["accessToken"], old=PASSWORD, new=NEW))["answer"]
    assert mine["userErrors"] == []
    assert mine["viewer"]["profile"]["id"] == profile
    for token in (other["accessToken"], selected["accessToken"]):
        await until_out(front, token)
    assert (await front.data(VIEWER, mine["accessToken"]))["viewer"]["profile"]["id"] == profile
    assert codes((await front.data(REFRESH, refresh=mine["refreshToken"]))["answer"]) == []
    assert (await refused(front, REFRESH, refresh=other["refreshToken"]))[0] == "INVALID_REFRESH_TOKEN"
    assert codes(await sign_in(front)) == ["WRONG_CREDENTIALS"]
    assert codes(await sign_in(front, NEW)) == []
    assert await refused(front, RESET, link=old_link, new="another one entirely") == INVALID
    assert (await letters(front))[-1]["Subject"] == "Dein Passwort wurde geändert"


@pytest.mark.parametrize(
    ("old", "new", "code", "path"),
    [
        ("a guess", NEW, "WRONG_PASSWORD", ["password"]),
        ("", NEW, "PASSWORD_REQUIRED", ["password"]),
        (PASSWORD, "short", "WEAK_PASSWORD", ["newPassword"]),
        (PASSWORD, "ada@example.org", "WEAK_PASSWORD", ["newPassword"]),
        (PASSWORD, "iloveyou1", "BREACHED_PASSWORD", ["newPassword"]),
    ],
)
async def test_a_refused_change_changes_nothing(front: Front, old: str, new: str, code: str, path: list[str]) -> None:
    ada = await sign_up(front)
    assert await refused(front, CHANGE_PASSWORD, ada["accessToken"], old=old, new=new) == (code, path)
    assert codes(await sign_in(front)) == []
    assert not await is_out(front, ada["accessToken"])


async def test_a_child_changes_nothing_of_the_household(front: Front) -> None:
    ada = await sign_up(front)
    child = await as_child(front, ada)
    kids = ("KIDS_PROFILE", None)
    assert await refused(front, CHANGE_PASSWORD, child, old=PASSWORD, new=NEW) == kids
    assert await refused(front, SEND_VERIFICATION, child, email="new@example.org", password=PASSWORD) == kids
    answer = (await front.data(SIGN_OUT, child, all=True))["answer"]
    assert answer == {"signedOut": 0, "userErrors": [{"code": "KIDS_PROFILE"}]}
    assert not await is_out(front, child)
    assert (await front.data(SIGN_OUT, child, all=False))["answer"] == {"signedOut": 1, "userErrors": []}
    await until_out(front, child)


async def test_a_reset_ends_every_session_and_signs_in(front: Front, news_alone: None) -> None:
    ada = await sign_up(front)
    link = await link_to_reset(front)
    assert not await is_out(front, ada["accessToken"])
    mine = (await front.data(RESET, link=link, new=NEW))["answer"]
    assert mine["userErrors"] == []
    await until_out(front, ada["accessToken"])
    assert await address_of(front, mine["accessToken"]) == {"email": "ada@example.org", "emailVerified": True}
    assert codes((await front.data(REFRESH, refresh=mine["refreshToken"]))["answer"]) == []
    assert (await refused(front, REFRESH, refresh=ada["refreshToken"]))[0] == "INVALID_REFRESH_TOKEN"
    assert codes(await sign_in(front)) == ["WRONG_CREDENTIALS"]
    assert codes(await sign_in(front, NEW)) == []
    assert await refused(front, RESET, link=link, new="another one entirely") == INVALID


async def test_a_link_resets_once_however_often_it_is_used_at_once(front: Front) -> None:
    await sign_up(front)
    link = await link_to_reset(front)
    answers = await asyncio.gather(*(front.data(RESET, link=link, new=f"{NEW} {n}") for n in range(4)))
    refusals = [codes(answer["answer"]) for answer in answers]
    assert sorted(refusals) == [[], *[["INVALID_TOKEN"]] * 3]
    assert codes(await sign_in(front, f"{NEW} {refusals.index([])}")) == []


@pytest.mark.parametrize(
    ("new", "code"),
    [("short", "WEAK_PASSWORD"), ("ada@example.org", "WEAK_PASSWORD"), ("iloveyou1", "BREACHED_PASSWORD")],
)
async def test_a_reset_to_a_bad_password_leaves_the_link_good(front: Front, new: str, code: str) -> None:
    await sign_up(front)
    link = await link_to_reset(front)
    assert await refused(front, RESET, link=link, new=new) == (code, ["newPassword"])
    assert codes((await front.data(RESET, link=link, new=NEW))["answer"]) == []


async def test_an_account_without_a_password_gets_one_by_a_reset(front: Front) -> None:
    ada = await sign_up(front)
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(password_hash=None))
    for guess in ("no account has this password", ""):
        assert codes(await sign_in(front, guess)) == ["WRONG_CREDENTIALS"]
    assert (await refused(front, CHANGE_PASSWORD, ada["accessToken"], old=PASSWORD, new=NEW))[0] == "WRONG_PASSWORD"
    assert codes((await front.data(RESET, link=await link_to_reset(front), new=NEW))["answer"]) == []
    assert codes(await sign_in(front, NEW)) == []


async def test_a_suspended_account_is_not_reset(front: Front) -> None:
    await sign_up(front)
    link = await link_to_reset(front)
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
    assert await refused(front, RESET, link=link, new=NEW) == ("ACCOUNT_SUSPENDED", None)
    assert codes(await sign_in(front)) == ["ACCOUNT_SUSPENDED"]
    assert codes(await sign_in(front, NEW)) == ["WRONG_CREDENTIALS"]


async def test_no_table_holds_what_opens_anything(front: Front) -> None:
    ada = await sign_up(front)
    link = await mailed_token(front)
    await acknowledged(front, SEND_VERIFICATION, ada["accessToken"], email="new@example.org", password=PASSWORD)
    await acknowledged(front, ASK_FOR_RESET, email="ada@example.org")
    tables = (
        "select table_schema || '.' || table_name from information_schema.tables where table_schema = any(:schemas)"
    )
    async with front.database.read("identity") as db:
        names = (await db.scalars(text(tables), {"schemas": ["identity", "jobs"]})).all()
        rows = {name: (await db.scalars(text(f"select t::text from {name} t"))).all() for name in names}
        payloads = (await db.scalars(text("select convert_from(payload, 'utf8') from jobs.pgqueuer"))).all()
    assert rows["identity.mail_token"]
    assert payloads
    dump = "\n".join([*(row for found in rows.values() for row in found), *payloads])
    for secret in ("ada@example.org", "new@example.org", link, PASSWORD):
        assert secret not in dump
        assert secret.encode().hex() not in dump
