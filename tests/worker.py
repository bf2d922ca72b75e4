"""A worker beside a test."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from runtime.resources import Resources
from server.worker import keep_at_all


@asynccontextmanager
async def working(resources: Resources) -> AsyncIterator[None]:
    """Does jobs until the end of the block."""
    stop = asyncio.Event()
    work = asyncio.create_task(keep_at_all(resources, stop))
    try:
        yield
    finally:
        stop.set()
        await work
