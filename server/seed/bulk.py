"""Many rows at once."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel

ROWS_AT_ONCE = 5000


async def add_rows(db: AsyncSession, model: type[SQLModel], rows: Sequence[Mapping[str, Any]]) -> None:
    """Inserts rows that may leave out columns with a default; all leave out the same."""
    table: Table = model.__table__  # type: ignore[attr-defined]  # SQLModel does not declare it
    connection = await db.connection()
    for start in range(0, len(rows), ROWS_AT_ONCE):
        await connection.execute(insert(table), rows[start : start + ROWS_AT_ONCE])


async def add_models(db: AsyncSession, rows: Sequence[SQLModel]) -> None:
    """Inserts objects of one model."""
    await add_rows(db, type(rows[0]), [row.model_dump() for row in rows])
