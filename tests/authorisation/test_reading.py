"""Every field that a query leads to, asked by everybody: through the graph, and directly at its subgraph."""

from functools import cache

import pytest

from tests.authorisation.coordinates import WAYS, rows_of
from tests.authorisation.doors import questions
from tests.authorisation.questions import wrong
from tests.authorisation.world import ACTORS, World

pytestmark = pytest.mark.asyncio(loop_scope="package")
asked_at = cache(questions)


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("way", WAYS)
async def test_queries_answer_as_their_rows_say(world: World, way: str, name: str) -> None:
    actor = await world.bystander(name)
    problems = []
    for door, root in asked_at(way):
        document = f"query {door.declared} {{ {root} }}"
        response = await world.ask(way, actor, document, door.variables(world, actor))
        problems += [f"{door.name}: {cell}" for cell in wrong([root], response, rows_of(way), actor, door.own)]
    assert not problems, "\n".join(problems)
