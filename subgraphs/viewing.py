"""Playing, and remembering it."""

from schema.viewing import schema
from subgraphs.served import Served

SUBGRAPH = Served("viewing", schema, port=8003)
