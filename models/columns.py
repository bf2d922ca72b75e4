"""Column kinds that every table uses."""

import enum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Enum
from sqlmodel import Field
from uuid_utils.compat import uuid7

GAP = 1024
"""Between the positions of neighbours in a list that people order, for those that will come between them."""


class Instant(DateTime):
    """A `timestamptz`: an instant, always with an offset."""

    cache_ok = True

    def __init__(self) -> None:
        super().__init__(timezone=True)


def new_id() -> UUID:
    """A UUIDv7 (RFC 9562): opaque to clients, and new rows lie beside each other in the index."""
    return uuid7()


def choice(of: type[enum.Enum], **options: Any) -> Any:
    """A column of one enum's names, as text: SQLAlchemy checks the name, and a new member needs no migration."""
    kind = Enum(of, native_enum=False, create_constraint=False, length=40)
    return Field(sa_type=kind, **options)
