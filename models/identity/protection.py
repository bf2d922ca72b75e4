"""Data protection: consents, requests, receipts, and what staff did."""

import enum
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "identity"}


class ConsentPurpose(enum.Enum):
    ADS_PERSONALISATION = "ADS_PERSONALISATION"
    ANALYTICS = "ANALYTICS"
    EMAIL_MARKETING = "EMAIL_MARKETING"


class DataRequestKind(enum.Enum):
    EXPORT = "EXPORT"
    ERASURE = "ERASURE"


class JobStatus(enum.Enum):
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class Consent(SQLModel, table=True):
    """One answer to one question; the newest of a purpose counts, the older ones are its history."""

    __table_args__ = (Index("consent_by_account", "account_id", "purpose", "at"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    purpose: ConsentPurpose = choice(ConsentPurpose)
    granted: bool
    at: datetime = Field(sa_type=Instant)


class DataRequest(SQLModel, table=True):
    """A request under data protection law. An export's archive lies, sealed, at `object_key`.

    `due_at` is when an erasure begins, and until when an export must be there; `attempts` counts what was begun.
    """

    __tablename__ = "data_request"
    __table_args__ = (
        Index("data_request_by_account", "account_id", "created_at"),
        Index("data_request_due", "status", "due_at"),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    kind: DataRequestKind = choice(DataRequestKind)
    status: JobStatus = choice(JobStatus, default=JobStatus.QUEUED)
    created_at: datetime = Field(sa_type=Instant)
    due_at: datetime = Field(sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    object_key: str | None = None
    attempts: int = 0


class ErasureReceipt(SQLModel, table=True):
    """What was erased when: `steps` are `{"store", "rows", "at"}`. Nothing in it tells whose it was."""

    __tablename__ = "erasure_receipt"
    __table_args__ = (SCHEMA,)
    request_id: UUID = Field(primary_key=True)
    requested_at: datetime = Field(sa_type=Instant)
    completed_at: datetime | None = Field(default=None, sa_type=Instant)
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSONB)


class AuditEntry(SQLModel, table=True):
    """Who of the staff did what, to whom, and why. `actor_id` is an account; without one, `actor` says who it was."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("audit_entry_by_target", "target", "id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    at: datetime = Field(sa_type=Instant)
    actor_id: UUID | None = None
    actor: str
    action: str
    target: UUID | None = None
    reason: str | None = None
