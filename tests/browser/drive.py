"""Runs Node scripts, such as drive Chromium; where there is none, the test skips unless REQUIRE_BROWSER is set."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
NODE = Path(sys.executable).parent / "node"
WITHIN = 120.0


def required(what: str) -> None:
    """Skips the test for want of something, or fails it where nothing may be skipped."""
    if os.environ.get("REQUIRE_BROWSER") == "1":
        pytest.fail(f"REQUIRE_BROWSER is set, and there is no {what}.")
    pytest.skip(f"There is no {what}.")


def test_data(name: str) -> Path:
    """A file of the folder that MARQUEE_TEST_DATA names."""
    folder = os.environ.get("MARQUEE_TEST_DATA")
    if not folder:
        required("MARQUEE_TEST_DATA")
    return Path(folder or "") / name


async def drive(script: str, **job: Any) -> dict[str, Any]:
    """What the script saw."""
    for path in (Path(CHROMIUM), FOLDER / "node_modules" / "playwright-core"):
        if not path.exists():
            required(str(path))
    return await run_node(FOLDER / script, job | {"browser": CHROMIUM})


async def run_node(script: Path, job: dict[str, Any]) -> dict[str, Any]:
    """What a Node script makes of the job on its standard input."""
    node = await asyncio.create_subprocess_exec(
        *(str(NODE), str(script)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(WITHIN):
            out, errors = await node.communicate(json.dumps(job).encode())
    finally:
        if node.returncode is None:
            os.killpg(node.pid, signal.SIGKILL)
            await node.wait()
    assert node.returncode == 0, errors.decode()
    seen: dict[str, Any] = json.loads(out)
    return seen
