"""Another household's id, in every argument that takes one: answered to the letter like an id that nothing has."""

import json
from typing import Any
from uuid import UUID

import pytest
from graphql import get_named_type

from tests.authorisation.calls import CALLS, asked, filled, operation, target
from tests.authorisation.coordinates import WAYS, fields, rows_of, schema_of
from tests.authorisation.ids import BY_SCOPE, COMPARED, EDITORS, HIDDEN, IdArgument
from tests.authorisation.listening import first_event
from tests.authorisation.rules import ANSWERED, Actor
from tests.authorisation.stock import KINDS
from tests.authorisation.world import ACTORS, HOME, TURNED_AWAY, World, differing, unknown

pytestmark = pytest.mark.asyncio(loop_scope="package")
ASKING = [name for name in ACTORS if name not in TURNED_AWAY]
CHANGES_THE_OWN = {"Mutation.startPlayback(input.terminate:)"}
"""It starts a playback, whatever it was to take over."""
CLOSED = ("PlaybackSession",)


CASES = [(way, argument) for argument in COMPARED for way in WAYS if argument.partition("(")[0] in rows_of(way)]


@pytest.mark.parametrize(("way", "argument"), CASES)
async def test_anothers_id_is_as_one_that_nothing_has(world: World, way: str, argument: str) -> None:
    coordinate, path = argument.removesuffix(":)").split("(")
    row, rule = COMPARED[argument], rows_of(way)[coordinate].rule
    actors = [await world.bystander(name) for name in ASKING]
    before = await world.rows(world.theirs if argument in CHANGES_THE_OWN else None)
    problems = []
    for actor in actors:
        if row.free in (BY_SCOPE, EDITORS) and rule.decide(actor, False) == ANSWERED:
            continue
        one, other = [await answer(world, way, actor, coordinate, path, id_) for id_ in pair(world, actor, row)]
        if one != other:
            problems.append(f"{actor.name}: {one}\nbut of an id that nothing has: {other}")
    changed = differing(before, await world.rows(world.theirs if argument in CHANGES_THE_OWN else None))
    assert not problems, "\n".join(problems)
    assert not changed, f"rows changed in {', '.join(changed)}"


def pair(world: World, actor: Actor, row: IdArgument) -> tuple[UUID, UUID]:
    """An id of what is not the actor's to know of, and one of nothing."""
    stock = world.hidden(actor) if row.kind in HIDDEN else world.theirs
    return stock.ids[row.kind], unknown()


async def answer(world: World, way: str, actor: Actor, coordinate: str, path: str, id_: UUID) -> str:
    """The whole answer, but for the id and the trace."""
    await world.attempts_forgotten()
    given = COMPARED[f"{coordinate}({path}:)"].given
    arguments = dict(await filled(CALLS[coordinate.partition(".")[2]] if given is None else given, world, actor))
    place(arguments, path.split("."), str(id_), takes_list(way, coordinate, path))
    root = asked(way, coordinate, CLOSED)
    document = operation(way, root, arguments)
    ask = first_event if coordinate.startswith("Subscription.") else World.ask
    response = await ask(world, way, actor, document, arguments)
    for error in response.get("errors", ()):
        del error["extensions"]["traceId"]
    await world.streams_freed(target(actor))
    return json.dumps(response, sort_keys=True).replace(str(id_), "ID")


OF_A_GENRE = """query ($genre: ID!) {
    viewer { profile { recommendations(genreId: $genre) { edges { node { id } } pageInfo { hasNextPage endCursor } } } }
}"""


@pytest.mark.parametrize("name", HOME)
async def test_a_hidden_genre_is_as_one_that_there_is_not(world: World, name: str) -> None:
    actor = await world.bystander(name)
    hidden, none, shown = [
        await world.ask("graph", actor, OF_A_GENRE, {"genre": str(id_)})
        for id_ in (world.hidden(actor).ids["genre"], unknown(), world.stock["more"].ids["genre"])
    ]
    assert hidden == none
    if actor.profile:
        assert hidden["data"]["viewer"]["profile"]["recommendations"]["edges"] == []
        assert len(shown["data"]["viewer"]["profile"]["recommendations"]["edges"]) == len(KINDS)


def place(arguments: dict[str, Any], path: list[str], id_: str, several: bool) -> None:
    """Puts the id where the path leads."""
    for name in path[:-1]:
        arguments[name] = dict(arguments.get(name) or {})
        arguments = arguments[name]
    arguments[path[-1]] = [id_] if several else id_


def takes_list(way: str, coordinate: str, path: str) -> bool:
    type_: Any = fields(schema_of(way))[coordinate].args[path.split(".")[0]].type
    for name in path.split(".")[1:]:
        type_ = get_named_type(type_).fields[name].type
    return "[" in str(type_)
