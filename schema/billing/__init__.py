"""The billing subgraph's schema."""

from schema.billing.roots import Mutation, Query
from schema.billing.types import Account
from schema.build import build

schema = build(Query, Mutation, types=[Account])
