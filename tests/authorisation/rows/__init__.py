"""The rows, by hand: who may do what, field by field of every subgraph."""

from runtime.settings import Subgraph
from tests.authorisation.rows import billing, catalog, identity, viewing
from tests.authorisation.rules import Row

ROWS: dict[Subgraph, dict[str, Row]] = {
    "identity": identity.ROWS,
    "catalog": catalog.ROWS,
    "viewing": viewing.ROWS,
    "billing": billing.ROWS,
}
ONLY_ALONE = {"Query._service", "Query._entities", "_Service.sdl"}
"""What a subgraph has for the router, and the one graph does not show."""


def graph_rows() -> dict[str, Row]:
    """The rows of the one graph: a field that several subgraphs have is the first one's."""
    joined: dict[str, Row] = {}
    for of_subgraph in ROWS.values():
        for coordinate, row in of_subgraph.items():
            before = joined.get(coordinate)
            ways = tuple(dict.fromkeys((*before.through, *row.through))) if before else row.through
            joined[coordinate] = Row(before.rule if before else row.rule, ways)
    return {coordinate: row for coordinate, row in joined.items() if coordinate not in ONLY_ALONE}
