"""A client of npm's in a process of its own, which follows continue-watching until the test has seen enough."""

import asyncio
import json
import os
import signal
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.browser.drive import NODE, required
from tests.push.reader import CHANGED, Heard

FOLDER = Path(__file__).parent.parent / "clients"
PACKAGES = {
    "graphql-ws": "graphql-ws",
    "apollo-client": "@apollo/client",
    "urql": "@urql/core",
    "graphql-sse": "graphql-sse",
}
"""The package of each client."""


class Followed(Heard):
    """What a client says that it was told."""

    async def follow(self, lines: asyncio.StreamReader, errors: asyncio.StreamReader) -> None:
        """Reads until cancelled: a client does not end by itself."""
        while line := await lines.readline():
            said = json.loads(line)
            assert "ended" not in said, said
            self.take(plain(said))
        raise AssertionError((await errors.read()).decode())


def plain(told: Any) -> Any:
    """What was told, without the names of types, which some clients ask for besides."""
    if isinstance(told, list):
        return [plain(item) for item in told]
    if isinstance(told, dict):
        return {key: plain(value) for key, value in told.items() if key != "__typename"}
    return told


@asynccontextmanager
async def following(client: str, url: str, token: str, *, resumes: bool) -> AsyncIterator[Followed]:
    """What the client hears at the address; one that `resumes` comes back with its last cursor."""
    package = FOLDER / "node_modules" / PACKAGES[client]
    if not package.exists():
        required(str(package))
    command = (str(NODE), str(FOLDER / "push.mjs"))
    node = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE, start_new_session=True)
    try:
        assert node.stdin is not None
        assert node.stdout is not None
        assert node.stderr is not None
        job = {"client": client, "url": f"{url}/graphql", "token": token, "query": CHANGED, "resumes": resumes}
        node.stdin.write(json.dumps(job).encode())
        node.stdin.write_eof()
        followed = Followed()
        async with asyncio.TaskGroup() as group:
            following = group.create_task(followed.follow(node.stdout, node.stderr))
            yield followed
            following.cancel()
    finally:
        if node.returncode is None:
            os.killpg(node.pid, signal.SIGKILL)
        await node.communicate()
