"""A household's own rows, as it may read them: what each subgraph's `personal.py` is made of."""

from collections.abc import Collection
from typing import Any, TypeAlias

from sqlalchemy import LargeBinary, Select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel import SQLModel

Rows: TypeAlias = list[dict[str, Any]]
Kinds: TypeAlias = dict[str, Rows]
"""Rows by the name of what they are."""


def columns_of(table: type[SQLModel], but: Collection[str] = ()) -> list[Any]:
    """The table's columns but those named, and but all bytes: these are digests, keys and sealed cells."""
    columns: Any = table.__table__.columns  # type: ignore[attr-defined]
    return [column for column in columns if column.name not in but and not isinstance(column.type, LargeBinary)]


async def rows_of(db: AsyncConnection, query: Select[Any]) -> Rows:
    return [dict(row) for row in (await db.execute(query)).mappings()]
