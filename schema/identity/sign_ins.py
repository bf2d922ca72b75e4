"""Devices, sessions and passkeys."""

from datetime import datetime

import strawberry

from models.identity import DeviceKind
from schema.shared import PageInfo

strawberry.enum(DeviceKind)


@strawberry.type
class Device:
    id: strawberry.ID
    name: str
    kind: DeviceKind
    last_seen_at: datetime
    current: bool


@strawberry.type
class DeviceEdge:
    node: Device
    cursor: str


@strawberry.type
class DeviceConnection:
    edges: list[DeviceEdge]
    page_info: PageInfo


@strawberry.type(description="A sign-in that can still be refreshed.")
class Session:
    id: strawberry.ID
    device: Device | None
    created_at: datetime
    last_used_at: datetime
    current: bool


@strawberry.type
class Passkey:
    id: strawberry.ID
    name: str
    created_at: datetime
    last_used_at: datetime | None
