"""One executable schema out of the subgraphs' schemas, merged at the level of graphql-core.

What a router would do over HTTP happens in the process: a field that another subgraph contributes to an entity
resolves on the object that this subgraph's `resolve_reference` gives for the key.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import graphql as g
import strawberry
from strawberry.federation import Schema
from strawberry.federation.schema_directives import (
    Authenticated,
    Cost,
    Inaccessible,
    Key,
    ListSize,
    RequiresScopes,
    Shareable,
    Tag,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter

from gateway.hop import resolver_of
from schema.shared import config

BACKREF = GraphQLCoreConverter.DEFINITION_BACKREF
ROOTS = ("Query", "Mutation", "Subscription")
FEDERATION_FIELDS = {"_service", "_entities"}
FEDERATION_TYPES = {"_Any", "_Service", "_Entity", "_FieldSet", "FieldSet", "link__Import", "link__Purpose"}
SKIPPED = {*FEDERATION_TYPES, *g.specified_scalar_types}
ALLOWED = (Authenticated, Cost, Inaccessible, Key, ListSize, RequiresScopes, Shareable, Tag)

Fielded = g.GraphQLObjectType | g.GraphQLInterfaceType


class MergeError(Exception):
    """The subgraphs' schemas cannot make one graph; the message names the type and says why."""


def merge(subgraphs: Mapping[str, Schema]) -> strawberry.Schema:
    """The one graph of the named subgraphs, for Strawberry's views."""
    return Merger(subgraphs).schema()


class Merger:
    """`types` maps a type's name to its form in each subgraph; `homes` a source's class to its subgraph and type."""

    def __init__(self, subgraphs: Mapping[str, Schema]) -> None:
        self.subgraphs = subgraphs
        self.types: dict[str, dict[str, Any]] = {}
        self.homes: dict[type, tuple[str, str]] = {}
        for subgraph, name, type_ in self.all_types():
            self.types.setdefault(name, {})[subgraph] = type_
            check_directives(subgraph, name, type_)
            origin = getattr(definition(type_), "origin", None)
            if row := getattr(origin, "source_row", None):
                self.homes[row] = (subgraph, name)
        self.built: dict[str, Any] = dict(g.specified_scalar_types)
        for name in self.types:
            self.built[name] = self.build(name)

    def all_types(self) -> Iterator[tuple[str, str, Any]]:
        for subgraph, schema in self.subgraphs.items():
            for name, type_ in schema._schema.type_map.items():
                if not name.startswith("__") and name not in SKIPPED:
                    yield subgraph, name, type_

    def build(self, name: str) -> Any:
        forms = list(self.types[name].values())
        first = forms[0]
        description = next((form.description for form in forms if form.description), None)
        if isinstance(first, g.GraphQLObjectType):
            return g.GraphQLObjectType(
                name,
                lambda: self.fields(name),
                interfaces=lambda: self.union_of(forms, "interfaces"),
                description=description,
            )
        if isinstance(first, g.GraphQLInterfaceType):
            return g.GraphQLInterfaceType(
                name,
                lambda: self.fields(name),
                interfaces=lambda: self.union_of(forms, "interfaces"),
                resolve_type=self.type_of,
                description=description,
            )
        if isinstance(first, g.GraphQLUnionType):
            return g.GraphQLUnionType(
                name, lambda: self.union_of(forms, "types"), resolve_type=self.type_of, description=description
            )
        return self.build_leaf_or_input(name, forms)

    def build_leaf_or_input(self, name: str, forms: list[Any]) -> Any:
        """Enums, scalars and inputs must be one definition: their Python values pass between the subgraphs."""
        if len({g.print_type(form) for form in forms}) > 1:
            raise MergeError(f"{name} differs between {' and '.join(self.types[name])}.")
        first = forms[0]
        if isinstance(first, g.GraphQLInputObjectType):
            fields = first.fields
            return g.GraphQLInputObjectType(
                name,
                lambda: {
                    key: g.GraphQLInputField(
                        self.reference(f.type), f.default_value, f.description, f.deprecation_reason, f.out_name
                    )
                    for key, f in fields.items()
                },
                out_type=first.out_type,
                description=first.description,
            )
        return first

    def union_of(self, forms: list[Any], attribute: str) -> list[Any]:
        names = dict.fromkeys(member.name for form in forms for member in getattr(form, attribute))
        return [self.built[name] for name in names]

    def reference(self, type_: Any) -> Any:
        """The same type, made of the merged types."""
        if isinstance(type_, g.GraphQLNonNull):
            return g.GraphQLNonNull(self.reference(type_.of_type))
        if isinstance(type_, g.GraphQLList):
            return g.GraphQLList(self.reference(type_.of_type))
        return self.built[type_.name]

    def fields(self, name: str) -> dict[str, g.GraphQLField]:
        owners: dict[str, dict[str, g.GraphQLField]] = {}
        for subgraph, form in self.types[name].items():
            for key, field in form.fields.items():
                if key not in FEDERATION_FIELDS and not has(field, Inaccessible):
                    owners.setdefault(key, {})[subgraph] = field
        return {key: self.field(name, by_subgraph) for key, by_subgraph in owners.items()}

    def field(self, name: str, by_subgraph: dict[str, g.GraphQLField]) -> g.GraphQLField:
        owner, field = next(iter(by_subgraph.items()))
        arguments = {
            key: g.GraphQLArgument(
                self.reference(a.type), a.default_value, a.description, a.deprecation_reason, a.out_name
            )
            for key, a in field.args.items()
        }
        return g.GraphQLField(
            self.reference(field.type),
            arguments,
            self.resolver(name, owner, by_subgraph),
            field.subscribe,
            next((f.description for f in by_subgraph.values() if f.description), None),
            field.deprecation_reason,
            field.extensions,
        )

    def resolver(self, name: str, owner: str, by_subgraph: dict[str, g.GraphQLField]) -> Callable[..., Any]:
        resolvers = {subgraph: f.resolve or g.default_field_resolver for subgraph, f in by_subgraph.items()}
        entity = definition(self.types[name][owner])
        reference = getattr(getattr(entity, "origin", None), "reference", None)
        if name in ROOTS or reference is None:
            return resolvers[owner]
        elsewhere = {row: home for row, (home, type_name) in self.homes.items() if type_name == name}
        return resolver_of(resolvers, owner, reference, elsewhere)

    def type_of(self, source: Any, info: Any, abstract: Any) -> str:
        return self.homes[type(source)][1]

    def schema(self) -> strawberry.Schema:
        """The merged schema inside of a Strawberry schema, whose views and extensions execute it."""
        shell = strawberry.Schema(query=Shell, config=config())
        core = g.GraphQLSchema(
            query=self.built["Query"],
            mutation=self.built.get("Mutation"),
            subscription=self.built.get("Subscription"),
            types=[self.built[name] for name in self.types],
            extensions={BACKREF: shell},
        )
        if errors := g.validate_schema(core):
            raise MergeError("; ".join(error.message for error in errors))
        core._strawberry_schema = shell  # type: ignore[attr-defined]  # Info.schema reads it
        shell._schema = core
        for schema in self.subgraphs.values():  # arguments are converted by the converter's types
            known = {k: v for k, v in schema.schema_converter.type_map.items() if k not in SKIPPED}
            shell.schema_converter.type_map.update(known)
        return shell


@strawberry.type(name="Query")
class Shell:
    """Strawberry makes no schema without a query; the merged one takes its place."""

    nothing: bool = False


def definition(type_: Any) -> Any:
    """The Strawberry definition behind a type or field of graphql-core."""
    return type_.extensions.get(BACKREF)


def directives(item: Any) -> list[Any]:
    return list(getattr(definition(item), "directives", None) or ())


def has(item: Any, directive: type) -> bool:
    return any(isinstance(found, directive) for found in directives(item))


def check_directives(subgraph: str, name: str, type_: Any) -> None:
    """Refuses what composers and planners disagree on."""
    items = [type_, *(type_.fields.values() if isinstance(type_, Fielded) else ())]
    for found in (d for item in items for d in directives(item)):
        if not isinstance(found, ALLOWED) or (isinstance(found, Key) and str(found.fields) != "id"):
            raise MergeError(f'{name} in {subgraph} uses {found!r}: only @key(fields: "id") and plain directives are.')
