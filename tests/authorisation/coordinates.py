"""What there is to authorise, read from the schemas themselves."""

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import cache

from graphql import (
    GraphQLAbstractType,
    GraphQLField,
    GraphQLID,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from server.app import one_graph
from subgraphs import SUBGRAPHS
from tests.authorisation.rows import ROWS, graph_rows
from tests.authorisation.rules import Row

GRAPH = "graph"
WAYS = (GRAPH, *SUBGRAPHS)
"""How a field is reached: through the one graph, or directly at its subgraph."""


def schema_of(way: str) -> GraphQLSchema:
    schema: GraphQLSchema = (one_graph() if way == GRAPH else SUBGRAPHS[way].schema)._schema  # type: ignore[attr-defined, index]
    return schema


@cache
def rows_of(way: str) -> Mapping[str, Row]:
    return graph_rows() if way == GRAPH else ROWS[way]  # type: ignore[index]


def object_types(schema: GraphQLSchema) -> Iterator[GraphQLObjectType]:
    for type_ in schema.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            yield type_


@cache
def fields(schema: GraphQLSchema) -> dict[str, GraphQLField]:
    """Every field of every object type by its coordinate, such as `Account.email`."""
    return {f"{type_.name}.{name}": field for type_ in object_types(schema) for name, field in type_.fields.items()}


def id_arguments(schema: GraphQLSchema) -> set[str]:
    """Every argument that takes an ID, nested ones by their path: `Mutation.heartbeat(input.sessionId:)`."""
    return {
        f"{coordinate}({path}:)"
        for coordinate, field in fields(schema).items()
        for name, argument in field.args.items()
        for path in id_paths(name, argument.type)
    }


def id_paths(name: str, type_: object) -> Iterator[str]:
    named = get_named_type(type_)  # type: ignore[call-overload]
    if named is GraphQLID:
        yield name
    elif isinstance(named, GraphQLInputObjectType):
        for inner, field in named.fields.items():
            yield from (f"{name}.{path}" for path in id_paths(inner, field.type))


def possible(schema: GraphQLSchema, field: GraphQLField) -> Iterable[GraphQLObjectType]:
    """The object types that a field may answer with."""
    named = get_named_type(field.type)
    if isinstance(named, GraphQLAbstractType):
        return schema.get_possible_types(named)
    return [named] if isinstance(named, GraphQLObjectType) else []


def ways_to(schema: GraphQLSchema) -> dict[str, set[str]]:
    """The fields that lead to each object type; `_entities` leads to what has a key."""
    found: dict[str, set[str]] = {}
    for coordinate, field in fields(schema).items():
        for type_ in possible(schema, field):
            found.setdefault(type_.name, set()).add(coordinate)
    return found


def unlisted_ways(schema: GraphQLSchema, rows: Mapping[str, Row]) -> list[str]:
    """Ways to a type that its rows do not name, and names of ways that are none: a new one needs a look."""
    problems = []
    leading = ways_to(schema)
    for coordinate, row in rows.items():
        if row.through:
            there = leading.get(coordinate.partition(".")[0], set())
            new = {way for way in there if not any(fnmatch(way, pattern) for pattern in row.through)}
            gone = {pattern for pattern in row.through if not any(fnmatch(way, pattern) for way in there)}
            problems += [f"{coordinate} is also reached through {way}" for way in sorted(new)]
            problems += [f"{coordinate} is not reached through {pattern}" for pattern in sorted(gone)]
    return problems


def without_row(coordinates: Iterable[str], rows: Mapping[str, Row]) -> list[str]:
    return sorted(set(coordinates) - rows.keys())
