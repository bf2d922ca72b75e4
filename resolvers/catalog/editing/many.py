"""Many rows as one parameter: a driver that binds each row by itself takes five times as long."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Table, TableValuedAlias, Text, cast, column, func, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

Row = Mapping[str, Any]


def given(table: Table, rows: Sequence[Row]) -> TableValuedAlias:
    """The rows, of which there is one at least, as a table to select from; their columns are of the table's types.

    All have the same columns. Enums have their names as values, as ours do; the driver's ids are told by `str`.
    """
    columns = [column(name, table.c[name].type) for name in rows[0]]
    sent = cast(literal(orjson.dumps(rows, default=str).decode(), Text), JSONB)
    return func.jsonb_to_recordset(sent).table_valued(*columns).render_derived(name="given", with_types=True)


async def add(db: AsyncSession, table: Table, rows: Iterable[Row]) -> None:
    """Inserts the rows, if there are any."""
    if values := list(rows):
        await db.execute(insert(table).from_select(list(values[0]), select(*given(table, values).c)))
