"""What `marquee run` shows: live bars on a terminal, plain lines in a log."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from rich.console import Console, RenderableType
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

PLAIN_EVERY = 5.0
"""Seconds between two lines about the same step where bars can't be drawn."""


class Report(Protocol):
    """Says how far a long step is: `done` of `total`, in whatever unit; `note` says more of it."""

    def __call__(self, label: str, done: float, total: float, note: str = "") -> None: ...


class Screen:
    """Standard output for progress and the banner, standard error for refusals."""

    def __init__(self, console: Console | None = None, errors: Console | None = None) -> None:
        self.console = console or Console(highlight=False, soft_wrap=True)
        self.errors = errors or Console(stderr=True, highlight=False, soft_wrap=True)

    def say(self, text: str) -> None:
        self.console.print(text, markup=False)

    def refuse(self, text: str) -> None:
        self.errors.print(text, markup=False, style="red")

    def show(self, renderable: RenderableType) -> None:
        self.console.print(renderable)

    @contextmanager
    def step(self, label: str) -> Iterator[None]:
        """A step of unknown length; its duration is printed when it ends well."""
        began = time.monotonic()
        if self.console.is_terminal:
            with self.console.status(f"{label} …"):
                yield
        else:
            yield
        self.say(f"{label}: {time.monotonic() - began:.1f} s")

    @contextmanager
    def steps(self) -> Iterator[Report]:
        """Steps that say how far they are, as `Report`."""
        if not self.console.is_terminal:
            yield Lines(self)
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        notes = (TextColumn("{task.fields[note]}"), TimeElapsedColumn())
        with Progress(*columns, *notes, console=self.console) as progress:
            yield Bars(progress)


class Bars:
    """A bar for each label."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, label: str, done: float, total: float, note: str = "") -> None:
        if label not in self.tasks:
            self.tasks[label] = self.progress.add_task(label, total=total, note=note)
        self.progress.update(self.tasks[label], completed=done, total=total, note=note)


class Lines:
    """A line for each label when it begins, when it ends, and every few seconds between."""

    def __init__(self, screen: Screen) -> None:
        self.screen = screen
        self.printed: dict[str, tuple[float, str]] = {}

    def __call__(self, label: str, done: float, total: float, note: str = "") -> None:
        share = done / total if total else 1.0
        line = f"{label}: {share:.0%}" + (f" ({note})" if note else "")
        last, text = self.printed.get(label, (float("-inf"), ""))
        due = share >= 1 or time.monotonic() - last >= PLAIN_EVERY
        if due and line != text:
            self.printed[label] = time.monotonic(), line
            self.screen.say(line)
