"""What may be wrong before anything is started, each in one line that says what to do."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runtime.settings import Settings
from server.embedded.ports import is_free


class RunError(Exception):
    """Marquee can't start here; the message is one line that says why, and what to do."""


@contextmanager
def folder_lock(data: Path) -> Iterator[None]:
    """Holds the data folder for this process alone; the kernel lets go of it when the process dies."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "run.lock").open("a+")
    except OSError as error:
        raise RunError(f"The folder {data} can't be used ({error.strerror}): set MARQUEE_DATA to another.") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise RunError(
                f"Marquee runs on {data} already (process {holder}): stop it, or set MARQUEE_DATA to another folder."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def check_port(settings: Settings) -> None:
    """Raises RunError if the HTTP port can't be listened on."""
    if settings.port < 1024 and os.geteuid() != 0:
        raise RunError(f"Port {settings.port} is for root alone: set MARQUEE_PORT to one from 1024 on.")
    try:
        free = is_free(settings.host, settings.port)
    except socket.gaierror as error:
        raise RunError(f"MARQUEE_HOST: {settings.host!r} is no address of this machine.") from error
    if not free:
        raise RunError(f"Port {settings.port} is taken: stop what listens there, or set MARQUEE_PORT.")
