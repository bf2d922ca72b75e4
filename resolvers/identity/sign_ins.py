"""Devices, sessions and passkeys: where a household is signed in, and how it ends that."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Uuid, column, delete, exists, func, literal, select, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import Device, DeviceKind, Passkey, Session
from models.viewing import PlaybackCommandReason
from oauth.authenticate import changed
from oauth.provider.device import approve
from oauth.sessions import end_sessions
from resolvers.identity.own import confirm_password, own_account
from resolvers.paging import MOST, Page, identity, instant, keys_of, limit_of, page_of
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of


@dataclass(slots=True)
class DeviceRow:
    id: UUID
    name: str
    kind: DeviceKind
    last_seen_at: datetime
    current: bool


@dataclass(slots=True)
class SessionRow:
    id: UUID
    device: DeviceRow | None
    created_at: datetime
    last_used_at: datetime
    current: bool


@dataclass(slots=True)
class PasskeyRow:
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(slots=True)
class Deleted:
    """The source of a DeletePayload."""

    deleted_id: UUID
    user_errors: tuple[UserErrorRow, ...] = ()


@dataclass(slots=True)
class DeviceApproved:
    """The source of a DevicePayload."""

    device: DeviceRow
    user_errors: tuple[UserErrorRow, ...] = ()


async def devices_of(
    request: Request, account_ids: Sequence[UUID], *, first: int | None = 20, after: str | None = None
) -> list[Page[DeviceRow]]:
    """The devices on which each account is signed in, the one seen last first."""
    limit, keyset = limit_of(first), keys_of(after, instant, identity)
    order = (col(Device.last_seen_at), col(Device.id))
    signed_in = exists().where(col(Session.device_id) == col(Device.id), col(Session.expires_at) > request.now)
    current = col(Device.id) == current_device(request)
    query = select(Device, current.label("current")).where(signed_in)
    if keyset:
        query = query.where(tuple_(*order) < tuple_(*keyset))
    newest = [key.desc() for key in order]
    found = await of_each(request, account_ids, query, col(Device.account_id), newest, limit + 1)
    return [page_of(list(map(device_row, found[id_])), limit, after, seen_key) for id_ in account_ids]


async def sessions_of(request: Request, account_ids: Sequence[UUID]) -> list[list[SessionRow]]:
    """Where each account is signed in, the newest first, at most MOST."""
    device = (col(Device.name), col(Device.kind), col(Device.last_seen_at))
    current = col(Device.id) == current_device(request)
    query = (
        select(Session, *device, current.label("current"))
        .outerjoin(Device, col(Device.id) == col(Session.device_id))
        .where(col(Session.expires_at) > request.now)
    )
    newest = [col(Session.created_at).desc(), col(Session.id).desc()]
    found = await of_each(request, account_ids, query, col(Session.account_id), newest)
    return [[session_row(request, row) for row in found[id_]] for id_ in account_ids]


async def passkeys_of(request: Request, account_ids: Sequence[UUID]) -> list[list[PasskeyRow]]:
    """Each account's passkeys, oldest first, at most MOST."""
    oldest = [col(Passkey.created_at), col(Passkey.id)]
    found = await of_each(request, account_ids, select(Passkey), col(Passkey.account_id), oldest)
    return [[PasskeyRow(r.id, r.name, r.created_at, r.last_used_at) for r in found[id_]] for id_ in account_ids]


async def of_each(
    request: Request,
    account_ids: Sequence[UUID],
    query: Select[Any],
    account_id: Any,
    order: Sequence[Any],
    limit: int = MOST,
) -> defaultdict[UUID, list[Any]]:
    """For each account the first rows of the query in this order, in one statement."""
    accounts = func.unnest(literal(list(account_ids), ARRAY(Uuid())))
    asked = accounts.table_valued(column("asked_id", Uuid()), name="asked").render_derived()
    place = func.row_number().over(order_by=order).label("place")
    rows = query.add_columns(place).where(account_id == asked.c.asked_id).order_by(place).limit(limit).lateral("rows")
    joined = select(asked.c.asked_id, *rows.c).select_from(asked.join(rows, true())).order_by(rows.c.place)
    found: defaultdict[UUID, list[Any]] = defaultdict(list)
    async with request.read("identity") as db:
        for row in await db.execute(joined):
            found[row.asked_id].append(row)
    return found


def current_device(request: Request) -> Any:
    """The device of the session that the access token belongs to; null for one without."""
    session_id = request.viewer.session_id if request.viewer else None
    return select(col(Session.device_id)).where(col(Session.id) == session_id).correlate(None).scalar_subquery()


def seen_key(device: DeviceRow) -> tuple[datetime, UUID]:
    return device.last_seen_at, device.id


def device_row(row: Any) -> DeviceRow:
    return DeviceRow(row.id, row.name, row.kind, row.last_seen_at, bool(row.current))


def session_row(request: Request, row: Any) -> SessionRow:
    """A session's source. Browsers on the hosted pages and clients of OAuth may have no device."""
    device = None
    if row.device_id is not None:
        device = DeviceRow(row.device_id, row.name, row.kind, row.last_seen_at, bool(row.current))
    current = request.viewer is not None and request.viewer.session_id == row.id
    return SessionRow(row.id, device, row.created_at, row.last_used_at, current)


async def revoke_device(request: Request, *, id: Id) -> Deleted:
    """Ends the device's sessions, and with them its streams; then it is gone. Refusal NOT_FOUND (`id`)."""
    account_id, device_id = own_account(request), known(id)
    async with request.write("identity") as db:
        own = (col(Session.device_id) == device_id) & (col(Session.account_id) == account_id)
        await end_sessions(db, own, PlaybackCommandReason.DEVICE_REVOKED)
        await delete_own(db, Device, device_id, account_id)
    changed(request.resources.hub, account_id)
    return Deleted(device_id)


async def revoke_session(request: Request, *, id: Id) -> Deleted:
    """Signs the session out. Refusal NOT_FOUND (`id`)."""
    account_id, session_id = own_account(request), known(id)
    async with request.write("identity") as db:
        own = (col(Session.id) == session_id) & (col(Session.account_id) == account_id)
        if not await end_sessions(db, own, PlaybackCommandReason.SIGNED_OUT):
            raise not_found()
    changed(request.resources.hub, account_id)
    return Deleted(session_id)


async def delete_passkey(request: Request, *, id: Id, password: str) -> Deleted:
    """Refusals: those of confirm_password (`password`), NOT_FOUND (`id`)."""
    account_id = own_account(request)
    await confirm_password(request, password, "password")
    passkey_id = known(id)
    async with request.write("identity") as db:
        await delete_own(db, Passkey, passkey_id, account_id)
    return Deleted(passkey_id)


async def delete_own(db: AsyncSession, table: type[Device] | type[Passkey], id_: UUID, account_id: UUID) -> None:
    query = delete(table).where(col(table.id) == id_, col(table.account_id) == account_id)
    if await db.scalar(query.returning(col(table.id))) is None:
        raise not_found()


def known(id_: Id) -> UUID:
    """The id's UUID; an id that we never gave is as one that does not exist."""
    found = uuid_of(id_)
    if found is None:
        raise not_found()
    return found


def not_found() -> Refusal:
    return Refusal("NOT_FOUND", "The household has none of this id.", "id")


async def approve_device(request: Request, *, user_code: str) -> DeviceApproved:
    """Lets in the device that shows the code. Refusals: INVALID_USER_CODE (`userCode`), TOO_MANY_ATTEMPTS."""
    device = await approve(request.resources, own_account(request), user_code, request.now)
    return DeviceApproved(DeviceRow(device.id, device.name, device.kind, device.last_seen_at, current=False))
