"""Keys are rotated while a served application answers, and nobody notices."""

import asyncio
import io
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import select, text

from models.identity import AccountKey
from oauth import rotation
from runtime.settings import Settings
from server.commands import keys
from server.run.screen import Screen
from tests.identity.letters import letters
from tests.identity.operations import PASSWORD, REFRESH, SIGN_IN, SIGN_UP, VIEWER, sign_up_input
from tests.privacy.households import Home
from tests.served import Front

CHANGE = """mutation ($e: String!, $p: String!) {
answer: sendVerification(newEmail: $e, password: $p) { userErrors { code } } }"""
KEY = text("select from identity.account_key where account_id = :id for share")


def quiet() -> tuple[Screen, io.StringIO]:
    written = io.StringIO()
    return Screen(Console(file=written, soft_wrap=True)), written


async def key_rows(front: Front) -> dict[str, tuple[str, bytes]]:
    async with front.database.read("identity") as db:
        rows = await db.execute(select(AccountKey))
        return {str(row.account_id): (row.wrapped_by, row.wrapped) for row in rows}


@asynccontextmanager
async def busy(front: Front, home: Home) -> AsyncIterator[list[str]]:
    """Sign-ups, sign-ins, refreshes, address changes, letters and looks at the own address until the end of the block;
    what they did, in order. The first error ends the test."""
    done: list[str] = []
    stop = asyncio.Event()

    async def look() -> None:
        while not stop.is_set():
            assert (await front.data(VIEWER, home.token))["viewer"]["account"]["email"] == home.email
            done.append("look")

    async def join() -> None:
        while not stop.is_set():
            email = f"guest-{len(done)}@example.org"
            async with front.database.write("identity") as db:
                await db.execute(text("delete from identity.throttle"))  # nobody else comes from here
            answer = (await front.data(SIGN_UP, input=sign_up_input(email=email)))["answer"]
            assert answer["userErrors"] == []
            assert answer["viewer"]["account"]["email"] == email
            given = {"email": email, "password": PASSWORD, "device": {"name": "TV", "kind": "TV"}}
            answer = (await front.data(SIGN_IN, input=given))["answer"]
            assert answer["viewer"]["account"]["email"] == email
            done.append("join")

    async def change() -> None:
        for number in range(4):
            answer = await front.data(CHANGE, home.token, e=f"ada-{number}@example.org", p=PASSWORD)
            assert answer["answer"]["userErrors"] == []
            done.append("change")
            await letters(front)
            done.append("letters")

    async def refresh() -> None:
        token = home.refresh_token
        while not stop.is_set():
            answer = (await front.data(REFRESH, refresh=token))["answer"]
            assert answer["viewer"]["account"]["email"] == home.email
            token = answer["refreshToken"]
            done.append("refresh")

    work = [asyncio.create_task(one) for one in (look(), join(), change(), refresh())]
    try:
        yield done
    finally:
        stop.set()
        await asyncio.gather(*work)


async def test_both_kinds_of_keys_rotate_under_load_without_one_error(
    front: Front, settings: Settings, home: Home, neighbours: Home
) -> None:
    before = await key_rows(front)
    screen, written = quiet()
    async with busy(front, home) as done:
        while done.count("join") < 1:  # noqa: ASYNC110  no event of ours
            await asyncio.sleep(0.01)
        await keys.rotate(settings, screen, True, True, True)
        for _ in range(3):
            await rotation.renew(front.resources, lambda done, total: None)
        during = done.copy()
    assert {"look", "join", "change", "letters", "refresh"} == set(during)
    after = await key_rows(front)
    assert {by for by, _ in before.values()} == {"file-1"}
    assert {by for by, _ in after.values()} == {"file-2"}
    assert not {wrapped for _, wrapped in before.values()} & {wrapped for _, wrapped in after.values()}
    assert "file-1 wraps nothing any more" in written.getvalue()
    assert "A new token signing key is published" in written.getvalue()
    assert (await front.data(VIEWER, home.token))["viewer"]["account"]["email"] == home.email


async def test_a_key_of_before_opens_nothing_any_more(front: Front, home: Home) -> None:
    old = (await key_rows(front))[str(home.account_id)]
    assert await rotation.renew(front.resources, lambda done, total: None) == 1
    new = (await key_rows(front))[str(home.account_id)]
    unwrap = front.resources.encryption.unwrap
    assert unwrap(*old) != unwrap(*new)
    async with front.database.write("identity") as db:
        stored = await db.get_one(AccountKey, home.account_id)
        stored.wrapped_by, stored.wrapped = old
    response = await front.ask(VIEWER, home.token)
    assert response["errors"][0]["extensions"]["code"] == "INTERNAL_SERVER_ERROR"


async def test_who_is_in_the_middle_of_something_is_not_waited_for_and_comes_last(
    front: Front, home: Home, neighbours: Home
) -> None:
    """A transaction that holds a mailed link of a household, as one that redeems it does."""
    before = await key_rows(front)
    async with front.database.write("identity") as db:
        wanted = text("select from identity.mail_token where account_id = :id for update")
        await db.execute(wanted, {"id": home.account_id})
        rotating = asyncio.create_task(rotation.renew(front.resources, lambda done, total: None))
        async with asyncio.timeout(10):
            neighbour = str(neighbours.account_id)
            while (await key_rows(front))[neighbour] == before[neighbour]:  # noqa: ASYNC110  no event of ours
                await asyncio.sleep(0.02)
        assert (await key_rows(front))[str(home.account_id)] == before[str(home.account_id)]
        await db.execute(KEY, {"id": home.account_id})
    assert await rotating == 2
    assert (await key_rows(front))[str(home.account_id)] != before[str(home.account_id)]


async def test_it_may_be_run_twice_and_resumed(
    front: Front, settings: Settings, home: Home, neighbours: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "SWEEP", 0)
    renew_one = rotation.renew_one
    count = iter(range(99))

    async def killed(*given: object) -> bool:
        if next(count) == 1:
            raise OSError("killed")
        return await renew_one(*given)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(rotation, "renew_one", killed)
        with pytest.raises(OSError, match="killed"):
            await keys.rotate(settings, quiet()[0], True, True, False)
    for _ in range(2):
        await keys.rotate(settings, quiet()[0], True, True, True)
    assert {by for by, _ in (await key_rows(front)).values()} == {"file-4"}
    for household in (home, neighbours):
        assert (await front.data(VIEWER, household.token))["viewer"]["account"]["email"] == household.email


async def test_one_kind_alone(front: Front, settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SWEEP", 0)
    folder = settings.data / "keys"
    before = await key_rows(front)
    await keys.rotate(settings, quiet()[0], False, False, True)
    assert sorted(path.name for path in folder.glob("*-2")) == ["token-signing-2"]
    assert await key_rows(front) == before
    await keys.rotate(settings, quiet()[0], True, False, False)
    assert sorted(path.name for path in folder.glob("*-2")) == ["key-encryption-2", "token-signing-2"]
    assert (await key_rows(front))[str(home.account_id)][0] == "file-2"


async def test_what_was_over_is_deleted(front: Front, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    await keys.rotate(settings, quiet()[0], False, False, True)
    later = time.time() + 100_000
    monkeypatch.setattr(keys.time, "time", lambda: later)
    screen, written = quiet()
    await keys.rotate(settings, screen, False, False, True)
    assert "Token signing key 1 is over, and deleted." in written.getvalue()
    assert sorted(path.name for path in (settings.data / "keys").glob("token-signing-*")) == [
        "token-signing-2",
        "token-signing-3",
    ]


async def test_a_key_that_was_wrapped_late_is_found(
    front: Front, settings: Settings, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign-up that had wrapped by the old key commits after the first pass."""
    rewrap = rotation.rewrap
    stale = (await key_rows(front))[str(home.account_id)]
    passes = 0

    async def late(*given: Any) -> int:
        nonlocal passes
        done = await rewrap(*given)
        passes += 1
        if passes == 1:
            async with front.database.write("identity") as db:
                stored = await db.get_one(AccountKey, home.account_id)
                stored.wrapped_by, stored.wrapped = stale
        return done

    monkeypatch.setattr(keys, "rewrap", late)
    await keys.rotate(settings, quiet()[0], True, False, False)
    assert passes > 1
    assert (await key_rows(front))[str(home.account_id)][0] == "file-2"
