"""Consents, data requests, and the log of what staff did."""

from datetime import datetime

import strawberry

from models.identity import ConsentPurpose, DataRequestKind, JobStatus
from runtime.scalars import Url
from schema.shared import PageInfo

for enumeration in (ConsentPurpose, DataRequestKind, JobStatus):
    strawberry.enum(enumeration)


@strawberry.type
class Consent:
    purpose: ConsentPurpose
    granted: bool
    at: datetime


@strawberry.type(description="A request under data protection law.")
class DataRequest:
    id: strawberry.ID
    kind: DataRequestKind
    status: JobStatus
    created_at: datetime
    due_at: datetime
    download_url: Url | None


@strawberry.type
class AuditEntry:
    id: strawberry.ID
    at: datetime
    actor: str
    action: str
    target: strawberry.ID | None
    reason: str | None


@strawberry.type
class AuditEntryEdge:
    node: AuditEntry
    cursor: str


@strawberry.type
class AuditEntryConnection:
    edges: list[AuditEntryEdge]
    page_info: PageInfo
