"""The catalog subgraph: films, series, people, collections and search."""

from schema.build import build
from schema.catalog.query import Query
from schema.catalog.titles import Episode, Movie, Series, Trailer

schema = build(Query, types=[Movie, Series, Episode, Trailer])
