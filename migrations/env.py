"""Alembic's environment: runs the migrations of one database, over the application's own driver."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlmodel import SQLModel

import models.billing
import models.catalog
import models.identity
import models.published
import models.viewing  # noqa: F401  every table must be known to autogenerate
from runtime.database import engine_for
from runtime.settings import SUBGRAPHS, read_settings


def ours(name: str | None, kind: str, parents: Any) -> bool:
    return name in SUBGRAPHS if kind == "schema" else True


def owned(item: Any, name: str | None, kind: str, reflected: bool, compared: Any) -> bool:
    """With `-x only=NAME` autogenerate looks at one subgraph's schema."""
    only = context.get_x_argument(as_dictionary=True).get("only")
    return only is None or getattr(item, "schema", only) == only or kind != "table"


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        include_schemas=True,
        include_name=ours,
        include_object=owned,
        compare_server_default=False,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


async def connect() -> None:
    url = context.config.attributes.get("url") or read_settings().database_of("identity")
    engine = engine_for(url, None, 1)
    async with engine.begin() as connection:
        await connection.run_sync(run)
    await engine.dispose()


asyncio.run(connect())
