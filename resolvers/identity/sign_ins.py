"""Devices, sessions and passkeys: where a household is signed in, and how it ends that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.identity import DeviceKind
from resolvers.paging import Page
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import Id


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
    raise NotImplementedError


async def sessions_of(request: Request, account_ids: Sequence[UUID]) -> list[list[SessionRow]]:
    raise NotImplementedError


async def passkeys_of(request: Request, account_ids: Sequence[UUID]) -> list[list[PasskeyRow]]:
    raise NotImplementedError


async def revoke_device(request: Request, *, id: Id) -> Deleted:
    raise NotImplementedError


async def revoke_session(request: Request, *, id: Id) -> Deleted:
    raise NotImplementedError


async def delete_passkey(request: Request, *, id: Id, password: str) -> Deleted:
    raise NotImplementedError


async def approve_device(request: Request, *, user_code: str) -> DeviceApproved:
    raise NotImplementedError
