"""The whole platform at one glance: every subgraph, in the order in which the graph shows their types."""

from runtime.settings import Subgraph
from subgraphs import billing, catalog, identity, viewing
from subgraphs.served import Served

SUBGRAPHS: dict[Subgraph, Served] = {
    module.SUBGRAPH.name: module.SUBGRAPH for module in (identity, catalog, viewing, billing)
}
