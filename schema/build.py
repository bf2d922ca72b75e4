"""A subgraph's federation schema out of its root types."""

from collections.abc import Sequence
from typing import Any

from strawberry.federation import Schema

from schema.access import enforce
from schema.shared import config


def build(
    query: type, mutation: type | None = None, subscription: type | None = None, types: Sequence[Any] = ()
) -> Schema:
    """The schema with its access rules in force; `types` are those that only interfaces and references name."""
    schema = Schema(
        query=query,
        mutation=mutation,
        subscription=subscription,
        types=types,
        config=config(),
        federation_version="2.9",
    )
    enforce(schema._schema)  # the core schema has no public name; the version of Strawberry is pinned
    return schema
