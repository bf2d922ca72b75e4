"""What there is to watch."""

from schema.catalog import schema
from subgraphs.served import Served

SUBGRAPH = Served("catalog", schema, port=8002)
