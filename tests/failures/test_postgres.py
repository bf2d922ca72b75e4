"""Postgres stops at once and comes back, while people watch: honest errors for a moment, and nothing else."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
import websockets

from runtime.request import Request
from runtime.resources import open_resources
from runtime.settings import Settings
from server.embedded import EmbeddedPostgres
from server.migrate import migrate
from server.seed.accounts import seed_accounts
from server.seed.avatars import seed_avatars
from server.seed.catalogue import seed_catalogue
from server.seed.plans import seed_plans
from tests.browser.test_push import READY
from tests.failures.load import LOOK, Load, Outcome
from tests.failures.servers import PUBLIC_URL, Door, running
from tests.failures.sockets import subscribed
from tests.failures.viewers import Play, beat, begin, sign_in
from tests.seeded import silent

EACH = 30
"""How many operations of each kind come before, while and after Postgres is away."""
HANGS_FROM = 10.0
TRY_AGAIN_LATER = 1013
"""A close code that clients of graphql-transport-ws take for passing."""
UNAVAILABLE = "A service that this needs does not answer: try again soon."
MINUTE = 60_000


@pytest.fixture
async def postgres(tmp_path: Path) -> AsyncIterator[EmbeddedPostgres]:
    """A Postgres of this test's own that keeps what it commits, whatever happens."""
    async with EmbeddedPostgres(tmp_path / "postgres", tmp_path / "postgres.log") as server:
        yield server


@pytest.fixture
async def small_platform(postgres: EmbeddedPostgres, valkey_url: str, tmp_path: Path) -> Settings:
    """The catalogue and the accounts to sign in as, without the simulated households."""
    settings = Settings(
        data=tmp_path,
        database_url=postgres.url,
        redis_url=valkey_url,
        storage_url=(tmp_path / "storage").as_uri(),
        public_url=PUBLIC_URL,
    )
    await asyncio.to_thread(migrate, settings)
    async with open_resources(settings) as resources:
        request = Request(None, "US", ("en",), datetime.now(UTC), resources)
        await seed_plans(resources.database)
        await seed_catalogue(resources.database, request.now, silent)
        await seed_avatars(resources)
        await seed_accounts(request)
    connection = await asyncpg.connect(postgres.url, ssl=False)
    await connection.execute(READY)
    await connection.close()
    return settings


def shut_down_at_once(postgres: EmbeddedPostgres) -> None:
    """SIGQUIT: every backend dies where it stands; the next start recovers from the log, as after a crash."""
    assert postgres.process is not None
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait()


async def begin_four(door: Door, settings: Settings) -> list[Play]:
    """Two films at once for each of two who share a household."""
    viewers = (await sign_in(settings, 3, every_profile_of="Robin"))[:2]
    return [await begin(door, viewer, number) for viewer in viewers for number in range(2)]


async def test_while_postgres_restarts_errors_are_honest_and_then_everything_works(
    small_platform: Settings, postgres: EmbeddedPostgres
) -> None:
    async with running(small_platform, 1) as [server]:
        load = Load(server.door, await begin_four(server.door, small_platform))
        async with load.running():
            await load.more(EACH)
            shut_down_at_once(postgres)
            await load.more(EACH, is_error)
            await postgres.restart()
            await load.more(EACH, is_acknowledged)
            settled = len(load.outcomes)
            await load.more(EACH)
        connection = await asyncpg.connect(postgres.url, ssl=False)
        await load.check_kept(connection)
        await connection.close()
    check_honest(load)
    assert not any(map(is_error, load.outcomes[settled:])), "it went on failing"


def is_error(outcome: Outcome) -> bool:
    return bool(outcome.errors)


def is_acknowledged(outcome: Outcome) -> bool:
    return not outcome.errors


def check_honest(load: Load) -> None:
    """Each error says that it will pass, and nothing about our insides; nobody waits for it."""
    errors = [error for outcome in load.outcomes for error in outcome.errors]
    assert {error["extensions"]["code"] for error in errors} == {"SERVICE_UNAVAILABLE"}
    assert {error["message"] for error in errors} == {UNAVAILABLE}
    assert {key for error in errors for key in error["extensions"]} == {"code", "traceId"}
    slowest = max(outcome.seconds for outcome in load.outcomes)
    failed = sum(map(is_error, load.outcomes))
    print(f"{failed} of {len(load.outcomes)} operations failed; the slowest took {slowest:.3f} s")
    assert slowest < HANGS_FROM


async def test_after_a_quiet_restart_nobody_sees_an_error(small_platform: Settings, postgres: EmbeddedPostgres) -> None:
    async with running(small_platform, 2) as [server, elsewhere]:
        play = (await begin_four(server.door, small_platform))[0]
        async with subscribed(elsewhere.door, play.viewer.token) as stream:
            await stream.next()
            await beat(server.door, play, 1, 21 * MINUTE)
            await stream.until_shown(play.film, 21 * MINUTE)
            shut_down_at_once(postgres)
            await postgres.restart()
            await beat(server.door, play, 2, 22 * MINUTE)
            await stream.until_shown(play.film, 22 * MINUTE)
            await server.door.data(LOOK, play.viewer.token)


async def test_who_connects_meanwhile_is_told_to_try_again(
    small_platform: Settings, postgres: EmbeddedPostgres
) -> None:
    async with running(small_platform, 1) as [server]:
        [viewer] = await sign_in(small_platform, 1)
        shut_down_at_once(postgres)
        with pytest.raises(websockets.ConnectionClosed) as closed:
            async with subscribed(server.door, viewer.token):
                pytest.fail("whoever can't be asked about let a socket open")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == TRY_AGAIN_LATER
        await postgres.restart()
        async with subscribed(server.door, viewer.token) as stream:
            assert (await stream.next())["kind"] == "SNAPSHOT"
