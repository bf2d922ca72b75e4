"""Fields that are declared, not coded: each names the function of resolvers/ that answers it.

The function's keyword-only parameters are the field's arguments, so that name, type and default stand in one place.
"""

import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from operator import attrgetter
from typing import Any

import strawberry
from strawberry import UNSET

from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from schema.info import Info
from schema.inputs import api_type

Batch = Callable[..., Awaitable[Sequence[Any]]]
Words = Callable[[Sequence[str], UserErrorRow], UserErrorRow]


def loads(batch: Batch, key: str = "id", **options: Any) -> Any:
    """A field that `batch` resolves for the parent's `key`, together with every other parent of the request."""
    key_of = attrgetter(key)

    def resolver(root: Any, info: Info, **given: Any) -> Any:
        k = key_of(root)
        return None if k is None else info.context.load(batch, k, **without_unset(given))

    made = field_of(batch, resolver, options)
    made.metadata = {**made.metadata, "batch": batch, "key": key}
    return made


def asks(function: Callable[..., Awaitable[Any]], **options: Any) -> Any:
    """A root field of Query that `function(request, **arguments)` answers."""

    async def resolver(root: Any, info: Info, **given: Any) -> Any:
        return await function(info.context, **without_unset(given))

    return field_of(function, resolver, options)


def commands(function: Callable[..., Awaitable[Any]], words: Words | None = None, **options: Any) -> Any:
    """A root field of Mutation; a Refusal that `function` raises becomes the payload's `userErrors`.

    `words` puts it into the languages of the request, where `function` has not.
    """

    async def resolver(root: Any, info: Info, **given: Any) -> Any:
        try:
            return await function(info.context, **without_unset(given))
        except Refusal as refusal:
            errors = refusal.errors
            return Refused([words(info.context.languages, error) for error in errors] if words else errors)

    return field_of(function, resolver, options)


def streams(function: Callable[..., AsyncGenerator[Any, None]], type_: Any, **options: Any) -> Any:
    """A root field of Subscription: one event of `type_` for each item that `function(request, **arguments)` yields."""

    async def resolver(root: Any, info: Info, **given: Any) -> Any:
        async with aclosing(function(info.context, **without_unset(given))) as events:
            async for event in events:
                yield event

    sign(resolver, function, AsyncIterator[type_])
    return strawberry.subscription(resolver=resolver, **options)


class Refused:
    """The payload of a refused mutation: null in every field but `user_errors`."""

    def __init__(self, errors: Sequence[UserErrorRow]) -> None:
        self.user_errors = errors

    def __getattr__(self, name: str) -> None:
        return None


def field_of(function: Callable[..., Any], resolver: Callable[..., Any], options: dict[str, Any]) -> Any:
    sign(resolver, function)
    return strawberry.federation.field(resolver=resolver, **options)


def sign(resolver: Callable[..., Any], function: Callable[..., Any], returns: Any = inspect.Signature.empty) -> None:
    """Gives `resolver` the API's view of `function`'s arguments."""
    parameters = inspect.signature(function, eval_str=True).parameters.values()
    arguments = [argument_of(p) for p in parameters if p.kind is p.KEYWORD_ONLY]
    head = list(inspect.signature(resolver).parameters.values())[:2]
    resolver.__signature__ = inspect.Signature([*head, *arguments], return_annotation=returns)  # type: ignore[attr-defined]
    resolver.__annotations__ = {p.name: p.annotation for p in (*head, *arguments)}
    if returns is not inspect.Signature.empty:
        resolver.__annotations__["return"] = returns


def argument_of(parameter: inspect.Parameter) -> inspect.Parameter:
    default = UNSET if parameter.default is None else parameter.default  # None would be printed as `= null`
    return parameter.replace(annotation=api_type(parameter.annotation), default=default)


def without_unset(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not UNSET}


def made_of(row: type, by_id: Batch | None = None) -> Callable[[type], type]:
    """The type's sources are `row`s as resolvers/ gives them; `by_id` answers the graph's references to the entity.

    Types may share `by_id`, and then one statement serves them all: what is not a `row` is not one of this type.
    """

    def declare(cls: Any) -> Any:
        async def resolve_reference(cls: type, info: Info, id: strawberry.ID) -> Any:
            return await reference(info.context, id)

        async def reference(request: Request, id_: str) -> Any:
            assert by_id is not None
            found = await request.load(by_id, id_)
            return found if found is None or isinstance(found, (row, Exception)) else None

        cls.is_type_of = classmethod(lambda cls, source, info: isinstance(source, row))
        cls.source_row = row
        if by_id is not None:
            cls.reference = staticmethod(reference)
            cls.resolve_reference = classmethod(resolve_reference)
        return cls

    return declare
