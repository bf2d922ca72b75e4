"""The merged schema is the one that a router would serve."""

from pathlib import Path

import pytest
import strawberry
from graphql import build_schema, lexicographic_sort_schema, print_schema
from strawberry.federation import Schema
from strawberry.federation.schema_directives import Key, Override

from gateway.merge import MergeError, merge
from server.app import one_graph
from subgraphs import SUBGRAPHS

SDL = Path(__file__).parent.parent.parent / "schema" / "sdl"


def test_the_merged_schema_is_the_composed_one() -> None:
    composed = lexicographic_sort_schema(build_schema((SDL / "api.graphql").read_text()))
    printed = print_schema(one_graph()._schema)  # type: ignore[attr-defined]
    merged = lexicographic_sort_schema(build_schema(printed))
    assert types_of(print_schema(merged)) == types_of(print_schema(composed))


def types_of(sdl: str) -> dict[str, str]:
    """A document's definitions by their first line, so that a difference names its type."""
    parts = [part.strip() for part in sdl.split("\n\n")]
    return {part: part for part in parts}


def test_every_subgraph_is_in_the_graph() -> None:
    assert list(SUBGRAPHS) == ["identity", "catalog", "viewing", "billing"]
    assert len({served.port for served in SUBGRAPHS.values()}) == 4


def a_schema(**fields: object) -> Schema:
    annotations = dict.fromkeys(fields, str)
    query = strawberry.type(type("Query", (), {"__annotations__": annotations, **fields}))
    return Schema(query=query, federation_version="2.9")


def test_directives_that_planners_disagree_on_are_refused() -> None:
    field = strawberry.federation.field(directives=[Override(override_from="other")], resolver=lambda: "x")
    with pytest.raises(MergeError, match="Override"):
        merge({"one": a_schema(x=field)})


def test_keys_other_than_id_are_refused() -> None:
    @strawberry.federation.type(directives=[Key(fields="slug", resolvable=strawberry.UNSET)])
    class Thing:
        slug: str

    @strawberry.type
    class Query:
        thing: Thing | None = None

    with pytest.raises(MergeError, match="slug"):
        merge({"one": Schema(query=Query, federation_version="2.9")})


def test_an_input_that_differs_between_subgraphs_is_refused() -> None:
    def subgraph(kind: type) -> Schema:
        wanted = strawberry.input(type("Wanted", (), {"__annotations__": {"x": kind}}))

        def answer(wanted: wanted) -> str:  # type: ignore[valid-type]
            return str(wanted)

        return a_schema(answer=strawberry.field(resolver=answer))

    with pytest.raises(MergeError, match="Wanted differs between one and two"):
        merge({"one": subgraph(int), "two": subgraph(str)})
