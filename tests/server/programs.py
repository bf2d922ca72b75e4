"""Programs that a test starts, and that end with it however it ends."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
"""The folder from which Marquee's packages can be imported."""


@contextmanager
def program(arguments: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A running program with text pipes, killed at the end of the block."""
    with subprocess.Popen(arguments, text=True, cwd=ROOT, **options) as process:
        try:
            yield process
        finally:
            process.kill()
