"""Keeps child processes running, and leaves none behind."""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil

from server.embedded.launch import dying_with_parent
from server.embedded.service import alive

FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0
STABLE_AFTER = 30.0
"""Seconds that a child must live for its next crash to count as its first."""
CLOCK_TOLERANCE = 2.0
"""Seconds by which the kernel's idea of a process's start may move when the clock is set."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Command:
    """A program to keep running; its output goes to `log`, or to our own output without one."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None


def python(*arguments: str) -> list[str]:
    """The command that runs a module of this installation with the same interpreter."""
    return [sys.executable, "-m", *arguments]


@dataclass
class Child:
    """One command, its process of the moment, and how often it crashed."""

    command: Command
    process: asyncio.subprocess.Process | None = None
    crashes: int = 0
    started_at: float = 0.0

    @property
    def pid(self) -> int | None:
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if self.process and running else None

    async def launch(self) -> None:
        log = self.command.log.open("ab") if self.command.log else None
        try:
            # In a session of its own: Ctrl-C reaches us alone, and its grandchildren are found by their group.
            self.process = await asyncio.create_subprocess_exec(
                *dying_with_parent(self.command.arguments, "TERM"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.command.environment,
                start_new_session=True,
            )
        finally:
            if log:
                log.close()
        self.started_at = time.monotonic()

    async def ended(self) -> int:
        """Waits for the process, and ends what it left in its group. Returns the exit code, negative for a signal."""
        assert self.process is not None
        code = await self.process.wait()
        end_group(self.process.pid)
        return code

    async def stop(self, within: float) -> None:
        """SIGTERM, and SIGKILL after `within` seconds."""
        if self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), within)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()
        end_group(self.process.pid)


@dataclass
class Supervisor:
    """Starts commands, starts crashed ones again with growing delays, and stops them all at the end of its block.

    `notes` is the file that names the running processes, so that the next start finds what a kill -9 left behind.
    """

    notes: Path
    say: Say
    grace: float = 10.0
    children: dict[str, Child] = field(default_factory=dict)
    keepers: dict[str, asyncio.Task[None]] = field(default_factory=dict)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, command: Command) -> Child:
        """Begin to keep `command` running; its process exists when this returns."""
        child = self.children[command.name] = Child(command)
        await child.launch()
        self.note()
        self.keepers[command.name] = asyncio.create_task(self.keep(child))
        return child

    async def wait(self) -> None:
        """Returns never: raises what broke a keeper, such as a program that does not exist."""
        await asyncio.gather(*self.keepers.values())

    async def keep(self, child: Child) -> None:
        delay = FIRST_DELAY
        while True:
            code = await child.ended()
            child.crashes += 1
            delay = FIRST_DELAY if time.monotonic() - child.started_at > STABLE_AFTER else delay
            self.say(f"The {child.command.name} ended ({how(code)}). Starting it again in {delay:g} s.{hint(child)}")
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
            await child.launch()
            self.note()

    async def stop(self) -> None:
        """Stop all children at once, and wait until they are gone."""
        for keeper in self.keepers.values():
            keeper.cancel()
        await asyncio.gather(*self.keepers.values(), return_exceptions=True)
        await asyncio.gather(*(child.stop(self.grace) for child in self.children.values()))
        self.notes.unlink(missing_ok=True)

    def note(self) -> None:
        noted = {name: [child.pid, born(child.pid)] for name, child in self.children.items() if child.pid}
        fresh = self.notes.with_suffix(".new")
        fresh.write_text(json.dumps(noted))
        fresh.replace(self.notes)


def how(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def hint(child: Child) -> str:
    return f" Its log is {child.command.log}." if child.command.log else ""


def end_group(group: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def stop_leftovers(notes: Path, grace: float = 10.0) -> list[str]:
    """End the processes that a killed run noted, and their descendants. Returns the names of those found alive."""
    if not notes.exists():
        return []
    found = {name: members(pid, created) for name, (pid, created) in json.loads(notes.read_text()).items()}
    everyone = [process for group in found.values() for process in group]
    for process in everyone:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    stubborn = psutil.wait_procs(everyone, timeout=grace)[1]
    for process in stubborn:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=grace)
    notes.unlink()
    return [name for name, group in found.items() if group]


def members(leader: int, created: float) -> list[psutil.Process]:
    """The living processes of the group that `leader` founded at `created`; none if its id is a stranger's by now."""
    births = {p: born(p.pid) for p in psutil.process_iter() if group_of(p.pid) == leader}
    if any(process.pid == leader and abs(birth - created) > CLOCK_TOLERANCE for process, birth in births.items()):
        return []
    return [process for process, birth in births.items() if birth >= created - CLOCK_TOLERANCE and alive(process)]


def born(pid: int) -> float:
    """When the process started, in seconds since 1970; 0 if it has ended meanwhile."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.NoSuchProcess:
        return 0.0


def group_of(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None
