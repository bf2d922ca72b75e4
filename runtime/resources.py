"""What a process holds open for all of its requests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis

from runtime.cache import connect_valkey
from runtime.database import Database
from runtime.encryption import Encryption, FileKeyProvider
from runtime.events import Hub
from runtime.settings import SUBGRAPHS, Settings, Subgraph
from runtime.storage import Storage, open_storage
from runtime.tokens import TokenKeys


@dataclass(frozen=True, slots=True)
class Resources:
    """Made when the process starts, closed when it stops. `shared` holds what a layer above keeps for the process."""

    settings: Settings
    database: Database
    valkey: Redis
    hub: Hub
    storage: Storage
    encryption: Encryption
    tokens: TokenKeys
    shared: dict[Any, Any] = field(default_factory=dict)


@asynccontextmanager
async def open_resources(settings: Settings, subgraphs: Sequence[Subgraph] = SUBGRAPHS) -> AsyncIterator[Resources]:
    """The resources of a process that serves these subgraphs; connections are opened on first use."""
    keys = settings.data / "keys"
    valkey = connect_valkey(settings.valkey)
    resources = Resources(
        settings=settings,
        database=Database.connect(settings, subgraphs),
        valkey=valkey,
        hub=Hub(valkey, Redis.from_url(settings.valkey)),
        storage=open_storage(settings.storage),
        encryption=Encryption(FileKeyProvider(keys)),
        tokens=TokenKeys.from_folder(keys, settings.address),
    )
    try:
        yield resources
    finally:
        await resources.hub.close()
        await valkey.aclose()
        await resources.database.close()
