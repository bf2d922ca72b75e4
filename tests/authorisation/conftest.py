"""One installation for all of the matrix: the graph and each subgraph served on a database of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from models.identity import Avatar
from runtime.settings import SUBGRAPHS, Settings
from server.seed.plans import seed_plans
from tests.authorisation.homes import make_household
from tests.authorisation.stock import model_trained, stocked
from tests.authorisation.world import World, clients, tables_of
from tests.cluster import Databases
from tests.served import Front, served


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def world(
    databases: Databases, migrated: str, valkey_server: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    data = tmp_path_factory.mktemp("authorisation")
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(databases.copy(migrated))
        settings = Settings(
            data=data,
            database_url=url,
            redis_url=f"{valkey_server}/1",
            public_url="http://marquee.test",  # one issuer, whatever the port
        )
        fronts = {"graph": await stack.enter_async_context(served(settings))}
        for name in SUBGRAPHS:
            fronts[name] = await stack.enter_async_context(served(settings, name))
        wire = await asyncpg.connect(url, ssl=False)
        stack.push_async_callback(wire.close)
        yield await furnished(fronts, wire, data / "model")


async def furnished(fronts: dict[str, Front], wire: asyncpg.Connection, model: Path) -> World:
    resources = fronts["graph"].resources
    await seed_plans(resources.database)
    async with resources.database.write("identity") as db:
        db.add_all([Avatar(object_key=f"artwork/avatars/{n}.webp", position=n) for n in range(3)])
        db.add_all(clients())
    stock = await stocked(resources)
    await model_trained(resources, stock, model)
    theirs, subject = [await make_household(resources, stock["open"]) for _ in range(2)]
    return World(fronts, stock, theirs, subject, wire, await tables_of(wire))
