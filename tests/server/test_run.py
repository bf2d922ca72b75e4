"""What `marquee run` says when it can't start, and what its screen shows."""

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from rich.console import Console

from runtime.settings import Settings
from server.embedded.ports import free_port
from server.run import run
from server.run.banner import FIRST_QUERY, compose
from server.run.checks import RunError, folder_lock
from server.run.environment import environment_of
from server.run.given import check_postgres
from server.run.screen import Screen
from server.run.services import missing, noted
from tests.server.programs import program


def refusal(capsys: pytest.CaptureFixture[str], **changes: object) -> str:
    """The one line that `marquee run` refuses to start with."""
    assert run(Settings(**changes)) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.endswith("\n")
    assert output.err.count("\n") == 1
    return output.err


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_a_taken_port_is_one_line_that_says_what_to_do(capsys, tmp_path, listener):
    port = listener.getsockname()[1]
    line = refusal(capsys, data=tmp_path, port=port)
    assert line == f"Port {port} is taken: stop what listens there, or set MARQUEE_PORT.\n"
    assert not (tmp_path / "postgres").exists()


def test_an_unreachable_database_is_one_line_without_its_password(capsys, tmp_path):
    address = f"postgresql://me:secret@127.0.0.1:{free_port()}/marquee?password=hidden"
    line = refusal(capsys, data=tmp_path, port=free_port(), database_url=address)
    assert line.startswith("DATABASE_URL: postgresql://me:***@127.0.0.1:")
    assert "start that server" in line
    assert "secret" not in line
    assert "hidden" not in line


def test_an_unreachable_database_of_one_subgraph_is_named(capsys, tmp_path, postgres_url):
    changes = {"database_url": postgres_url, "billing_database_url": f"postgresql://me@127.0.0.1:{free_port()}/b"}
    assert refusal(capsys, data=tmp_path, port=free_port(), **changes).startswith("BILLING_DATABASE_URL: ")


def test_an_unreachable_cache_is_one_line_without_its_password(capsys, tmp_path, postgres_url):
    address = f"redis://:secret@127.0.0.1:{free_port()}/0"
    line = refusal(capsys, data=tmp_path, port=free_port(), database_url=postgres_url, redis_url=address)
    assert line.startswith("REDIS_URL: redis://:***@127.0.0.1:")
    assert "secret" not in line


@pytest.mark.parametrize("address", ["nonsense", "postgresql://host:port/name"])
def test_what_is_no_database_address_is_one_line(capsys, tmp_path, address):
    assert refusal(capsys, data=tmp_path, port=free_port(), database_url=address).startswith("DATABASE_URL")


def test_what_is_no_cache_address_is_one_line(capsys, tmp_path, postgres_url):
    changes = {"database_url": postgres_url, "redis_url": "http://127.0.0.1"}
    assert refusal(capsys, data=tmp_path, port=free_port(), **changes).startswith("REDIS_URL: ")


def test_a_folder_that_cannot_be_used_is_one_line(capsys, tmp_path):
    (tmp_path / "file").touch()
    assert "set MARQUEE_DATA" in refusal(capsys, data=tmp_path / "file" / "data", port=free_port())


def test_a_host_that_is_not_ours_is_one_line(capsys, tmp_path):
    assert refusal(capsys, data=tmp_path, host="host.invalid", port=free_port()).startswith("MARQUEE_HOST")


HOLDER = """
import pathlib, sys, time
from server.run.checks import folder_lock
with folder_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_run_on_a_folder_is_one_line_and_a_killed_first_one_is_none(capsys, tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with program(command, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == "held\n"
        line = refusal(capsys, data=tmp_path, port=free_port())
    assert line == (
        f"Marquee runs on {tmp_path} already (process {holder.pid}): stop it, or set MARQUEE_DATA to another folder.\n"
    )
    with folder_lock(tmp_path):
        assert (tmp_path / "run.lock").read_text() == f"{os.getpid()}\n"


def test_a_wrong_database_name_is_said(postgres_url):
    with pytest.raises(RunError, match="does not exist"):
        asyncio.run(check_postgres("DATABASE_URL", f"{postgres_url}_that_is_not_there"))


def test_the_database_check_accepts_sqlalchemys_spelling(postgres_url):
    asyncio.run(check_postgres("DATABASE_URL", postgres_url.replace("postgresql:", "postgresql+asyncpg:")))


def test_only_missing_services_are_embedded(tmp_path):
    both = {"database_url": "postgresql://x/y", "redis_url": "redis://x"}
    assert set(missing(Settings(data=tmp_path, database_url="", redis_url=""))) == {"database_url", "redis_url"}
    assert missing(Settings(data=tmp_path, **both)) == {}
    each = {f"{name}_database_url": "postgresql://x/y" for name in ("identity", "catalog", "viewing", "billing")}
    assert set(missing(Settings(data=tmp_path, database_url="", redis_url="", **each))) == {"redis_url"}


def test_the_note_of_addresses_is_for_its_owner_alone_and_goes_away(tmp_path):
    settings = Settings(data=tmp_path, database_url="", redis_url="")
    with noted(settings.services_file, {"DATABASE_URL": "postgresql://a"}):
        assert settings.database_of("catalog") == "postgresql://a"
        assert settings.services_file.stat().st_mode & 0o777 == 0o600
    assert not settings.services_file.exists()


def test_children_read_the_same_settings(tmp_path, monkeypatch):
    given = Settings(data=tmp_path, port=8123, development=True, database_url="postgresql://a/b", redis_url="redis://c")
    environment = environment_of(given)
    for name in os.environ.keys() - environment.keys():
        monkeypatch.delenv(name)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Settings() == given


def test_the_banner_names_all_one_needs(tmp_path):
    settings = Settings(data=tmp_path, port=8123, public_url="")
    text = compose(settings, "a-film", [("viewer", "anna@example.com", "a password")]).plain
    for part in ("http://127.0.0.1:8123/graphql", "/watch/a-film", "viewer", "anna@example.com", "a password"):
        assert part in text
    curl = next(line for line in text.splitlines() if "curl" in line)
    assert json.loads(curl.split("-d '")[1].rstrip("'")) == {"query": FIRST_QUERY}


def test_progress_is_plain_lines_where_there_is_no_terminal():
    output = io.StringIO()
    with Screen(Console(file=output, width=200)).steps() as report:
        for done in range(101):
            report("Encoding films", done, 100, f"{done // 50} of 2 ready")
    assert output.getvalue() == "Encoding films: 0% (0 of 2 ready)\nEncoding films: 100% (2 of 2 ready)\n"
