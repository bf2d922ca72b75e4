"""What staff does to accounts, and the log of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import any_, exists, false, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Account, AccountKey, AccountStatus, AuditEntry, DataRequest, DataRequestKind, JobStatus
from models.viewing import PlaybackCommandReason
from oauth.addresses import email_cell
from oauth.audit import checked_reason, record
from oauth.authenticate import changed
from oauth.households import published_account
from oauth.letters import Letter, post
from oauth.roles import ADMIN_ROLES, ADMINISTRATOR, ROLES, VIEWER
from resolvers.identity.accounts import AccountRow, read_row
from resolvers.paging import Page, identity, keys_of, limit_of, page_of
from runtime.encryption import Encryption
from runtime.errors import Refusal, UserErrorRow
from runtime.jobs import enqueue
from runtime.request import Request
from runtime.scalars import Id, uuid_of

ERASED = "an erased account"
ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext("identity.staff")))
"""Or two administrators could suspend each other at once, and leave none."""


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
    """What was done, the newest first; with `target` what was done to it alone."""
    limit, keyset = limit_of(first), keys_of(after, identity)
    query: Any = (
        select(
            *(AuditEntry, col(Account.id).label("known"), col(Account.email)),
            *(col(AccountKey.wrapped_by), col(AccountKey.wrapped)),
        )
        .outerjoin(Account, col(Account.id) == col(AuditEntry.actor_id))
        .outerjoin(AccountKey, col(AccountKey.account_id) == col(Account.id))
        .order_by(col(AuditEntry.id).desc())
        .limit(limit + 1)
    )
    if target is not None:
        of = uuid_of(target)
        query = query.where(col(AuditEntry.target) == of if of else false())
    if keyset:
        query = query.where(col(AuditEntry.id) < keyset[0])
    async with request.read("identity") as db:
        rows = [entry_row(request.resources.encryption, row) for row in await db.execute(query)]
    return page_of(rows, limit, after, lambda entry: (entry.id,))


def entry_row(encryption: Encryption, row: Any) -> AuditEntryRow:
    return AuditEntryRow(row.id, row.at, actor_of(encryption, row), row.action, row.target, row.reason)


def actor_of(encryption: Encryption, row: Any) -> str:
    """Who it was: an account's address as it is now, and the client of OAuth that it used; or who else."""
    if row.actor_id is None:
        return str(row.actor)
    person = ERASED
    if row.known is not None:
        key = encryption.unwrap(row.wrapped_by, row.wrapped)
        person = encryption.open(key, email_cell(row.known), row.email)
    return f"{person} by {row.actor}" if row.actor else person


async def set_roles(request: Request, *, account_id: Id, roles: list[str], reason: str) -> AccountChanged:
    """Gives an account these roles and no others, but for `viewer`, which all have; its tokens must be refreshed.

    Refusals: UNKNOWN_ROLE (`roles`), REASON_REQUIRED (`reason`), ACCOUNT_NOT_FOUND (`accountId`), OWN_ACCOUNT
    (`accountId`: nobody gives up being administrator), LAST_ADMINISTRATOR (`roles`).
    """
    why, wanted = checked_reason(reason), checked_roles(roles, "roles")
    async with request.write("identity") as db:
        account = await locked(db, account_id)
        if ADMINISTRATOR in account.roles and ADMINISTRATOR not in wanted:
            check_not_own(request, account)
            await check_not_last(db, account, "roles")
        if act := await give_roles(db, account, wanted):
            record(db, request, act, account.id, why)
        row = await read_row(db, request, account)
    changed(request.resources.hub, account.id)
    return AccountChanged(row)


async def set_suspended(request: Request, *, account_id: Id, suspended: bool, reason: str) -> AccountChanged:
    """Suspends an account, whose tokens and streams end at once, or lets it, and all of its sessions, go on.

    Refusals: REASON_REQUIRED (`reason`), and for `accountId` ACCOUNT_NOT_FOUND, OWN_ACCOUNT, ADMINISTRATOR_REQUIRED
    (it is an administrator's), LAST_ADMINISTRATOR.
    """
    why = checked_reason(reason)
    async with request.write("identity") as db:
        account = await locked(db, account_id)
        await check_suspendable(request, db, account)
        if suspended != (account.status is AccountStatus.SUSPENDED):
            await (suspend(db, account) if suspended else restore(db, account))
            record(db, request, "SUSPENDED" if suspended else "RESTORED", account.id, why)
        row = await read_row(db, request, account)
    changed(request.resources.hub, account.id)
    return AccountChanged(row)


def checked_roles(roles: Iterable[str], *path: str) -> list[str]:
    """The roles in their usual order, `viewer` among them; Refusal UNKNOWN_ROLE."""
    wanted = {*roles, VIEWER}
    if unknown := sorted(wanted - ROLES.keys()):
        raise Refusal("UNKNOWN_ROLE", f"There is no role {unknown[0]!r}: it is one of {', '.join(ROLES)}.", *path)
    return [role for role in ROLES if role in wanted]


async def give_roles(db: AsyncSession, account: Account, roles: list[str]) -> str | None:
    """Gives the account the roles, checked; how the log says it, None where it has them already."""
    before = checked_roles(account.roles)
    if roles == before:
        return None
    account.roles = roles
    account.epoch += 1
    await db.merge(published_account(account))
    return f"SET_ROLES: {', '.join(before)} → {', '.join(roles)}"


async def suspend(db: AsyncSession, account: Account) -> None:
    """Its sessions stay, so that a mistake costs nobody a sign-in: their tokens are void by the account's status."""
    account.status = AccountStatus.SUSPENDED
    await db.merge(published_account(account))
    job = {"account": account.id, "reason": PlaybackCommandReason.ACCOUNT_SUSPENDED.name}
    await enqueue(db, "end_streams", orjson.dumps(job, default=str))
    await post(db, Letter.ACCOUNT_SUSPENDED, account.id)


async def restore(db: AsyncSession, account: Account) -> None:
    """Back to what it was: a suspension stops no erasure."""
    erasure = exists().where(
        col(DataRequest.account_id) == account.id,
        col(DataRequest.kind) == DataRequestKind.ERASURE,
        col(DataRequest.status).in_((JobStatus.QUEUED, JobStatus.RUNNING)),
    )
    closing = await db.scalar(select(erasure))
    account.status = AccountStatus.CLOSING if closing else AccountStatus.ACTIVE
    await db.merge(published_account(account))


async def locked(db: AsyncSession, account_id: Id) -> Account:
    """The account, locked; Refusal ACCOUNT_NOT_FOUND (`accountId`)."""
    await db.execute(ONE_AT_A_TIME)
    key = uuid_of(account_id)
    account = await db.get(Account, key, with_for_update=True) if key else None
    if account is None:
        raise Refusal("ACCOUNT_NOT_FOUND", "There is no such account.", "accountId")
    return account


async def check_suspendable(request: Request, db: AsyncSession, account: Account) -> None:
    check_not_own(request, account)
    if ADMINISTRATOR not in account.roles:
        return
    if request.viewer is None or ADMIN_ROLES not in request.viewer.scopes:
        message = "This account is an administrator's: only an administrator may do this to it."
        raise Refusal("ADMINISTRATOR_REQUIRED", message, "accountId")
    await check_not_last(db, account, "accountId")


def check_not_own(request: Request, account: Account) -> None:
    if request.viewer is not None and request.viewer.account_id == account.id:
        raise Refusal("OWN_ACCOUNT", "Nobody does this to the own account: ask another administrator.", "accountId")


async def check_not_last(db: AsyncSession, account: Account, *path: str) -> None:
    """Refusal LAST_ADMINISTRATOR where no other administrator is in good standing."""
    other = (
        literal(ADMINISTRATOR) == any_(col(Account.roles)),
        col(Account.status) != AccountStatus.SUSPENDED,
        col(Account.id) != account.id,
    )
    if not await db.scalar(select(exists().where(*other))):
        raise Refusal("LAST_ADMINISTRATOR", "Nobody else could give roles any more.", *path)
