"""Accounts as their owner, or support, sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey, AccountStatus
from oauth.addresses import email_cell, normal_email
from oauth.audit import record
from oauth.roles import ROLES
from resolvers.owned import may_see
from runtime.database import among
from runtime.encryption import Encryption
from runtime.errors import BadInput
from runtime.request import Request
from runtime.scalars import Id, uuid_of


@dataclass(slots=True)
class RoleRow:
    name: str
    scopes: list[str]


@dataclass(slots=True)
class AccountRow:
    id: UUID
    email: str
    email_verified: bool
    status: AccountStatus
    country: str
    created_at: datetime
    roles: list[RoleRow]


ACCOUNT = select(
    col(Account.id),
    col(Account.email),
    col(Account.email_verified),
    col(Account.status),
    col(Account.country),
    col(Account.created_at),
    col(Account.roles),
    col(AccountKey.wrapped_by),
    col(AccountKey.wrapped),
).join(AccountKey, col(AccountKey.account_id) == col(Account.id))


async def accounts_by_id(request: Request, ids: Sequence[Any]) -> list[AccountRow | None]:
    """The accounts that the viewer may see: the own one, and any with the scope to support."""
    wanted = {id_: uuid for id_ in ids if (uuid := uuid_of(str(id_))) and may_see(request, uuid)}
    if not wanted:
        return [None] * len(ids)
    async with request.read("identity") as db:
        rows = await db.execute(ACCOUNT.where(among(col(Account.id), list(wanted.values()))))
    found = {row.id: account_row(request.resources.encryption, row) for row in rows}
    return [found.get(wanted[id_]) if id_ in wanted else None for id_ in ids]


async def find_account(request: Request, *, id: Id | None = None, email: str | None = None) -> AccountRow | None:
    """A household for support staff, by id or by address; the log says who looked, unless at the own one."""
    if (id is None) == (email is None):
        raise BadInput("Give either `id` or `email`.")
    row = await (request.load(accounts_by_id, id) if id is not None else account_at(request, email or ""))
    if row is not None and not (request.viewer and request.viewer.account_id == row.id):
        async with request.resources.database.write("identity", request.tally) as db:
            record(db, request, "LOOKED_UP", row.id)
    return row


async def account_at(request: Request, email: str) -> AccountRow | None:
    """The account of an address."""
    index = request.resources.encryption.blind_index(normal_email(email))
    async with request.read("identity") as db:
        row = (await db.execute(ACCOUNT.where(col(Account.email_index) == index))).one_or_none()
    return account_row(request.resources.encryption, row) if row else None


async def read_row(db: AsyncSession, request: Request, account: Account) -> AccountRow:
    """The account's source as the transaction leaves it; address and key in one statement, for keys are rotated."""
    row = (await db.execute(ACCOUNT.where(col(Account.id) == account.id))).one()
    return account_row(request.resources.encryption, row)


def account_row(encryption: Encryption, row: Any) -> AccountRow:
    """An account's source, from the columns of ACCOUNT."""
    email = encryption.open(encryption.unwrap(row.wrapped_by, row.wrapped), email_cell(row.id), row.email)
    roles = [RoleRow(name, sorted(ROLES[name])) for name in row.roles]
    return AccountRow(row.id, email, row.email_verified, row.status, row.country, row.created_at, roles)
