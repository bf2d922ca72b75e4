"""Keys and values as clients send them, made safe for SQL; results put into the order of their keys."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import TableValuedAlias, Uuid, column, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from runtime.errors import NotFound
from runtime.scalars import uuid_of

V = TypeVar("V")
INT32 = 2**31


def uuids(ids: Sequence[UUID | str]) -> list[UUID | None]:
    """Ids of this process are UUIDs, those from outside are text; None for one that we never gave."""
    return [uuid_of(key) if isinstance(key, str) else key for key in ids]


def known(ids: Sequence[UUID | None]) -> list[UUID]:
    return [key for key in ids if key is not None]


def in_order(ids: Iterable[UUID | None], found: Mapping[UUID, V]) -> list[V | None]:
    return [None if key is None else found.get(key) for key in ids]


def there(ids: Iterable[UUID], found: Mapping[UUID, V]) -> list[V | NotFound]:
    """What every title has. One that was withdrawn since the operation began to read it no longer exists."""
    return [found[key] if key in found else NotFound("It does not exist any more.") for key in ids]


def grouped(pairs: Iterable[tuple[UUID, V]]) -> defaultdict[UUID, list[V]]:
    groups: defaultdict[UUID, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def each(ids: Sequence[UUID]) -> TableValuedAlias:
    """A table of the ids, with the one column `id`, for a lateral join to what belongs to each."""
    return func.unnest(literal(list(ids), ARRAY(Uuid))).table_valued(column("id", Uuid)).render_derived(name="parent")


def storable(text: str) -> bool:
    """Whether Postgres can hold the text at all: no NUL characters, no lone surrogates."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def integer(key: Any) -> int:
    """A cursor's key that fits a Postgres integer."""
    if type(key) is not int or not -INT32 <= key < INT32:
        raise ValueError(key)
    return key


def real(key: Any) -> float:
    if not isinstance(key, (int, float)):
        raise TypeError(key)
    return float(key)


def words(key: Any) -> str:
    if not isinstance(key, str) or not storable(key):
        raise ValueError(key)
    return key


def exactly(wanted: str) -> Callable[[Any], str]:
    """A cursor's key that says which list it belongs to."""

    def check(key: Any) -> str:
        if key != wanted:
            raise ValueError(key)
        return wanted

    return check
