"""A data folder and a port, on which `marquee run` is started again and again."""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psutil

from server.embedded.ports import free_port
from tests.server.programs import program

OURS = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "MARQUEE_")


class Installation:
    """One data folder and one port, on which `marquee run` is started again and again."""

    def __init__(self, data: Path, stack: ExitStack) -> None:
        self.data, self.stack, self.port = data, stack, free_port()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.running: subprocess.Popen[str] | None = None
        self.environment = clean | {"MARQUEE_DATA": str(data), "MARQUEE_PORT": str(self.port)}

    def start(self) -> subprocess.Popen[str]:
        """Returns when the banner is printed."""
        command = [sys.executable, "-m", "server.main", "run"]
        process = self.stack.enter_context(program(command, stdout=subprocess.PIPE, env=self.environment))
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Marquee is running"):
                self.running = process
                return process
        raise AssertionError("".join(lines))

    def ensure_started(self) -> subprocess.Popen[str]:
        """The `marquee run` that was started last, started now if there is none."""
        return self.running or self.start()

    def processes(self) -> dict[str, psutil.Process]:
        """Everything that runs for the installation, besides `marquee run` itself."""
        noted = json.loads((self.data / "processes.json").read_text())
        pids = {name: pid for name, (pid, _) in noted.items()}
        pids["postgres"] = int((self.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        pids["valkey"] = int((self.data / "valkey" / "valkey.pid").read_text())
        return {name: psutil.Process(pid) for name, pid in pids.items()}


def gone(processes: dict[str, psutil.Process]) -> bool:
    return not [p for p in psutil.wait_procs(processes.values(), timeout=20)[1] if p.status() != psutil.STATUS_ZOMBIE]
