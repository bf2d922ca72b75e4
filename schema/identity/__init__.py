"""The identity subgraph's schema."""

from schema.build import build
from schema.identity.mutation import Mutation
from schema.identity.query import Query
from schema.identity.types import Account, Profile

schema = build(Query, Mutation, types=[Account, Profile])
