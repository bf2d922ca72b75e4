"""The HTTP server of one process."""

import asyncio
import signal
from types import FrameType

import uvicorn

from runtime.database import Database
from runtime.settings import SUBGRAPHS as NAMES
from runtime.settings import Settings, Subgraph
from server.app import create_app
from server.logs import configure_logs
from server.migrate import until_migrated
from subgraphs import SUBGRAPHS

DRAIN_SECONDS = 5


def serve(settings: Settings, subgraph: Subgraph | None = None) -> None:
    """Serves until SIGINT or SIGTERM; requests under way then have five seconds to end, and the exit code is 0.

    SettingsError where the databases stay behind the code.
    """
    configure_logs()
    signal.signal(signal.SIGTERM, end)
    asyncio.run(wait_for_migrations(settings, subgraph))
    port = SUBGRAPHS[subgraph].port if subgraph else settings.port
    uvicorn.run(
        create_app(settings, subgraph),
        host=settings.host,
        port=port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws="websockets-sansio",
        ws_max_size=1024 * 1024,
        ws_per_message_deflate=False,  # events are small, and what compresses them takes 40 KiB a socket
        server_header=False,
    )


def end(number: int, frame: FrameType | None) -> None:
    """Ends the process well: uvicorn raises SIGTERM once more when it has drained, and would die of it."""
    raise SystemExit(0)


async def wait_for_migrations(settings: Settings, subgraph: Subgraph | None) -> None:
    database = Database.connect(settings, (subgraph,) if subgraph else NAMES)
    try:
        await until_migrated(database)
    finally:
        await database.close()
