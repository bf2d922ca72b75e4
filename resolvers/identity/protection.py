"""Data protection: consents, a copy of everything, and the right to be forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.identity import (
    Account,
    AccountStatus,
    Consent,
    ConsentPurpose,
    DataRequest,
    DataRequestKind,
    JobStatus,
    ProfileKind,
)
from oauth.authenticate import changed
from oauth.households import published_account
from oauth.letters import Letter, post
from oauth.throttle import Limit, take
from resolvers.identity.accounts import read_row
from resolvers.identity.downloads import address_of
from resolvers.identity.own import confirm_password, current, own_account
from resolvers.identity.sign_ins import of_each
from resolvers.identity.staff import AccountChanged
from runtime.database import among
from runtime.errors import Refusal, UserErrorRow
from runtime.jobs import enqueue
from runtime.request import Request
from runtime.scalars import Id, uuid_of

EXPORT_WITHIN = timedelta(days=30)
"""One month (GDPR, article 12(3)); it takes seconds."""
EXPORTS = Limit("export", burst=5, every=timedelta(hours=1))
"""By account."""
UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)


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
    """Each account's newest answer to each question that it ever answered."""
    newest = (
        select(Consent)
        .where(among(col(Consent.account_id), account_ids))
        .ext(distinct_on(col(Consent.account_id), col(Consent.purpose)))
        .order_by(col(Consent.account_id), col(Consent.purpose), col(Consent.at).desc(), col(Consent.id).desc())
    )
    found: dict[UUID, list[ConsentRow]] = {id_: [] for id_ in account_ids}
    async with request.read("identity") as db:
        for row in await db.execute(newest):
            found[row.account_id].append(ConsentRow(row.purpose, row.granted, row.at))
    return [found[id_] for id_ in account_ids]


async def data_requests_of(request: Request, account_ids: Sequence[UUID]) -> list[list[DataRequestRow]]:
    """Each account's requests, the newest first, at most MOST; only a grown-up of the household may download."""
    newest = [col(DataRequest.created_at).desc(), col(DataRequest.id).desc()]
    found = await of_each(request, account_ids, select(DataRequest), col(DataRequest.account_id), newest)
    return [[request_row(request, row) for row in found[id_]] for id_ in account_ids]


def request_row(request: Request, row: DataRequest) -> DataRequestRow:
    viewer = request.viewer
    own = viewer is not None and viewer.account_id == row.account_id and viewer.profile_kind != ProfileKind.KIDS.name
    url = address_of(request.resources, row.id, request.now) if own and row.object_key is not None else None
    return DataRequestRow(row.id, row.kind, row.status, row.created_at, row.due_at, url)


async def set_consent(request: Request, *, purpose: ConsentPurpose, granted: bool) -> AccountChanged:
    """Notes an answer; the one before stays, as history, and the same again adds nothing."""
    own_account(request)
    async with request.write("identity") as db:
        _, account = await current(db, request)
        answers = select(col(Consent.granted)).where(
            col(Consent.account_id) == account.id, col(Consent.purpose) == purpose
        )
        before = await db.scalar(answers.order_by(col(Consent.at).desc(), col(Consent.id).desc()).limit(1))
        if before is not granted:
            db.add(Consent(account_id=account.id, purpose=purpose, granted=granted, at=request.now))
        row = await read_row(db, request, account)
    return AccountChanged(row)


async def request_data_export(request: Request) -> DataRequested:
    """Queues a copy of everything about the household; the one that is being made already, if there is one.

    Refusal TOO_MANY_ATTEMPTS.
    """
    account_id = own_account(request)
    async with request.read("identity") as reader:
        making = (await reader.execute(unfinished(account_id, DataRequestKind.EXPORT))).one_or_none()
    if making is None:
        await take(request.resources, EXPORTS, request.now, str(account_id))
    async with request.write("identity") as db:
        await current(db, request)  # locked, so that of two at once the second finds the first's
        stored = await db.scalar(unfinished(account_id, DataRequestKind.EXPORT))
        if stored is None:
            stored = await add_request(db, request, DataRequestKind.EXPORT, account_id, EXPORT_WITHIN)
            await enqueue(db, "export", orjson.dumps({"request": str(stored.id)}), once=f"export:{stored.id}")
    return DataRequested(request_row(request, stored))


async def request_erasure(request: Request, *, password: str) -> DataRequested:
    """Has the household erased after the days in which it may change its mind; until then all goes on.

    Refusals: those of confirm_password (`password`).
    """
    account_id = own_account(request)
    await confirm_password(request, password, "password")
    async with request.write("identity") as db:
        _, account = await current(db, request)
        stored = await db.scalar(unfinished(account_id, DataRequestKind.ERASURE))
        if stored is None:
            grace = timedelta(days=request.resources.settings.erasure_days)
            stored = await add_request(db, request, DataRequestKind.ERASURE, account_id, grace)
            await set_status(db, account, AccountStatus.CLOSING)
            await post(db, Letter.ERASURE_REQUESTED, account_id)
    changed(request.resources.hub, account_id)
    return DataRequested(request_row(request, stored))


async def cancel_erasure(request: Request, *, id: Id) -> DataRequested:
    """Calls an erasure off. Refusals: NOT_FOUND, NOT_CANCELLABLE once it has begun (both `id`)."""
    account_id, wanted = own_account(request), uuid_of(id)
    async with request.write("identity") as db:
        _, account = await current(db, request)
        stored = await db.get(DataRequest, wanted, with_for_update=True) if wanted else None
        if stored is None or stored.account_id != account_id or stored.kind is not DataRequestKind.ERASURE:
            raise Refusal("NOT_FOUND", "The household has no such erasure.", "id")
        if stored.status is not JobStatus.QUEUED:
            raise Refusal("NOT_CANCELLABLE", "This erasure is over, was called off, or has begun.", "id")
        stored.status, stored.completed_at = JobStatus.CANCELLED, request.now
        await set_status(db, account, AccountStatus.ACTIVE)
        await post(db, Letter.ERASURE_CANCELLED, account_id)
    changed(request.resources.hub, account_id)
    return DataRequested(request_row(request, stored))


def unfinished(account_id: UUID, kind: DataRequestKind) -> Any:
    """The account's request of the kind that is not over yet."""
    own = (col(DataRequest.account_id) == account_id, col(DataRequest.kind) == kind)
    return select(DataRequest).where(*own, col(DataRequest.status).in_(UNFINISHED))


async def add_request(
    db: AsyncSession, request: Request, kind: DataRequestKind, account_id: UUID, within: timedelta
) -> DataRequest:
    stored = DataRequest(account_id=account_id, kind=kind, created_at=request.now, due_at=request.now + within)
    db.add(stored)
    await db.flush()
    return stored


async def set_status(db: AsyncSession, account: Account, status: AccountStatus) -> None:
    account.status = status
    await db.merge(published_account(account))
