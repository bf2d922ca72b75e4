"""Runs a Node script in which openid-client, a certified client, does what a client of OAuth does."""

from pathlib import Path
from typing import Any

from tests.browser.drive import required, run_node

FOLDER = Path(__file__).parent


async def drive(script: str, **job: Any) -> dict[str, Any]:
    """What the client saw."""
    package = FOLDER / "node_modules" / "openid-client"
    if not package.exists():
        required(str(package))
    return await run_node(FOLDER / script, job)
