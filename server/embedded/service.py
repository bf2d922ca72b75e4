"""What the embedded services have in common: a folder, a log, a port, and one process that is ours alone."""

import asyncio
import os
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Self

import psutil

from server.embedded.ports import free_port

POLL = 0.02
READY_WITHIN = 60.0
"""Seconds. Postgres replays its log after a crash; a laptop's disk may take its time."""
ATTEMPTS = 5
LOG_LIMIT = 8 * 1024 * 1024


class EmbeddedError(Exception):
    """An embedded service can't run here; the message is one line that says why, and what to do."""


class Service(ABC):
    """One embedded server. `start()` returns when it answers at `url`; `stop()` when its process is gone."""

    name: str
    program: str
    stop_signal = signal.SIGTERM
    stop_within = 10.0

    def __init__(self, folder: Path, log: Path, port: int | None = None) -> None:
        """Data lives in `folder`, output goes to `log`; without a port it listens on a free one."""
        self.folder = folder.resolve()
        self.log = log.resolve()
        self.wanted_port = port
        self.port = port or 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    @abstractmethod
    def url(self) -> str:
        """The address for clients, with its password where it has one."""

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments, for the current port."""

    @abstractmethod
    def noted_pid(self) -> int | None:
        """The process that the last run noted in the data folder."""

    @abstractmethod
    async def prepare(self) -> None:
        """Make the data folder ready to start on."""

    @abstractmethod
    async def answers(self) -> bool:
        """Whether the server serves queries by now."""

    @property
    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> str:
        """Stop what a killed run left behind, start, wait until it answers; returns `url`. Raises EmbeddedError."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        keep_short(self.log)
        await self.stop_leftover()
        await self.prepare()
        for attempt in range(ATTEMPTS):
            complaint = await self.attempt()
            if complaint is None:
                return self.url
            if attempt + 1 == ATTEMPTS or not await self.may_try_again(complaint):
                break
        raise EmbeddedError(f"Embedded {self.name} did not start: {complaint} (the whole story is in {self.log}).")

    async def restart(self) -> str:
        """`start` again after a crash, at the same address. Raises EmbeddedError."""
        self.wanted_port = self.port
        return await self.start()

    async def attempt(self) -> str | None:
        """One try on one port: None if it answers, else the line of its log that says why not."""
        self.port = self.wanted_port or self.port or free_port()
        offset = self.log.stat().st_size if self.log.exists() else 0
        self.process = self.launch()
        try:
            if await self.ready():
                return None
        except BaseException:
            await self.stop()
            raise
        await self.stop()
        return last_complaint(self.log, offset)

    def launch(self) -> subprocess.Popen[bytes]:
        # In a session of its own: Ctrl-C reaches us alone, and we stop things in order.
        with self.log.open("ab") as log:
            return subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=bare()
            )

    async def ready(self) -> bool:
        deadline = time.monotonic() + READY_WITHIN
        while self.running and time.monotonic() < deadline:
            if await self.answers():
                return self.running
            await asyncio.sleep(POLL)
        return False

    async def may_try_again(self, complaint: str) -> bool:
        """Whether another attempt may succeed: on another port if this one was taken meanwhile."""
        if "in use" not in complaint or self.wanted_port is not None:
            return False
        self.port = 0
        return True

    async def stop(self) -> None:
        """Stop cleanly, at the latest after `stop_within` seconds by force. Does nothing if it isn't running."""
        process, self.process = self.process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(self.stop_signal)
        deadline = time.monotonic() + self.stop_within
        while process.poll() is None:
            if time.monotonic() > deadline:
                process.kill()
            await asyncio.sleep(POLL)

    async def stop_leftover(self) -> None:
        """Stop the server that a killed run left on our folder. The caller holds the folder's lock: it has no owner."""
        if self.running:
            return
        leftover = self.leftover()
        if leftover is None:
            return
        deadline = time.monotonic() + self.stop_within
        with suppress(psutil.NoSuchProcess):
            leftover.send_signal(self.stop_signal)
            while alive(leftover):
                if time.monotonic() > deadline:
                    leftover.kill()
                await asyncio.sleep(POLL)

    def leftover(self) -> psutil.Process | None:
        """The process that the data folder names, if it really is this program on this folder."""
        pid = self.noted_pid()
        if pid is None or (self.process is not None and pid == self.process.pid):
            return None
        try:
            process = psutil.Process(pid)
            arguments = process.cmdline()
        except psutil.Error:
            return None
        ours = bool(arguments) and Path(arguments[0]).name == self.program and str(self.folder) in arguments
        return process if ours and alive(process) else None


def alive(process: psutil.Process) -> bool:
    """Whether it still runs; a zombie, which nobody reaps in a container without init, does not."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def bare() -> dict[str, str]:
    """The environment of the children: none of our secrets, and messages in English, which we read."""
    return {"PATH": os.environ.get("PATH", os.defpath), "HOME": os.sep, "LC_ALL": "C.UTF-8"}


def keep_short(log: Path) -> None:
    """Put a log that has grown aside; one predecessor is kept."""
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".1.log"))


def last_complaint(log: Path, offset: int) -> str:
    """The line in the log's part from `offset` on that best says what went wrong."""
    text = log.read_bytes()[offset:].decode(errors="replace")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    words = ("Address already in use", "shared memory block", "FATAL", "rror:", "an't", "setpriv:")
    for word in words:
        for line in lines:
            if word in line:
                return line
    return lines[-1] if lines else f"it did not answer within {READY_WITHIN:.0f} s"
