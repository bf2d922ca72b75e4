"""Secrets that an installation makes for itself, one file each, readable by its owner alone."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path


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
