"""What it takes to serve a subgraph."""

from dataclasses import dataclass

from strawberry.federation import Schema

from runtime.settings import Subgraph


@dataclass(frozen=True, slots=True)
class Served:
    """`name` is also the subgraph's Postgres schema, role and migration branch; `port` is where it is served alone."""

    name: Subgraph
    schema: Schema
    port: int
