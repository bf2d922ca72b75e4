"""Sign-up, sign-in, refresh and sign-out, through the front door."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text, update
from sqlmodel import col

from models.identity import Account, AccountStatus, Profile, RefreshToken
from models.published import PublishedAccount
from oauth.passwords import hash_password
from oauth.sessions import LEEWAY
from tests.identity.operations import (
    DEVICE,
    PASSWORD,
    REFRESH,
    SELECT,
    SIGN_IN,
    SIGN_OUT,
    SIGN_UP,
    VIEWER,
    refused,
    sign_up,
    sign_up_input,
)
from tests.served import Front


async def test_who_signs_up_is_signed_in(front: Front) -> None:
    payload = await sign_up(front)
    viewer = (await front.data(VIEWER, payload["accessToken"]))["viewer"]
    assert viewer["account"] == {"id": payload["viewer"]["account"]["id"], "email": "ada@example.org"}
    assert viewer["country"] == "DE"
    assert viewer["profile"] is None
    assert [p["name"] for p in payload["viewer"]["account"]["profiles"]] == ["Ada"]


async def test_nobody_is_nobody(front: Front) -> None:
    assert (await front.data("{ viewer { country } }"))["viewer"] is None


@pytest.mark.parametrize(
    ("changed", "code", "path"),
    [
        ({"email": "nobody"}, "INVALID_EMAIL", ["input", "email"]),
        ({"password": "short"}, "WEAK_PASSWORD", ["input", "password"]),
        ({"password": "x" * 257}, "WEAK_PASSWORD", ["input", "password"]),
        ({"country": "XX"}, "UNKNOWN_COUNTRY", ["input", "country"]),
        ({"country": "de"}, "UNKNOWN_COUNTRY", ["input", "country"]),
        ({"language": "klingon!"}, "UNKNOWN_LANGUAGE", ["input", "language"]),
        ({"profileName": "  "}, "INVALID_NAME", ["input", "profileName"]),
        ({"profileName": "\u0301\u0301"}, "INVALID_NAME", ["input", "profileName"]),
        ({"device": {"name": "", "kind": "TV"}}, "INVALID_NAME", ["input", "device", "name"]),
    ],
)
async def test_bad_input_names_its_field_and_saves_nothing(
    front: Front, changed: dict[str, Any], code: str, path: list[str]
) -> None:
    assert await refused(front, SIGN_UP, input=sign_up_input(**changed)) == (code, path)
    async with front.database.read("identity") as db:
        assert await db.scalar(text("select count(*) from identity.account")) == 0


async def test_an_address_has_one_account_however_it_is_written_and_whoever_is_first(front: Front) -> None:
    addresses = ["ada@example.org", " ADA@example.org ", "Ada@Example.org"]
    answers = await asyncio.gather(*(front.data(SIGN_UP, input=sign_up_input(email=email)) for email in addresses))
    errors = [answer["answer"]["userErrors"] for answer in answers]
    assert sorted(len(found) for found in errors) == [0, 1, 1]
    assert {error["code"] for found in errors for error in found} == {"EMAIL_TAKEN"}


async def test_sign_in_tells_nothing_about_whether_the_address_is_known(front: Front) -> None:
    await sign_up(front)
    wrong = {"email": "ada@example.org", "password": "wrong password", "device": DEVICE}
    unknown = wrong | {"email": "eve@example.org"}
    answers = [(await front.data(SIGN_IN, input=given))["answer"] for given in (wrong, unknown)]
    assert answers[0] == answers[1]
    assert answers[0]["userErrors"][0]["code"] == "WRONG_CREDENTIALS"
    right = wrong | {"password": PASSWORD, "email": "Ada@example.org"}
    assert (await front.data(SIGN_IN, input=right))["answer"]["accessToken"]


async def test_a_suspended_account_is_out_at_once_and_cannot_sign_in(front: Front) -> None:
    payload = await sign_up(front)
    async with front.database.write("identity") as db:
        await db.execute(update(Account).values(status=AccountStatus.SUSPENDED))
        await db.execute(update(PublishedAccount).values(status=AccountStatus.SUSPENDED))
    given = {"email": "ada@example.org", "password": PASSWORD, "device": DEVICE}
    assert await refused(front, SIGN_IN, input=given) == ("ACCOUNT_SUSPENDED", None)
    assert await refused(front, REFRESH, refresh=payload["refreshToken"]) == ("ACCOUNT_SUSPENDED", None)
    await asyncio.sleep(1.1)  # a process may know the old standing for a second
    response = await front.ask(VIEWER, payload["accessToken"])
    assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_refreshing_rotates_and_keeps_the_profile(front: Front) -> None:
    payload = await sign_up(front)
    profile = payload["viewer"]["account"]["profiles"][0]["id"]
    selected = (await front.data(SELECT, payload["accessToken"], id=profile))["answer"]
    assert selected["viewer"]["profile"]["name"] == "Ada"
    refreshed = (await front.data(REFRESH, refresh=selected["refreshToken"]))["answer"]
    assert refreshed["viewer"]["profile"]["id"] == profile
    assert refreshed["refreshToken"] not in (payload["refreshToken"], selected["refreshToken"])


async def test_a_benign_double_refresh_works_and_a_stolen_token_ends_the_session(front: Front) -> None:
    payload = await sign_up(front)
    both = await asyncio.gather(*(front.data(REFRESH, refresh=payload["refreshToken"]) for _ in range(2)))
    newer = [answer["answer"]["refreshToken"] for answer in both]
    assert all(newer)
    async with front.database.write("identity") as db:
        used = col(RefreshToken.used_at)
        await db.execute(
            update(RefreshToken).where(used.is_not(None)).values(used_at=used - LEEWAY - timedelta(seconds=1))
        )
    assert (await refused(front, REFRESH, refresh=payload["refreshToken"]))[0] == "REFRESH_TOKEN_REUSED"
    for token in newer:
        assert (await refused(front, REFRESH, refresh=token))[0] == "INVALID_REFRESH_TOKEN"


async def test_a_forged_refresh_token_is_refused_by_its_name(front: Front) -> None:
    assert await refused(front, REFRESH, refresh="forged") == ("INVALID_REFRESH_TOKEN", ["refreshToken"])


async def test_signing_out_ends_one_session_and_everywhere_ends_all_tokens(front: Front) -> None:
    first = await sign_up(front)
    given = {"email": "ada@example.org", "password": PASSWORD, "device": DEVICE}
    second, third = [(await front.data(SIGN_IN, input=given))["answer"] for _ in range(2)]
    assert (await front.data(SIGN_OUT, first["accessToken"], all=False))["answer"]["signedOut"] == 1
    assert (await refused(front, REFRESH, refresh=first["refreshToken"]))[0] == "INVALID_REFRESH_TOKEN"
    assert (await front.data(SIGN_OUT, second["accessToken"], all=True))["answer"]["signedOut"] == 2
    await asyncio.sleep(1.1)
    response = await front.ask(VIEWER, third["accessToken"])
    assert response["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_locked_profile_asks_for_its_pin(front: Front) -> None:
    payload = await sign_up(front)
    profile = payload["viewer"]["account"]["profiles"][0]["id"]
    async with front.database.write("identity") as db:
        await db.execute(update(Profile).values(pin_hash=await hash_password("1234")))
    token = payload["accessToken"]
    assert await refused(front, SELECT, token, id=profile) == ("PIN_REQUIRED", ["pin"])
    assert await refused(front, SELECT, token, id=profile, pin="4321") == ("WRONG_PIN", ["pin"])
    assert (await front.data(SELECT, token, id=profile, pin="1234"))["answer"]["viewer"]["profile"]["id"] == profile


async def test_another_households_profile_does_not_exist(front: Front) -> None:
    ada = await sign_up(front)
    eve = await sign_up(front, email="eve@example.org")
    profile = ada["viewer"]["account"]["profiles"][0]["id"]
    for wanted in (profile, "not an id", ada["viewer"]["account"]["id"]):
        refusal = await refused(front, SELECT, eve["accessToken"], id=wanted)
        assert refusal == ("PROFILE_NOT_FOUND", ["profileId"])


async def test_sensitive_columns_are_sealed(front: Front) -> None:
    payload = await sign_up(front)
    async with front.database.read("identity") as db:
        tables = (await db.scalars(text("select tablename from pg_tables where schemaname = 'identity'"))).all()
        rows = [
            str(row) for table in tables for row in await db.execute(text(f"select t::text from identity.{table} t"))
        ]
    dump = "\n".join(rows)
    assert str(payload["viewer"]["account"]["id"]) in dump, "the dump must hold the household's rows"
    for secret in ("ada@example.org", PASSWORD, payload["refreshToken"], payload["accessToken"]):
        assert secret not in dump
        assert secret.encode().hex() not in dump
