"""Whether the services that the settings name can be used, each refusal in one line that says what to do."""

import asyncpg
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from runtime.settings import SUBGRAPHS, Settings
from runtime.storage import open_storage
from server.run.checks import RunError
from server.run.environment import variable

WITHIN = 5.0
OLDEST_POSTGRES = 15


async def check_given_services(settings: Settings) -> None:
    """Raises RunError or SettingsError if a service that the settings name does not answer, is too old or unusable."""
    for name in ("database_url", *(f"{subgraph}_database_url" for subgraph in SUBGRAPHS)):
        if getattr(settings, name):
            await check_postgres(variable(name), getattr(settings, name))
    if settings.redis_url:
        await check_valkey(variable("redis_url"), settings.redis_url)
    open_storage(settings.storage)


async def check_postgres(name: str, url: str) -> None:
    shown = masked(name, url)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    try:
        connection = await asyncpg.connect(plain, timeout=WITHIN)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        advice = "start that server, correct the address, or unset it to use the embedded one."
        raise RunError(f"{name}: {shown} does not let us in ({reason(error)}): {advice}") from error
    major = connection.get_server_version().major
    await connection.close()
    if major < OLDEST_POSTGRES:
        raise RunError(f"{name}: {shown} is Postgres {major}, and Marquee needs {OLDEST_POSTGRES} or later.")


async def check_valkey(name: str, url: str) -> None:
    shown = masked(name, url)
    try:
        client = redis.asyncio.Redis.from_url(
            url, socket_connect_timeout=WITHIN, socket_timeout=WITHIN, retry=Retry(NoBackoff(), 0)
        )
        async with client:
            await client.ping()
    except (OSError, RedisError, ValueError) as error:
        advice = "start that server, correct the address, or unset it to use the embedded one."
        raise RunError(f"{name}: {shown} does not answer ({reason(error)}): {advice}") from error


def masked(name: str, url: str) -> str:
    """The address without its password and parameters. Raises RunError if it is none."""
    try:
        return make_url(url).set(query={}).render_as_string(hide_password=True)
    except (ArgumentError, ValueError) as error:
        raise RunError(f"{name} is no address: it looks like scheme://user:password@host:port/name.") from error


def reason(error: BaseException) -> str:
    """The first line of an error, or its kind where it has no text."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
