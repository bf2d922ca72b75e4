"""Valkey (or Redis). It may be gone at any time: it then costs its own effects, never a request's seconds."""

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

TIMEOUT = 0.2


def connect_valkey(url: str) -> Redis:
    """A client that gives up after 0.2 s and one retry; redis-py's defaults would wait for 3 s."""
    pool = BlockingConnectionPool.from_url(
        url,
        max_connections=20,
        timeout=TIMEOUT,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 1),
    )
    return Redis.from_pool(pool)  # which closes the pool with itself
