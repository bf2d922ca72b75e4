"""Runs operations against one subgraph's schema, and compares how many SQL statements they take."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from typing import Any

from strawberry.federation import Schema

from runtime.request import Request


async def ask(schema: Schema, request: Request, document: str, /, **variables: Any) -> Any:
    """The operation's data; fails where it has errors. Variables are copied, for Strawberry takes entities' apart."""
    result = await schema.execute(document, context_value=request, variable_values=deepcopy(variables))
    assert result.errors is None, result.errors
    return result.data


async def codes(schema: Schema, request: Request, document: str, /, **variables: Any) -> list[str]:
    """The codes of the operation's errors, in order."""
    result = await schema.execute(document, context_value=request, variable_values=deepcopy(variables))
    return [getattr(error.original_error, "code", repr(error)) for error in result.errors or []]


async def check_statements(
    schema: Schema,
    make_request: Callable[[], Request],
    query: str,
    double: Callable[[], Awaitable[None]],
    **variables: Any,
) -> list[str]:
    """The statements that `query` takes; fails unless they are as many when `double` has doubled the rows."""
    few = make_request()
    before = await ask(schema, few, query, **variables)
    await double()
    many = make_request()
    after = await ask(schema, many, query, **variables)
    assert len(str(after)) > 1.5 * len(str(before)), "the second run must return about twice as much"
    assert len(many.tally.statements) == len(few.tally.statements), "\n\n".join(many.tally.statements)
    return few.tally.statements
