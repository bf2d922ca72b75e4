"""@authenticated and @requiresScopes, enforced: Strawberry only prints them.

Every subgraph wraps its own fields, so that they hold in the one graph, behind a router and when it is called directly.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

from graphql import GraphQLField, GraphQLObjectType, GraphQLSchema
from strawberry.federation.schema_directives import Authenticated, RequiresScopes
from strawberry.schema.schema_converter import GraphQLCoreConverter

from runtime.errors import Forbidden, Unauthenticated
from runtime.request import Request

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF


def enforce(schema: GraphQLSchema) -> None:
    """Guards each field of `schema` that bears one of the directives."""
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field in type_.fields.values():
                guard(field)


def guard(field: GraphQLField) -> None:
    directives = getattr(field.extensions.get(BACKREF), "directives", ())
    scopes = [d.scopes for d in directives if isinstance(d, RequiresScopes)]
    if not scopes and not any(isinstance(d, Authenticated) for d in directives):
        return
    wanted = scopes[0] if scopes else []
    if field.subscribe is not None:
        field.subscribe = checked_stream(field.subscribe, wanted)
    elif field.resolve is not None:
        field.resolve = checked(field.resolve, wanted)


def checked(resolve: Callable[..., Any], scopes: Any) -> Callable[..., Any]:
    @wraps(resolve)
    def resolver(source: Any, info: Any, **arguments: Any) -> Any:
        check(info.context, scopes)
        return resolve(source, info, **arguments)

    return resolver


def checked_stream(subscribe: Callable[..., Any], scopes: Any) -> Callable[..., Any]:
    @wraps(subscribe)
    async def subscriber(source: Any, info: Any, **arguments: Any) -> Any:
        check(info.context, scopes)
        stream = subscribe(source, info, **arguments)
        return await stream if inspect.isawaitable(stream) else stream

    return subscriber


def check(request: Request, scopes: Any) -> None:
    """Unauthenticated without a token, Forbidden where it has none of the alternatives in full."""
    if request.viewer is None:
        raise Unauthenticated("This field needs an access token.")
    if scopes and not any(request.viewer.scopes.issuperset(map(str, every)) for every in scopes):
        needed = " or ".join(" and ".join(map(str, every)) for every in scopes)
        raise Forbidden(f"This field needs the scope {needed}.")
