"""What identity holds of a household: who it is, where it signed in, and what it agreed to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, delete, literal, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from models.identity import (
    Account,
    AccountKey,
    AuditEntry,
    Consent,
    DataRequest,
    Device,
    KnownAddress,
    MailToken,
    OutsideIdentity,
    Passkey,
    Profile,
    Session,
)
from models.published import PublishedAccount, PublishedProfile
from oauth.sealed import opened
from resolvers.identity.staff import ERASED
from resolvers.personal import Kinds, Rows, columns_of, rows_of
from runtime.resources import Resources

KINDS: dict[str, type[SQLModel]] = {
    "profiles": Profile,
    "devices": Device,
    "sign_ins": Session,
    "known_addresses": KnownAddress,
    "passkeys": Passkey,
    "outside_identities": OutsideIdentity,
    "consents": Consent,
    "data_requests": DataRequest,
    "mailed_links": MailToken,
}
SECRET = ("account_id", "password_hash", "pin_hash", "object_key")


async def export(resources: Resources, account_id: UUID, profile_ids: Sequence[UUID]) -> Kinds:
    """Everything but secrets: of a password, a PIN or a token there is only that it exists."""
    async with resources.database.read("identity") as db:
        kinds = {
            name: await rows_of(db, select(*columns_of(table, SECRET)).where(col(table.account_id) == account_id))  # type: ignore[attr-defined]
            for name, table in KINDS.items()
        }
        account = select(
            *columns_of(Account, SECRET), col(Account.password_hash).is_not(None).label("has_password")
        ).where(col(Account.id) == account_id)
        kinds["account"] = await rows_of(db, account)
        kinds["staff_acts"] = await rows_of(db, acts(account_id))
    in_the_clear = await opened(resources, account_id)
    add_addresses(kinds["account"], in_the_clear["identity.account"])
    add_addresses(kinds["mailed_links"], in_the_clear["identity.mail_token"])
    return kinds


def acts(account_id: UUID) -> Any:
    """What staff did to the household, and what it did as staff; to whom is not its to know."""
    own = col(AuditEntry.actor_id) == account_id
    by = case((own, literal("you")), else_=literal("our staff")).label("by")
    columns = (col(AuditEntry.at), by, col(AuditEntry.action), col(AuditEntry.reason))
    return select(*columns).where(about(account_id)).order_by(col(AuditEntry.id))


def about(account_id: UUID) -> ColumnElement[bool]:
    return or_(col(AuditEntry.target) == account_id, col(AuditEntry.actor_id) == account_id)


def add_addresses(rows: Rows, emails: dict[UUID, str]) -> None:
    for row in rows:
        row["email"] = emails.get(row["id"])


async def redact_audit(db: AsyncSession, account_id: UUID, receipt_id: UUID) -> int:
    """Takes the household out of the log of what staff did: the receipt's id stands for it, and the reasons given
    about it, free text that may name people, are gone. How many entries there were."""
    entry = col(AuditEntry.target) == account_id
    targets = await db.execute(update(AuditEntry).where(entry).values(target=receipt_id, reason=None))
    acted = case((col(AuditEntry.actor) == "", ERASED), else_=literal(f"{ERASED} by ") + col(AuditEntry.actor))
    own = col(AuditEntry.actor_id) == account_id
    actors = await db.execute(update(AuditEntry).where(own).values(actor=acted, actor_id=None))
    return int(targets.rowcount + actors.rowcount)  # type: ignore[attr-defined]


async def destroy_key(db: AsyncSession, account_id: UUID) -> int:
    """Deletes the account's key: what was sealed by it, here, in archives or in backups, opens for nobody any more."""
    return int((await db.execute(delete(AccountKey).where(col(AccountKey.account_id) == account_id))).rowcount)  # type: ignore[attr-defined]


async def erase(db: AsyncSession, account_id: UUID) -> int:
    """Deletes the account with all that hangs on it, and what was published of it; how many rows we named."""
    tables: tuple[Any, ...] = (PublishedProfile, PublishedAccount)
    deleted = [await db.execute(delete(table).where(col(table.account_id) == account_id)) for table in tables]
    deleted.append(await db.execute(delete(Account).where(col(Account.id) == account_id)))
    return sum(result.rowcount for result in deleted)  # type: ignore[attr-defined]
