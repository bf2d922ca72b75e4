"""The HTTP server of one process."""

import uvicorn

from runtime.settings import Settings, Subgraph
from server.app import create_app
from server.logs import configure_logs
from subgraphs import SUBGRAPHS

DRAIN_SECONDS = 5


def serve(settings: Settings, subgraph: Subgraph | None = None) -> None:
    """Serves until SIGINT or SIGTERM; requests under way then have five seconds to end."""
    configure_logs()
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
        server_header=False,
    )
