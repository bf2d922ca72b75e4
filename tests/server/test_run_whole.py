"""`marquee run` as its user sees it: it starts, serves, survives kill -9 of everything, and stops without a trace."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import psutil
import pytest

from server.embedded.ports import free_port
from server.processes import stop_leftovers
from server.run.banner import FIRST_QUERY
from tests.server.programs import program

OURS = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "MARQUEE_")
STARTS_WITHIN = 9.0
"""CPU seconds of `marquee run` and its server up to the banner: the clock would also count whatever else runs here."""


class Installation:
    """One data folder and one port, on which `marquee run` is started again and again."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.data, self.stack, self.port = data, stack, free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = clean | {"MARQUEE_DATA": str(data), "MARQUEE_PORT": str(self.port)}

    def start(self) -> subprocess.Popen[str]:
        """Returns when the banner is printed."""
        command = [sys.executable, "-m", "server.main", "run"]
        process = self.stack.enter_context(program(command, stdout=subprocess.PIPE, env=self.environment))
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Marquee is running"):
                return process
        raise AssertionError("".join(lines))

    def ready(self) -> bool:
        return httpx2.get(f"http://127.0.0.1:{self.port}/health/ready", trust_env=False).status_code == 200

    def processes(self) -> dict[str, psutil.Process]:
        """Everything that runs for the installation, besides `marquee run` itself."""
        noted = json.loads((self.data / "processes.json").read_text())
        pids = {name: pid for name, (pid, _) in noted.items()}
        pids["postgres"] = int((self.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        pids["valkey"] = int((self.data / "valkey" / "valkey.pid").read_text())
        return {name: psutil.Process(pid) for name, pid in pids.items()}


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with ExitStack() as stack:
        yield Installation(tmp_path / "data", stack)
    # What `marquee run` started dies with it; what ignores that is found as the next start would find it.
    stop_leftovers(tmp_path / "data" / "processes.json", 5.0)


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def gone(processes: dict[str, psutil.Process]) -> bool:
    return not [p for p in psutil.wait_procs(processes.values(), timeout=20)[1] if p.status() != psutil.STATUS_ZOMBIE]


def test_it_starts_serves_survives_kill_9_of_everything_and_stops_without_a_trace(installation):
    first = installation.start()
    assert installation.ready()
    answer = httpx2.post(f"http://127.0.0.1:{installation.port}/graphql", json={"query": FIRST_QUERY}, trust_env=False)
    assert len(answer.json()["data"]["titles"]["edges"]) == 3

    killed = installation.processes()
    first.kill()
    for process in killed.values():
        process.kill()
    assert gone(killed)

    second = installation.start()
    assert installation.ready()
    running = installation.processes()
    assert set(running) == {"server", "worker", "postgres", "valkey"}
    assert cpu_seconds(psutil.Process(second.pid)) + cpu_seconds(running["server"]) < STARTS_WITHIN

    second.send_signal(signal.SIGINT)
    assert second.wait(30) == 0
    assert second.stdout.read().endswith("Stopped.\n")
    assert gone(running)
    assert not (installation.data / "services.json").exists()
