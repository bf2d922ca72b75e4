"""Children are kept running, and none is left behind."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from server import processes
from server.processes import Command, Supervisor, stop_leftovers
from tests.server.programs import program

SLEEPER = "import time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEPER}"
WITH_GRANDCHILD = f"import subprocess; print(subprocess.Popen(['sleep', '60']).pid, flush=True); {SLEEPER}"


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, said: list[str]) -> Supervisor:
    return Supervisor(tmp_path / "processes.json", said.append, grace=1.0)


def command(tmp_path: Path, code: str, name: str = "server") -> Command:
    return Command(name, [sys.executable, "-c", code], dict(os.environ), tmp_path / f"{name}.log")


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  what we wait for happens in another process
            await asyncio.sleep(0.02)


def logged(tmp_path: Path, name: str = "server") -> list[str]:
    log = tmp_path / f"{name}.log"
    return log.read_text().splitlines() if log.exists() else []


def running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


async def test_a_child_runs_until_the_block_ends(supervisor, tmp_path):
    async with supervisor:
        child = await supervisor.start(command(tmp_path, SLEEPER))
        assert running(child.pid), "the caller may block the event loop next"
        await until(lambda: logged(tmp_path) == ["up"])
        pid = child.pid
        assert json.loads(supervisor.notes.read_text())["server"][0] == pid
    assert not running(pid)
    assert not supervisor.notes.exists()


async def test_a_crashed_child_is_started_again_and_that_is_said(supervisor, tmp_path, said, monkeypatch):
    monkeypatch.setattr(processes, "FIRST_DELAY", 0.05)
    async with supervisor:
        await supervisor.start(command(tmp_path, "raise SystemExit(3)"))
        await until(lambda: len(said) == 3)
    assert said[0].startswith("The server ended (exit code 3). Starting it again in 0.05 s. Its log is ")
    assert ["in 0.05 s" in said[0], "in 0.1 s" in said[1], "in 0.2 s" in said[2]] == [True, True, True]


async def test_a_killed_child_is_started_again(supervisor, tmp_path, said):
    async with supervisor:
        child = await supervisor.start(command(tmp_path, SLEEPER))
        await until(lambda: logged(tmp_path) == ["up"])
        os.kill(child.pid, signal.SIGKILL)
        await until(lambda: logged(tmp_path) == ["up", "up"])
    assert "killed by SIGKILL" in said[0]


async def test_a_child_that_ignores_sigterm_is_killed_after_the_grace(supervisor, tmp_path):
    async with supervisor:
        child = await supervisor.start(command(tmp_path, STUBBORN))
        await until(lambda: logged(tmp_path) == ["up"])
        pid = child.pid
    assert not running(pid)


async def test_what_a_child_started_ends_with_it(supervisor, tmp_path):
    async with supervisor:
        child = await supervisor.start(command(tmp_path, WITH_GRANDCHILD))
        await until(lambda: len(logged(tmp_path)) == 2)
        grandchild = int(logged(tmp_path)[0])
        os.kill(child.pid, signal.SIGKILL)
        await until(lambda: not running(grandchild))


async def test_a_program_that_does_not_exist_is_raised(supervisor, tmp_path):
    async with supervisor:
        await supervisor.start(Command("server", ["/nowhere/program"], dict(os.environ), tmp_path / "server.log"))
        await until(lambda: supervisor.children["server"].crashes)
    assert any("No such file" in line or "failed to execute" in line for line in logged(tmp_path))


PARENT = """
import asyncio, os, pathlib, sys
from server.processes import Command, Supervisor
folder = pathlib.Path(sys.argv[1])
async def main():
    async with Supervisor(folder / "processes.json", print) as children:
        arguments = [sys.executable, "-c", sys.argv[2]]
        await children.start(Command("server", arguments, dict(os.environ), folder / "server.log"))
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_children_of_a_killed_supervisor_are_ended_by_the_next_start(tmp_path):
    """Even one that ignores the signal that it gets when its parent dies, and what that one started."""
    stubborn = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WITH_GRANDCHILD}"
    notes = tmp_path / "processes.json"
    with program([sys.executable, "-c", PARENT, str(tmp_path), stubborn]):
        await until(lambda: len(logged(tmp_path)) == 2)
    try:
        family = [json.loads(notes.read_text())["server"][0], int(logged(tmp_path)[0])]
        assert [running(pid) for pid in family] == [True, True]
    finally:
        found = stop_leftovers(notes, 1.0)
    assert found == ["server"]
    assert [running(pid) for pid in family] == [False, False]


def test_a_noted_process_id_that_a_stranger_has_by_now_is_left_alone(tmp_path):
    notes = tmp_path / "processes.json"
    with program(["sleep", "60"], start_new_session=True) as stranger:
        notes.write_text(json.dumps({"server": [stranger.pid, psutil.Process(stranger.pid).create_time() - 3600]}))
        assert stop_leftovers(notes, 1.0) == []
        assert stranger.poll() is None
