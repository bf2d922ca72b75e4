"""The columns that are sealed by their account's own key, all in one list: what rotates keys goes through it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.identity import Account, AccountKey, MailToken
from runtime.encryption import Cell, Encryption
from runtime.resources import Resources


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column of sealed cells: its table, its name, and the column that says whose account's they are."""

    table: type[SQLModel]
    name: str
    account: Any

    @property
    def table_name(self) -> str:
        """With its schema, as cells are bound to it."""
        return str(self.table.__table__.fullname)  # type: ignore[attr-defined]

    def cell(self, row_id: UUID) -> Cell:
        return Cell(self.table_name, self.name, row_id)


SEALED = (
    SealedColumn(Account, "email", col(Account.id)),
    SealedColumn(MailToken, "email", col(MailToken.account_id)),
)


KEY = (col(AccountKey.wrapped_by), col(AccountKey.wrapped))


async def opened(resources: Resources, account_id: UUID) -> dict[str, dict[UUID, str]]:
    """Everything sealed of an account, in the clear: by table, then by row."""
    found: dict[str, dict[UUID, str]] = {}
    async with resources.database.read("identity") as db:
        for column in SEALED:
            table: Any = column.table
            cells = select(table.id, getattr(table, column.name), *KEY).join(
                AccountKey, col(AccountKey.account_id) == column.account
            )
            rows = await db.execute(cells.where(column.account == account_id))
            found[column.table_name] = {
                id_: resources.encryption.open(resources.encryption.unwrap(by, wrapped), column.cell(id_), sealed)
                for id_, sealed, by, wrapped in rows
                if sealed is not None
            }
    return found


async def reseal(db: AsyncSession, encryption: Encryption, account_id: UUID, old: bytes, new: bytes) -> int:
    """Seals every cell of the account anew, each row locked; how many there were."""
    count = 0
    for column in SEALED:
        query = select(column.table).where(column.account == account_id).with_for_update(key_share=True)
        for row in await db.scalars(query.execution_options(populate_existing=True)):
            cell, sealed = column.cell(row.id), getattr(row, column.name)  # type: ignore[attr-defined]
            if sealed is not None:
                setattr(row, column.name, encryption.seal(new, cell, encryption.open(old, cell, sealed)))
                count += 1
    return count
