"""What a subgraph tells of its entities by `_entities`, where keys open doors."""

from functools import cache

from graphql import GraphQLUnionType

from tests.authorisation.coordinates import schema_of
from tests.authorisation.questions import Asked, grow


def keyed(subgraph: str) -> list[str]:
    """The types that have a key; the one graph has no door for them."""
    union = schema_of(subgraph).type_map.get("_Entity")
    return [type_.name for type_ in union.types] if isinstance(union, GraphQLUnionType) else []


@cache
def entities(subgraph: str) -> dict[str, Asked]:
    """For each type with a key, all that is to be had of it without another key."""
    types, asked = keyed(subgraph), {}
    for name in types:
        root = Asked("Query._entities")
        others = [other for other in types if other != name]
        grow(schema_of(subgraph), [root], set(), others)
        root.below = {name: root.below[name]}
        asked[name] = root
    return asked
