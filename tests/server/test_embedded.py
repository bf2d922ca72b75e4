"""The embedded servers as processes: they start, stop, survive kill -9 and never outlive us."""

import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest
import redis.asyncio

from server.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey, launch
from server.embedded.launch import is_root
from server.embedded.postgres import run_as_owner
from server.embedded.service import Service
from tests.server.programs import program

QUICK = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}


@pytest.fixture
async def started() -> AsyncIterator[list[Service]]:
    """Whatever a test puts in here is killed at its end, however it ends."""
    services: list[Service] = []
    yield services
    for service in services:
        if service.process is not None:
            service.process.kill()
            service.process.wait()


@pytest.fixture
def postgres(tmp_path: Path, started: list[Service]) -> Callable[..., EmbeddedPostgres]:
    def make(port: int | None = None) -> EmbeddedPostgres:
        service = EmbeddedPostgres(tmp_path / "postgres", tmp_path / "logs" / "postgres.log", port, options=QUICK)
        started.append(service)
        return service

    return make


@pytest.fixture
def valkey(tmp_path: Path, started: list[Service]) -> Callable[..., EmbeddedValkey]:
    def make(port: int | None = None) -> EmbeddedValkey:
        service = EmbeddedValkey(tmp_path / "valkey", tmp_path / "logs" / "valkey.log", port)
        started.append(service)
        return service

    return make


async def ask(url: str, question: str) -> object:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        return await connection.fetchval(question)
    finally:
        await connection.close()


async def do(url: str, statements: str) -> None:
    connection = await asyncpg.connect(url, ssl=False)
    try:
        await connection.execute(statements)
    finally:
        await connection.close()


async def value_of(url: str, key: str) -> bytes | None:
    async with redis.asyncio.Redis.from_url(url) as client:
        return await client.get(key)


async def put(url: str, key: str, value: str) -> None:
    async with redis.asyncio.Redis.from_url(url) as client:
        await client.set(key, value)


def kill(service: Service) -> None:
    assert service.process is not None
    service.process.kill()
    service.process.wait()


def running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


async def test_postgres_serves_only_this_machine_and_only_with_its_password(postgres):
    server = postgres()
    await server.start()
    assert str(await ask(server.url, "SHOW server_version")).startswith("18.")
    assert await ask(server.url, "SHOW unix_socket_directories") == ""
    process = psutil.Process(server.process.pid)
    assert {c.laddr.ip for c in process.net_connections() if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
    assert process.uids().real != 0
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(server.url.replace(server.password, "wrong"), "SELECT 1")
    await do(server.url, "CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION citext")


async def test_postgres_keeps_its_data_over_a_stop_and_over_kill_9(postgres):
    server = postgres()
    await do(await server.start(), "CREATE TABLE kept (step int); INSERT INTO kept VALUES (1)")
    await server.stop()
    assert not server.running
    await do(await server.start(), "INSERT INTO kept VALUES (2)")
    kill(server)
    assert await ask(await server.restart(), "SELECT sum(step) FROM kept") == 3


async def test_postgres_comes_back_at_the_same_address(postgres):
    server = postgres()
    before = await server.start()
    kill(server)
    assert await server.restart() == before


async def test_postgres_stops_the_server_that_a_killed_run_left_on_its_folder(postgres):
    left = postgres()
    await do(await left.start(), "CREATE TABLE kept (step int); INSERT INTO kept VALUES (1)")
    process = psutil.Process(left.process.pid)
    server = postgres()
    assert await ask(await server.start(), "SELECT sum(step) FROM kept") == 1
    assert not running(process)


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[str]]:
    """A process of the user that Postgres runs as, which Postgres itself would take for another postmaster."""
    with program(run_as_owner(["sleep", "60"])) as process:
        yield process


async def test_postgres_passes_a_lock_file_that_names_a_stranger(postgres, stranger):
    server = postgres()
    await server.start()
    kill(server)
    lines = server.lock_file.read_text().splitlines(keepends=True)
    server.lock_file.write_text("".join([f"{stranger.pid}\n", *lines[1:]]))
    await server.start()
    assert stranger.poll() is None


async def test_postgres_refuses_another_versions_folder_in_one_line(postgres):
    server = postgres()
    await server.start()
    await server.stop()
    (server.folder / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match=r"^[^\n]*made by Postgres 17, this is Postgres 18: dump it[^\n]*$"):
        await server.start()


async def test_postgres_begins_anew_after_a_kill_in_the_middle_of_initdb(postgres):
    server = postgres()
    unfinished = server.folder.with_name("postgres.new")
    unfinished.mkdir()
    (unfinished / "PG_VERSION").write_text("18\n")
    assert await ask(await server.start(), "SELECT 1") == 1


async def test_postgres_never_overwrites_a_folder_that_is_something_else(postgres):
    server = postgres()
    server.folder.mkdir()
    (server.folder / "letters.txt").write_text("dear")
    with pytest.raises(EmbeddedError, match="no Postgres data folder"):
        await server.start()
    assert (server.folder / "letters.txt").read_text() == "dear"


async def test_postgres_says_so_where_its_port_is_taken(postgres, valkey):
    other = valkey()
    await other.start()
    with pytest.raises(EmbeddedError, match=r"^Embedded Postgres did not start: .*[Aa]ddress already in use[^\n]*$"):
        await postgres(other.port).start()


@pytest.mark.skipif(not is_root(), reason="only root must step down")
async def test_postgres_as_root_says_that_it_needs_setpriv(postgres, monkeypatch):
    monkeypatch.setattr(launch.shutil, "which", lambda _: None)
    with pytest.raises(EmbeddedError, match="needs setpriv"):
        await postgres().start()


async def test_valkey_keeps_its_data_over_a_stop_and_starts_after_kill_9(valkey):
    server = valkey()
    await put(await server.start(), "kept", "yes")
    await server.stop()
    assert await value_of(await server.start(), "kept") == b"yes"
    kill(server)
    assert await value_of(await server.restart(), "kept") == b"yes"


async def test_valkey_stops_the_server_that_a_killed_run_left_on_its_folder(valkey):
    left = valkey()
    await left.start()
    process = psutil.Process(left.process.pid)
    await valkey().start()
    assert not running(process)


async def test_valkey_spares_the_stranger_that_an_old_pid_file_names(valkey, stranger):
    server = valkey()
    server.folder.mkdir()
    server.pid_file.write_text(f"{stranger.pid}\n")
    await server.start()
    assert stranger.poll() is None


PARENT = """
import asyncio, pathlib, sys, time
from server.embedded import EmbeddedPostgres, EmbeddedValkey
folder = pathlib.Path(sys.argv[1])
async def main():
    postgres = EmbeddedPostgres(folder / "postgres", folder / "postgres.log")
    valkey = EmbeddedValkey(folder / "valkey", folder / "valkey.log")
    await postgres.start()
    await valkey.start()
    print(postgres.process.pid, valkey.process.pid, flush=True)
    time.sleep(60)
asyncio.run(main())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children that their parent died")
def test_servers_end_when_their_parent_is_killed(tmp_path):
    with program([sys.executable, "-c", PARENT, str(tmp_path)], stdout=subprocess.PIPE) as parent:
        servers = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
        try:
            os.kill(parent.pid, signal.SIGKILL)
            assert len(servers) == 2
            assert not [server for server in psutil.wait_procs(servers, timeout=10)[1] if running(server)]
        finally:
            for server in servers:
                if server.is_running():
                    server.kill()
    assert "database system is shut down" in (tmp_path / "postgres.log").read_text()
