"""Accounts as their owner, or support, sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.identity import Account, AccountKey, AccountStatus
from oauth.addresses import email_cell, normal_email
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
    found = {row.id: account_row(request.resources.encryption, row, row) for row in rows}
    return [found.get(wanted[id_]) if id_ in wanted else None for id_ in ids]


async def find_account(request: Request, *, id: Id | None = None, email: str | None = None) -> AccountRow | None:
    """A household for support staff, by id or by address."""
    if (id is None) == (email is None):
        raise BadInput("Give either `id` or `email`.")
    if id is not None:
        return await request.load(accounts_by_id, id)
    index = request.resources.encryption.blind_index(normal_email(email or ""))
    async with request.read("identity") as db:
        row = (await db.execute(ACCOUNT.where(col(Account.email_index) == index))).one_or_none()
    return account_row(request.resources.encryption, row, row) if row else None


def account_row(encryption: Encryption, account: Any, key: Any) -> AccountRow:
    """An account's source, from its columns and those of its key, or their objects."""
    email = encryption.open(encryption.unwrap(key.wrapped_by, key.wrapped), email_cell(account.id), account.email)
    roles = [RoleRow(name, sorted(ROLES[name])) for name in account.roles]
    return AccountRow(
        account.id, email, account.email_verified, account.status, account.country, account.created_at, roles
    )
