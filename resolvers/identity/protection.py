"""Data protection: consents, a copy of everything, and the right to be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.identity import ConsentPurpose, DataRequestKind, JobStatus
from resolvers.identity.staff import AccountChanged
from runtime.errors import UserErrorRow
from runtime.request import Request
from runtime.scalars import Id


@dataclass(slots=True)
class ConsentRow:
    purpose: ConsentPurpose
    granted: bool
    at: datetime


@dataclass(slots=True)
class DataRequestRow:
    id: UUID
    kind: DataRequestKind
    status: JobStatus
    created_at: datetime
    due_at: datetime
    download_url: str | None


@dataclass(slots=True)
class DataRequested:
    """The source of a DataRequestPayload."""

    data_request: DataRequestRow
    user_errors: tuple[UserErrorRow, ...] = ()


async def consents_of(request: Request, account_ids: Sequence[UUID]) -> list[list[ConsentRow]]:
    raise NotImplementedError


async def data_requests_of(request: Request, account_ids: Sequence[UUID]) -> list[list[DataRequestRow]]:
    raise NotImplementedError


async def set_consent(request: Request, *, purpose: ConsentPurpose, granted: bool) -> AccountChanged:
    raise NotImplementedError


async def request_data_export(request: Request) -> DataRequested:
    raise NotImplementedError


async def request_erasure(request: Request, *, password: str) -> DataRequested:
    raise NotImplementedError


async def cancel_erasure(request: Request, *, id: Id) -> DataRequested:
    raise NotImplementedError
