"""The doors that keys open: every entity, the own and another's, asked for by `_entities` at its subgraph."""

from typing import Any

import pytest

from oauth.roles import SUPPORT_READ
from subgraphs import SUBGRAPHS
from tests.authorisation.calls import target
from tests.authorisation.coordinates import rows_of
from tests.authorisation.entities import entities
from tests.authorisation.ids import HIDDEN
from tests.authorisation.questions import Asked, expected, wrong
from tests.authorisation.rules import ANSWERED, UNAUTHENTICATED, Actor
from tests.authorisation.world import ACTORS, World, unknown

pytestmark = pytest.mark.asyncio(loop_scope="package")
KEEPS_NO_ACCOUNTS = "billing"
"""To whom it serves, all households are alike: one that is not there has nothing."""
NULL = {"data": {"Query___entities": None}, "errors": []}


def document(subgraph: str) -> str:
    parts = [f"... on {name} {{ {' '.join(map(str, root.below[name]))} }}" for name, root in entities(subgraph).items()]
    return f"query ($of: [_Any!]!) {{ _entities(representations: $of) {{ __typename {' '.join(parts)} }} }}"


def asked_ids(world: World, actor: Actor, type_: str) -> list[tuple[str, bool | None]]:
    """The ids of one that is the actor's to see and of one that is not, and two that nothing has."""
    kind = type_.lower()
    own, other = (world.stock["open"], world.hidden(actor)) if kind in HIDDEN else (target(actor), world.theirs)
    return [(str(own.ids[kind]), True), (str(other.ids[kind]), False), (str(unknown()), None), ("no id", None)]


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("subgraph", SUBGRAPHS)
async def test_entities_answer_as_their_rows_say(world: World, subgraph: str, name: str) -> None:
    actor = await world.bystander(name)
    cases = [(type_, id_, own) for type_ in entities(subgraph) for id_, own in asked_ids(world, actor, type_)]
    of = [{"__typename": type_, "id": id_} for type_, id_, _ in cases]
    response = await world.ask(subgraph, actor, document(subgraph), {"of": of})
    if actor.turned_away:
        assert response["data"] is None
        assert [error["extensions"]["code"] for error in response["errors"]] == [UNAUTHENTICATED]
        return
    problems = []
    for place, (type_, _, own) in enumerate(cases):
        root = entities(subgraph)[type_]
        problems += told(root, answer_at(response, place), subgraph, actor, own)
    assert not problems, "\n".join(problems)


def answer_at(response: dict[str, Any], place: int) -> dict[str, Any]:
    """One entity's part of the response."""
    errors = [error for error in response.get("errors", ()) if error["path"][1] == place]
    return {"data": {"Query___entities": response["data"]["_entities"][place]}, "errors": errors}


def told(root: Asked, answer: dict[str, Any], subgraph: str, actor: Actor, own: bool | None) -> list[str]:
    """What is wrong with the answer; one that has nothing to tell must be null, like that for an unknown id."""
    rows = rows_of(subgraph)
    fields = [asked for asked in root.all() if asked is not root]
    if own is None and subgraph == KEEPS_NO_ACCOUNTS and SUPPORT_READ in actor.scopes and answer != NULL:
        nothing = answer["data"]["Query___entities"]["Account__entitlements"]["Entitlements__source"] == "NONE"
        return [] if nothing else [f"{actor.name}: a household that is not there has {answer}"]
    if own is None or not any(expected(asked, rows, actor, own) == ANSWERED for asked in fields):
        return [] if answer == NULL else [f"{actor.name}: {next(iter(root.below))} should be null, and is {answer}"]
    below = [asked for asked in fields if asked.parent is root]
    answer["data"] = answer["data"]["Query___entities"]
    return [f"{'own' if own else 'other'}: {cell}" for cell in wrong(below, answer, rows, actor, own)]
