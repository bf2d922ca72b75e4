"""The catalog subgraph: films, series, people, collections and search, and how editors make them."""

from schema.build import build
from schema.catalog.mutation import Mutation
from schema.catalog.query import Query
from schema.catalog.titles import Episode, Movie, Series, Trailer

schema = build(Query, Mutation, types=[Movie, Series, Episode, Trailer])
