"""Guessing is slow from anywhere, and nobody is locked out by others."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlalchemy import update
from sqlmodel import col

from models.identity import KnownAddress, Throttle
from oauth import attempts
from oauth.attempts import network_of
from oauth.throttle import Limit
from tests.identity.letters import letters, mailed_token
from tests.identity.operations import (
    ASK_FOR_RESET,
    RESET,
    SIGN_UP,
    codes,
    refused,
    sign_in,
    sign_up,
    sign_up_input,
)
from tests.served import Front

WRONG, TOO_MANY = ["WRONG_CREDENTIALS"], ["TOO_MANY_ATTEMPTS"]
NEW_PASSWORD = "battery staple"


@asynccontextmanager
async def at(front: Front, address: str) -> AsyncIterator[Front]:
    """The same front door, from another network address."""
    transport = httpx2.AsyncHTTPTransport(local_address=address)
    async with httpx2.AsyncClient(base_url=front.url, transport=transport, timeout=30) as client:
        yield replace(front, client=client)


def lower(monkeypatch: pytest.MonkeyPatch, name: str, burst: int) -> None:
    """Fewer attempts, and none that becomes free meanwhile."""
    monkeypatch.setattr(attempts, name, Limit(name, burst, timedelta(hours=1)))


async def guess(front: Front, times: int, email: str = "ada@example.org") -> list[dict[str, Any]]:
    return [await sign_in(front, "not the password", email) for _ in range(times)]


async def test_guesses_from_one_address_run_out_there_alone(front: Front) -> None:
    await sign_up(front)
    async with at(front, "127.0.0.2") as attacker:
        assert [codes(answer) for answer in await guess(attacker, 6)] == [WRONG] * 5 + [TOO_MANY]
        assert codes(await sign_in(attacker)) == TOO_MANY, "not even the right password"
    assert codes(await sign_in(front)) == []


async def test_a_minute_later_there_is_one_more_guess(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    await sign_up(front)
    assert codes((await guess(front, 6))[-1]) == TOO_MANY
    async with front.database.write("identity") as db:
        await db.execute(update(Throttle).values(updated_at=col(Throttle.updated_at) - timedelta(minutes=1)))
    assert [codes(answer) for answer in await guess(front, 2)] == [WRONG, TOO_MANY]


async def test_attackers_everywhere_do_not_lock_the_owner_out(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch, "BY_STRANGERS", 6)
    await sign_up(front)
    for address in ("127.0.0.2", "127.0.0.3"):
        async with at(front, address) as attacker:
            assert [codes(answer) for answer in await guess(attacker, 3)] == [WRONG] * 3
    async with at(front, "127.0.0.4") as elsewhere:
        assert codes((await guess(elsewhere, 1))[0]) == TOO_MANY
        assert codes(await sign_in(elsewhere)) == TOO_MANY
        assert codes(await sign_in(front)) == [], "the owner's usual place"
        await elsewhere.data(ASK_FOR_RESET, email="ada@example.org")
        token = await mailed_token(front)
        assert codes((await elsewhere.data(RESET, link=token, new=NEW_PASSWORD))["answer"]) == []
        assert codes(await sign_in(elsewhere, NEW_PASSWORD)) == [], "a reset makes the place a usual one"


async def test_an_unknown_address_is_throttled_as_a_known_one(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch, "BY_STRANGERS", 8)
    await sign_up(front)
    seen = {}
    for email in ("ada@example.org", "eve@example.org"):
        async with at(front, "127.0.0.2") as one, at(front, "127.0.0.3") as other:
            seen[email] = [*await guess(one, 6, email), *await guess(other, 4, email)]
    assert seen["ada@example.org"] == seen["eve@example.org"]
    expected = [WRONG] * 5 + [TOO_MANY] + [WRONG] * 3 + [TOO_MANY]
    assert [codes(answer) for answer in seen["eve@example.org"]] == expected


async def test_one_address_tries_few_accounts(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch, "FROM_ADDRESS", 4)
    tried = [(await guess(front, 1, f"{n}@example.org"))[0] for n in range(5)]
    assert [codes(answer) for answer in tried] == [WRONG] * 4 + [TOO_MANY]


async def test_who_knows_the_password_uses_nothing_up(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("FROM_ADDRESS", "AT_ACCOUNT", "BY_STRANGERS"):
        lower(monkeypatch, name, 1)
    await sign_up(front)
    async with at(front, "127.0.0.2") as elsewhere:
        assert [codes(await sign_in(elsewhere)) for _ in range(3)] == [[]] * 3


async def test_sign_up_tells_only_so_often_who_has_an_account(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resolvers.identity.signing_in.SIGN_UPS", Limit("sign-up", 2, timedelta(hours=1)))
    await sign_up(front)
    assert (await refused(front, SIGN_UP, input=sign_up_input()))[0] == "EMAIL_TAKEN"
    assert await refused(front, SIGN_UP, input=sign_up_input()) == ("TOO_MANY_ATTEMPTS", None)
    async with at(front, "127.0.0.2") as elsewhere:
        await sign_up(elsewhere, email="eve@example.org")


async def test_asking_for_a_reset_answers_alike_for_all(front: Front) -> None:
    await sign_up(front)
    before = len(await letters(front))
    asked = {
        email: [(await front.data(ASK_FOR_RESET, email=email))["answer"] for _ in range(6)]
        for email in ("ada@example.org", "eve@example.org", "nobody")
    }
    assert asked["ada@example.org"] == asked["eve@example.org"] == asked["nobody"]
    assert [codes(answer) for answer in asked["nobody"]] == [[]] * 5 + [TOO_MANY]
    sent = (await letters(front))[before:]
    assert {message["To"] for message in sent} == {"ada@example.org"}


async def test_a_flood_of_resets_leaves_the_last_link_good(front: Front, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauth.credentials.RESET_MAILS", Limit("reset mail", 2, timedelta(hours=1)))
    await sign_up(front)
    before = len(await letters(front))
    for _ in range(4):
        await front.data(ASK_FOR_RESET, email="ada@example.org")
        await letters(front)
    token = await mailed_token(front)
    assert len(await letters(front)) == before + 2
    assert codes((await front.data(RESET, link=token, new=NEW_PASSWORD))["answer"]) == []


async def test_a_dump_does_not_tell_who_was_where(front: Front) -> None:
    account = (await sign_up(front))["viewer"]["account"]["id"]
    async with front.database.read("identity") as db:
        row = (await db.execute(KnownAddress.__table__.select())).one()  # type: ignore[attr-defined]
    assert str(row.account_id) == account
    assert b"127.0.0.1" not in row.address_index
    assert row.address_index != front.resources.encryption.blind_index("127.0.0.1")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_a_home_counts_once(address: str, network: str) -> None:
    assert network_of(address) == network
