"""Input types from plain dataclasses of resolvers/: one declaration serves the API and the function behind it."""

import typing
from dataclasses import MISSING, fields
from types import NoneType, UnionType
from typing import Any, TypeVar, Union

import strawberry
from strawberry import UNSET

from runtime.scalars import Id

T = TypeVar("T")
INPUTS: dict[type, type] = {}
"""Which input type stands for which dataclass."""


def as_input(of: type[T], **options: Any) -> type[T]:
    """`of` as a GraphQL input of the same name: a field whose default is None may be left out or null.

    Where the difference matters, `given` of an instance names the fields that were not left out.
    """
    names = {f.name: f for f in fields(of)}  # type: ignore[arg-type]
    hints = {name: hint for name, hint in typing.get_type_hints(of).items() if name in names}
    optional = {name for name, f in names.items() if f.default is None}
    defaults = {name: f.default for name, f in names.items() if f.default is not MISSING}

    def nulls(self: Any) -> None:
        self.given = frozenset(name for name in hints if getattr(self, name) is not UNSET)
        for name in optional:
            if getattr(self, name) is UNSET:
                setattr(self, name, None)

    namespace = defaults | dict.fromkeys(optional, UNSET)
    namespace |= {name: strawberry.field(name=name.rstrip("_")) for name in names if name.endswith("_")}
    namespace |= {"__annotations__": {name: api_type(hint) for name, hint in hints.items()}}
    namespace |= {"__post_init__": nulls, "__module__": of.__module__}
    INPUTS[of] = strawberry.input(type(of.__name__, (of,), namespace), **options)
    return INPUTS[of]


def api_type(hint: Any) -> Any:
    """A resolver's annotation as Strawberry wants it: ids as GraphQL's ID, dataclasses as their inputs."""
    if hint is Id:
        return strawberry.ID
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, UnionType):
        return Union[tuple(api_type(a) for a in arguments if a is not NoneType) + (None,) * (NoneType in arguments)]  # noqa: UP007
    if origin is list:
        return list[api_type(arguments[0])]  # type: ignore[misc]
    return INPUTS.get(hint, hint)
