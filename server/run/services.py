"""Postgres and Valkey for as long as Marquee runs, where no others are given."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from pathlib import Path

from runtime.settings import SUBGRAPHS, Settings
from server.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey
from server.embedded.service import Service
from server.run.environment import variable
from server.run.screen import Screen

LOOK_EVERY = 0.5
RETRY_AFTER = 5.0


def missing(settings: Settings) -> dict[str, Service]:
    """The services that the settings leave to us, by the name of the setting that would name them."""
    logs, found = settings.data / "logs", dict[str, Service]()
    if not settings.database_url and not all(getattr(settings, f"{subgraph}_database_url") for subgraph in SUBGRAPHS):
        found["database_url"] = EmbeddedPostgres(settings.data / "postgres", logs / "postgres.log")
    if not settings.redis_url:
        found["redis_url"] = EmbeddedValkey(settings.data / "valkey", logs / "valkey.log")
    return found


@asynccontextmanager
async def services(settings: Settings, screen: Screen) -> AsyncIterator[Settings]:
    """The settings completed by the addresses of embedded services, which run until the end of the block."""
    ours = missing(settings)
    async with AsyncExitStack() as stack:
        for service in ours.values():
            with screen.step(f"Starting {service.name}"):
                await stack.enter_async_context(service)
        addresses = {name: service.url for name, service in ours.items()}
        known = {variable(name): url for name, url in addresses.items()} | {variable("public_url"): settings.address}
        stack.enter_context(noted(settings.services_file, known))
        for service in ours.values():
            await stack.enter_async_context(kept(service, screen))
        yield settings.model_copy(update=addresses)


@contextmanager
def noted(file: Path, addresses: Mapping[str, str]) -> Iterator[None]:
    """Lets the other commands find the services; the file is for its owner alone, for it holds a password."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(addresses))
    fresh.replace(file)
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


@asynccontextmanager
async def kept(service: Service, screen: Screen) -> AsyncIterator[None]:
    """Starts the service again, at the same address, whenever it ends within the block."""
    keeper = asyncio.create_task(keep(service, screen))
    try:
        yield
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)


async def keep(service: Service, screen: Screen) -> None:
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if service.running:
            continue
        screen.say(f"Embedded {service.name} ended: starting it again. Its log is {service.log}.")
        try:
            await service.restart()
        except EmbeddedError as error:
            screen.say(str(error))
            await asyncio.sleep(RETRY_AFTER)
