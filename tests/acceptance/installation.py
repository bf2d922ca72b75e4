"""`marquee run` on a folder of its own, as a user has it in a terminal."""

import asyncio
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import psutil

from server.embedded.launch import dying_with_parent
from server.embedded.ports import free_port
from server.embedded.service import alive

ROOT = Path(__file__).parents[2]
OURS = ("DATABASE_URL", "REDIS_URL", "STORAGE_URL", "MARQUEE_")
STARTS_WITHIN = 240.0
POLL = 0.05


class Installation:
    """A data folder and a port, on which `marquee run` is started again and again; one at a time."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        self.environment = clean | {"MARQUEE_DATA": str(data), "MARQUEE_PORT": str(self.port)}
        self.client = httpx2.Client(base_url=self.address, trust_env=False, timeout=30)
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self.reader: threading.Thread | None = None

    @property
    def screen(self) -> str:
        """What the last start has printed so far."""
        return "".join(self.lines)

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def code(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return self.process.poll() if self.process else None

    def launch(self) -> None:
        """Starts it, in a session of its own as a terminal's, and waits for nothing. However we end, it ends too."""
        self.lines = []
        self.process = subprocess.Popen(
            dying_with_parent([sys.executable, "-m", "server.main", "run"], "TERM"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self.read, args=(self.process, self.lines), daemon=True)
        self.reader.start()

    @staticmethod
    def read(process: subprocess.Popen[str], lines: list[str]) -> None:
        assert process.stdout is not None
        with process.stdout:
            lines.extend(process.stdout)

    def start(self) -> float:
        """Starts it and returns when the whole banner stands; after how many seconds all of it was well."""
        began = time.monotonic()
        self.launch()
        self.until(self.well, STARTS_WITHIN)
        served = time.monotonic() - began
        self.until(lambda: "curl -s" in self.screen, STARTS_WITHIN)
        return served

    def until(self, condition: Callable[[], bool], within: float = 60.0) -> None:
        """Returns when the condition holds; fails with what is on the screen if it never does, or the program ends."""
        deadline = time.monotonic() + within
        while not condition():
            assert self.running, f"`marquee run` ended with code {self.code}:\n{self.screen}"
            assert time.monotonic() < deadline, f"not within {within:g} s:\n{self.screen}"
            time.sleep(POLL)

    def well(self) -> bool:
        """Whether it answers, and everything behind it does."""
        try:
            answer = self.client.get("/health/ready")
        except httpx2.TransportError:
            return False
        return answer.status_code == 200 and set(answer.json().values()) == {"ok"}

    def kill(self) -> None:
        """kill -9 of `marquee run` itself."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def press_ctrl_c(self) -> int:
        """SIGINT to the whole foreground group, as from a terminal; the exit code."""
        assert self.process is not None
        assert self.reader is not None
        os.killpg(self.process.pid, signal.SIGINT)
        code = self.process.wait(40)
        self.reader.join(10)
        return code

    def parts(self) -> dict[str, psutil.Process]:
        """What runs for it at the moment, by name, besides `marquee run` itself."""
        found: dict[str, int] = {}
        with suppress(FileNotFoundError):
            found = {name: pid for name, (pid, _) in json.loads((self.data / "processes.json").read_text()).items()}
        for name, file in (("postgres", "postmaster.pid"), ("valkey", "valkey.pid")):
            with suppress(FileNotFoundError, IndexError, ValueError):
                found[name] = int((self.data / name / file).read_text().split()[0])
        return {name: process for name, pid in found.items() if (process := living(pid))}

    def everything(self) -> list[psutil.Process]:
        """Each living process that is of this installation by its environment or its arguments."""
        return [process for process in psutil.process_iter() if process.pid != os.getpid() and self.owns(process)]

    def owns(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            named = any(str(self.data) in argument for argument in process.cmdline())
            return alive(process) and (named or process.environ().get("MARQUEE_DATA") == str(self.data))
        return False

    def end(self) -> None:
        """Ends whatever is left, however the tests ended."""
        if self.running:
            with suppress(subprocess.TimeoutExpired):
                self.press_ctrl_c()
        for process in self.everything():
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.client.close()

    def curl(self) -> dict[str, Any]:
        """What the banner's line for a shell answers; its words are taken as a shell would."""
        line = next(line for line in self.lines if "curl -s" in line)
        _, _, address, _, header, _, body = shlex.split(line)
        name, value = header.split(": ")
        answer: dict[str, Any] = self.client.post(address, content=body, headers={name: value}).json()
        return answer

    def ask(self, query: str, token: str = "", **variables: Any) -> Any:
        """The data of an operation that must not have errors."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        body = {"query": query, "variables": variables}
        answer = self.client.post("/graphql", json=body, headers=headers).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query on the embedded Postgres."""
        return asyncio.run(self.rows(query))

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        url = json.loads((self.data / "services.json").read_text())["DATABASE_URL"]
        connection = await asyncpg.connect(url, ssl=False)
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()


def living(pid: int) -> psutil.Process | None:
    try:
        process = psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None
    return process if alive(process) else None


def survivors(processes: list[psutil.Process], within: float = 20.0) -> list[psutil.Process]:
    """Those of the processes that still run after a while; there should be none."""
    deadline = time.monotonic() + within
    while (left := [process for process in processes if alive(process)]) and time.monotonic() < deadline:
        time.sleep(POLL)
    return left


@contextmanager
def installed(data: Path) -> Iterator[Installation]:
    """An installation that leaves nothing behind."""
    installation = Installation(data)
    try:
        yield installation
    finally:
        installation.end()
