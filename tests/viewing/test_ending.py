"""Streams that end with the sign-in, or the good standing, that they were started by."""

import asyncio
import pkgutil
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from models.columns import new_id
from models.identity import Session as SignIn
from models.published import PublishedSession
from models.viewing import AccountLock, PlaybackCommandReason, PlaybackSession
from resolvers.viewing.commands import stop
from resolvers.viewing.ending import end_streams
from runtime.request import Request
from schema.viewing import schema
from tests.queries import codes
from tests.requests import NOW, make_request, make_viewer
from tests.viewing.world import MINUTE, START, World


async def signed_in_at(world: World, name: str | None = "The TV") -> UUID:
    """A sign-in of which identity has told the other subgraphs."""
    sign_in = SignIn(created_at=NOW, last_used_at=NOW, expires_at=NOW + timedelta(days=60))
    await world.insert("identity", sign_in)
    await world.insert("identity", PublishedSession(session_id=sign_in.id, account_id=None, device_name=name))
    return sign_in.id


def by(world: World, sign_in: UUID | None, **options: Any) -> Request:
    viewer = make_viewer(account_id=world.account_id, profile_id=world.profile_id, session_id=sign_in)
    return make_request(world.resources, viewer, **options)


async def ended(world: World, **payload: Any) -> None:
    await end_streams(world.resources, orjson.dumps(payload, default=str))


async def signed_out(world: World, *sign_ins: UUID, reason: str = "SIGNED_OUT") -> None:
    await ended(world, sessions=sign_ins, accounts=[world.account_id], reason=reason)


async def heard(world: World, session: str, request: Request | None = None) -> str | None:
    command = (await world.beat(session, 1, MINUTE, request))["command"]
    return command and str(command["reason"])


async def test_a_stream_ends_with_its_sign_in_and_frees_its_slot(world: World) -> None:
    movie, tv, phone = await world.movie(), await signed_in_at(world), await signed_in_at(world)
    on_tv, on_phone = await world.play(movie, by(world, tv)), await world.play(movie, by(world, phone))
    assert (await world.start(movie))["reason"] == "STREAM_LIMIT"
    await signed_out(world, tv, reason="DEVICE_REVOKED")
    assert [await heard(world, one) for one in (on_tv, on_phone)] == ["DEVICE_REVOKED", None]
    assert (await world.start(movie))["__typename"] == "PlaybackSession"


async def test_done_again_it_changes_nothing(world: World) -> None:
    movie, tv = await world.movie(), await signed_in_at(world)
    session = await world.play(movie, by(world, tv))
    await signed_out(world, tv, reason="DEVICE_REVOKED")
    first = await row_of(world, session)
    await signed_out(world, tv)
    await ended(world, account=world.account_id, reason="ACCOUNT_SUSPENDED")
    assert await row_of(world, session) == first
    assert first.end_reason is PlaybackCommandReason.DEVICE_REVOKED


async def row_of(world: World, session: str) -> Any:
    columns = (col(PlaybackSession.ended_at), col(PlaybackSession.end_reason))
    async with world.resources.database.read("viewing") as db:
        return (await db.execute(select(*columns).where(col(PlaybackSession.id) == UUID(session)))).one()


async def test_a_suspension_ends_all_streams_of_the_household_and_of_no_other(world: World) -> None:
    movie, account, profile = await world.movie(), new_id(), new_id()
    await world.household(account)
    await world.profile(account, profile)
    neighbour = world.request(account_id=account, profile_id=profile)
    own = [await world.play(movie), await world.play(movie, by(world, await signed_in_at(world)))]
    theirs = await world.play(movie, neighbour)
    await ended(world, account=world.account_id, reason="ACCOUNT_SUSPENDED")
    assert [await heard(world, one) for one in own] == ["ACCOUNT_SUSPENDED"] * 2
    assert await heard(world, theirs, neighbour) is None


async def test_ending_the_streams_of_who_never_played_leaves_nothing(world: World) -> None:
    await signed_out(world, await signed_in_at(world))
    await ended(world, account=new_id(), reason="ACCOUNT_SUSPENDED")
    async with world.resources.database.read("viewing") as db:
        assert (await db.scalars(select(AccountLock))).all() == []


@pytest.mark.parametrize("reason", list(PlaybackCommandReason))
def test_every_order_has_its_words_in_every_language(world: World, reason: PlaybackCommandReason) -> None:
    said = {stop(world.request(languages=(tag,)), reason, "Ada").message for tag in ("en", "de", "es")}
    assert len(said) == 3


async def test_nothing_starts_by_a_sign_in_that_is_gone(world: World) -> None:
    """Between the check of the token and the start it may have ended."""
    movie, tv = await world.movie(), await signed_in_at(world)
    async with world.resources.database.write("identity") as db:
        await db.execute(delete(SignIn).where(col(SignIn.id) == tv))
    given = {"playableId": str(movie), "idempotencyKey": "once"}
    assert await codes(schema, by(world, tv), START, input=given) == ["UNAUTHENTICATED"]
    assert await open_streams(world, tv) == []


async def open_streams(world: World, sign_in: UUID) -> Any:
    query = select(col(PlaybackSession.id)).where(
        col(PlaybackSession.sign_in_id) == sign_in, col(PlaybackSession.ended_at).is_(None)
    )
    async with world.resources.database.read("viewing") as db:
        return (await db.scalars(query)).all()


@pytest.mark.parametrize("played_before", [False, True])
@pytest.mark.parametrize(
    ("held_at", "reason"),
    [("playback.media_of", "DEVICE_REVOKED"), ("rights.household_row", "ACCOUNT_SUSPENDED")],
)
async def test_a_start_that_overlaps_with_the_end_leaves_no_stream(
    world: World, monkeypatch: pytest.MonkeyPatch, held_at: str, reason: str, played_before: bool
) -> None:
    """It has seen that all is well, and is held up until the job looks for streams to end."""
    movie, tv = await world.movie(), await signed_in_at(world)
    if played_before:
        await world.play(movie)
    reached, going_on = hold(monkeypatch, f"resolvers.viewing.{held_at}")
    starting = asyncio.create_task(world.start(movie, by(world, tv)))
    await asyncio.wait_for(reached.wait(), 5)
    of_account = {"account": world.account_id} if reason == "ACCOUNT_SUSPENDED" else {}
    of_sign_in = {"sessions": [tv], "accounts": [world.account_id]} if not of_account else {}
    ending = asyncio.create_task(ended(world, **of_account, **of_sign_in, reason=reason))
    await asyncio.wait({ending}, timeout=0.3)
    going_on.set()
    assert (await starting)["__typename"] == "PlaybackSession"
    await ending
    assert await open_streams(world, tv) == []


def hold(monkeypatch: pytest.MonkeyPatch, name: str) -> tuple[asyncio.Event, asyncio.Event]:
    """Holds whoever calls the function, once it is done, until the second event; the first says that it is there."""
    reached, going_on = asyncio.Event(), asyncio.Event()
    function = pkgutil.resolve_name(name)

    async def held(*args: Any) -> Any:
        result = await function(*args)
        reached.set()
        await going_on.wait()
        return result

    monkeypatch.setattr(name, held)
    return reached, going_on
