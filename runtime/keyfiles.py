"""Secrets that an installation makes for itself, one file each, readable by its owner alone."""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LOOK_EVERY = 1.0
"""Seconds after which a process has noticed another's new key."""


class KeyFiles:
    """The numbered secrets of one kind in the `keys` folder: `token-signing-1`, `token-signing-2`, …

    The first is made on first use. What other processes add or remove is seen within LOOK_EVERY.
    """

    def __init__(self, folder: Path, kind: str, make: Callable[[], bytes]) -> None:
        self.folder = folder
        self.kind = kind
        self.make = make
        self.contents: dict[int, bytes] = {}
        self.looked_at = float("-inf")

    def read(self) -> dict[int, bytes]:
        """The secrets there are, by number, the oldest first; the same object until something changes."""
        if time.monotonic() - self.looked_at >= LOOK_EVERY:
            self.look()
        return self.contents

    def look(self) -> None:
        """Reads the folder now."""
        if not self.numbers():
            secret(self.path(1), self.make)
        numbers = self.numbers()
        if numbers != list(self.contents):
            self.contents = {number: self.path(number).read_bytes() for number in numbers}
        self.looked_at = time.monotonic()

    def add(self, make: Callable[[], bytes] | None = None) -> int:
        """The number of a new secret. Two processes that add at once may add the same."""
        number = max(self.numbers(), default=0) + 1
        secret(self.path(number), make or self.make)
        self.look()
        return number

    def remove(self, number: int) -> None:
        self.path(number).unlink(missing_ok=True)
        self.look()

    def path(self, number: int) -> Path:
        return self.folder / f"{self.kind}-{number}"

    def numbers(self) -> list[int]:
        found = (path.name.removeprefix(f"{self.kind}-") for path in self.folder.glob(f"{self.kind}-[1-9]*"))
        return sorted(int(number) for number in found if number.isascii() and number.isdigit())


def secret(path: Path, make: Callable[[], bytes]) -> bytes:
    """The file's content; made and written where there is none. Of two processes at once both get the first's."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent)  # mode 600
        with os.fdopen(handle, "wb") as file:
            file.write(make())
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)  # fails where the other process was first
        except FileExistsError:
            return path.read_bytes()
        finally:
            Path(temporary).unlink()
    return path.read_bytes()
