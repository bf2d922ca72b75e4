"""From one subgraph's object of an entity to another's, as a router's `_entities` call would go."""

import asyncio
from collections.abc import Callable, Mapping
from inspect import isawaitable
from typing import Any

from graphql import is_non_null_type

from runtime.errors import NotFound

Resolve = Callable[..., Any]


def resolver_of(resolvers: Mapping[str, Resolve], owner: str, reference_to: Any, homes: Mapping[type, str]) -> Resolve:
    """Resolves an entity's field on the subgraph's own object: the source where it has the field, else its reference.

    `homes` says which subgraph makes a source's class, `reference_to` answers the owner's references to the type.
    """
    resolve_there = resolvers[owner]

    def resolve(source: Any, info: Any, **arguments: Any) -> Any:
        local = resolvers.get(homes.get(type(source), owner))
        if local is not None:
            return local(source, info, **arguments)
        reference = refer(source, info.context)
        if reference.done():
            found = reference.result()
            return nothing(info) if found is None else resolve_there(found, info, **arguments)
        return hopped(reference, info, arguments)

    def refer(source: Any, request: Any) -> asyncio.Future[Any]:
        key = (reference_to, source.id)
        if key not in request.references:
            request.references[key] = asyncio.ensure_future(reference_to(request, str(source.id)))
        reference: asyncio.Future[Any] = request.references[key]
        return reference

    async def hopped(reference: asyncio.Future[Any], info: Any, arguments: dict[str, Any]) -> Any:
        found = await reference
        if found is None:
            return nothing(info)
        value = resolve_there(found, info, **arguments)
        return await value if isawaitable(value) else value

    return resolve


def nothing(info: Any) -> None:
    """The field of what is gone, or not for this viewer: null, as a router would say. NotFound where null can't be."""
    if is_non_null_type(info.return_type):
        raise NotFound("It does not exist any more.")
