"""Where questions come in: the root fields of Query, asked for what is the actor's own, and for what is not."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.authorisation.coordinates import schema_of
from tests.authorisation.questions import Asked, grow
from tests.authorisation.rules import Actor
from tests.authorisation.world import World

Variables = Callable[[World, Actor], dict[str, Any]]


@dataclass(frozen=True)
class Door:
    """A root field and how to ask it. `own` says whether it asks for what is there for the actor."""

    name: str
    root: str
    variables: Variables = lambda world, actor: {}
    declared: str = ""
    arguments: str = ""
    own: bool = True
    closed: tuple[str, ...] = ()
    """Types and fields that this door does not open: another does."""


def by_id(name: str, root: str, kind: str, own: bool = True, closed: tuple[str, ...] = ()) -> Door:
    """A thing of the catalog by its id: one that exists for all, or else one that is hidden from the actor."""

    def variables(world: World, actor: Actor) -> dict[str, Any]:
        stock = world.stock["open"] if own else world.hidden(actor)
        return {"id": str(stock.ids[kind])}

    return Door(name, root, variables, "($id: ID!)", "(id: $id)", own, closed)


CATALOG = (
    by_id("a film", "Query.title", "movie", closed=("Series", "Episode")),
    by_id("a series", "Query.title", "series"),
    by_id("a trailer", "Query.playable", "trailer"),
    by_id("an episode", "Query.playable", "episode"),
    by_id("a person", "Query.person", "person"),
    by_id("a collection", "Query.collection", "collection"),
    Door("titles", "Query.titles"),
    Door("search", "Query.search", arguments='(query: "open")'),
    Door("a search that finds nothing", "Query.search", arguments='(query: "opne flim")'),
    Door("suggestions", "Query.suggest", arguments='(prefix: "open")'),
    Door("genres", "Query.genres"),
    Door("collections", "Query.collections"),
    Door("changes", "Query.titleChanges", closed=("Movie", "Series")),
    by_id("a film for its editors", "Query.editorialTitle", "movie", closed=("Person",)),
    Door("titles for their editors", "Query.editorialTitles", closed=("Person",)),
    by_id("a hidden film", "Query.title", "movie", own=False),
    by_id("a hidden series", "Query.title", "series", own=False),
    by_id("a hidden trailer", "Query.playable", "trailer", own=False),
    by_id("a hidden episode", "Query.playable", "episode", own=False),
    by_id("a hidden person", "Query.person", "person", own=False),
    by_id("a hidden collection", "Query.collection", "collection", own=False),
)
TITLES = ("Movie", "Series", "Episode", "Trailer")
IDENTITY = (
    Door("who asks", "Query.viewer", closed=TITLES),
    Door("avatars", "Query.avatars"),
    Door("the audit log", "Query.auditLog"),
    Door(
        "another household",
        "Query.account",
        lambda world, actor: {"id": str(world.theirs.account_id)},
        "($id: ID!)",
        "(id: $id)",
        own=False,
        closed=TITLES,
    ),
    Door(
        "another household's address",
        "Query.account",
        lambda world, actor: {"email": world.theirs.email},
        "($email: String!)",
        "(email: $email)",
        own=False,
    ),
)
VIEWING = (Door("taste seeds", "Query.tasteSeeds", closed=("Episode", "Trailer")),)
BILLING = (Door("plans", "Query.plans"),)
SERVICE = (Door("the schema", "Query._service"),)
DOORS = {
    "identity": IDENTITY + SERVICE,
    "catalog": CATALOG + SERVICE,
    "viewing": VIEWING + SERVICE,
    "billing": BILLING + SERVICE,
}
DOORS["graph"] = IDENTITY + CATALOG + VIEWING + BILLING
ANEW = {"another household"}
"""Doors behind which all is asked again, though another led there."""


def questions(way: str) -> list[tuple[Door, Asked]]:
    """What to ask at each door, so that every field which a query leads to is asked at one of them."""
    schema, known, asked = schema_of(way), set[str](), []
    for door in DOORS[way]:
        root = Asked(door.root, door.arguments)
        grow(schema, [root], set() if door.name in ANEW else known, door.closed)
        asked.append((door, root))
    return asked
