"""What staff does to accounts, and the log of it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from resolvers.identity.accounts import AccountRow
from resolvers.paging import Page
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import Id


@dataclass(slots=True)
class AuditEntryRow:
    id: UUID
    at: datetime
    actor: str
    action: str
    target: UUID | None
    reason: str | None


@dataclass(slots=True)
class AccountChanged:
    """The source of an AccountPayload."""

    account: AccountRow
    user_errors: tuple[UserErrorRow, ...] = ()


async def audit_log(
    request: Request, *, first: int | None = 20, after: str | None = None, target: Id | None = None
) -> Page[AuditEntryRow]:
    raise NotImplementedError


async def set_roles(request: Request, *, account_id: Id, roles: list[str], reason: str) -> AccountChanged:
    raise NotImplementedError


async def set_suspended(request: Request, *, account_id: Id, suspended: bool, reason: str) -> AccountChanged:
    raise NotImplementedError
