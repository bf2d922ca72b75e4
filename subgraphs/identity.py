"""Who watches: accounts, profiles, sessions."""

from schema.identity import schema
from subgraphs.served import Served

SUBGRAPH = Served("identity", schema, port=8001)
