"""What is sold, and what households may do."""

from schema.billing import schema
from subgraphs.served import Served

SUBGRAPH = Served("billing", schema, port=8004)
