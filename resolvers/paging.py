"""Keyset pagination: pages, edges and opaque cursors (GraphQL Cursor Connections)."""

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson

from runtime.errors import BadInput

Row = TypeVar("Row")
MOST = 100


@dataclass(slots=True)
class Edge(Generic[Row]):
    node: Row
    cursor: str


@dataclass(slots=True)
class PageInfoRow:
    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(slots=True)
class Page(Generic[Row]):
    """A connection's source."""

    edges: Sequence[Edge[Row]]
    page_info: PageInfoRow


def limit_of(first: int | None, default: int = 20) -> int:
    """How many are wanted; BadInput unless it is 1 to 100. Null means the default."""
    if first is None:
        return default
    if not 1 <= first <= MOST:
        raise BadInput(f"`first` must be from 1 to {MOST}; it is {first}.")
    return first


def page_of(rows: Sequence[Row], first: int, after: str | None, key_of: Callable[[Row], Sequence[Any]]) -> Page[Row]:
    """The page of `rows`: one more than `first` were fetched where there are more. `key_of` gives a row's sort keys."""
    edges = [Edge(row, cursor_of(*key_of(row))) for row in rows[:first]]
    return Page(edges, page_info(edges, len(rows) > first, after is not None))


def page_info(edges: Sequence[Edge[Any]], more: bool, before: bool) -> PageInfoRow:
    return PageInfoRow(more, before, edges[0].cursor if edges else None, edges[-1].cursor if edges else None)


def cursor_of(*keys: Any) -> str:
    """An opaque cursor for sort keys: strings, numbers, instants, UUIDs or None."""
    return base64.urlsafe_b64encode(orjson.dumps(keys, default=str)).decode().rstrip("=")


def keys_of(after: str | None, *kinds: Callable[[Any], Any]) -> list[Any] | None:
    """The sort keys in a cursor, each made by its kind (`str`, `float`, `instant`, …); BadInput for a forgery."""
    if after is None:
        return None
    try:
        keys = orjson.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        return [kind(key) for kind, key in zip(kinds, keys, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, binascii.Error) as error:
        raise BadInput("`after` is not a cursor of this list.") from error


def instant(key: Any) -> datetime:
    """One that Postgres takes for the same: with an offset, and in its years in UTC too."""
    found = datetime.fromisoformat(key)
    if found.tzinfo is None:
        raise ValueError(key)
    return found.astimezone(UTC)


def identity(key: Any) -> UUID:
    return UUID(key)
