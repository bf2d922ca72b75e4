"""Every mutation, called by everybody, through the graph and at its subgraph: what is refused changes nothing."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.authorisation.calls import CALLS, asked, filled, operation
from tests.authorisation.coordinates import WAYS, fields, rows_of, schema_of
from tests.authorisation.questions import Asked, outcomes, wrong
from tests.authorisation.rules import ANSWERED, NOTHING, UNAUTHENTICATED, Actor
from tests.authorisation.world import ACTORS, World, differing

pytestmark = pytest.mark.asyncio(loop_scope="package")
CHANGING = [way for way in WAYS if any(c.startswith("Mutation.") for c in fields(schema_of(way)))]
HARMLESS_IF_REFUSED = ("userErrors", "signedOut")

ENDING = {"selectProfile", "changePassword", "resetPassword", "signOut"}
"""What ends the session that the actor has, or makes another of it."""


def outcome(root: Asked, response: Mapping[str, Any]) -> str:
    """An answer, or the code of what was refused: as an error, in userErrors, or by a denial."""
    code = next((code for where, code in outcomes(response).items() if code != ANSWERED), None)
    payload = (response.get("data") or {}).get(root.alias)
    if code or payload is None:
        return code or NOTHING
    errors = next((value for alias, value in payload.items() if alias.endswith("__userErrors")), [])
    denied = payload.get("PlaybackDenied__reason")
    return denied or (errors[0]["UserError__code"] if errors else ANSWERED)


def given_away(root: Asked, response: Mapping[str, Any]) -> list[str]:
    """What a refused mutation answers beside its refusal."""
    payload = (response.get("data") or {}).get(root.alias) or {}
    told = [alias for alias, value in payload.items() if value and not alias.endswith(HARMLESS_IF_REFUSED)]
    return [alias for alias in told if not alias.startswith(("__typename", "PlaybackDenied__"))]


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("way", CHANGING)
async def test_mutations_do_as_their_rows_say(world: World, way: str, name: str) -> None:
    actor = await world.actor(name)
    theirs, problems = await world.rows(world.theirs), []
    for mutation in (m for m in CALLS if f"Mutation.{m}" in rows_of(way)):
        if wanted(way, actor, mutation) == ANSWERED:
            problems += await accepted(world, way, actor, mutation)
            actor = await world.again(actor) if mutation in ENDING else actor
        else:
            problems += await refused(world, way, actor, mutation)
    changed = differing(theirs, await world.rows(world.theirs))
    assert not problems, "\n".join(problems)
    assert not changed, f"another household's rows changed in {', '.join(changed)}"


def wanted(way: str, actor: Actor, mutation: str) -> str:
    decided = rows_of(way)[f"Mutation.{mutation}"].rule.decide(actor, True)
    return UNAUTHENTICATED if actor.turned_away else decided


async def called(world: World, way: str, actor: Actor, mutation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    await world.attempts_forgotten()
    document = operation(way, asked(way, f"Mutation.{mutation}"), arguments)
    return await world.ask(way, actor, document, arguments)


async def accepted(world: World, way: str, actor: Actor, mutation: str) -> list[str]:
    """What is wrong with the answer to an actor who may call the mutation."""
    root = asked(way, f"Mutation.{mutation}")
    response = await called(world, way, actor, mutation, await filled(CALLS[mutation], world, actor))
    if (got := outcome(root, response)) != ANSWERED:
        return [f"{actor.name}: {mutation} should be {ANSWERED}, and is {got}"]
    return wrong([root], response, rows_of(way), signed_in(actor, mutation), True)


def signed_in(actor: Actor, mutation: str) -> Actor:
    """Who has the tokens that the mutation answers with: somebody of the household that the actor named."""
    named = "ADULT" if mutation == "selectProfile" or actor.household is None else None
    return replace(actor, household=actor.named, profile=actor.profile or named)


async def refused(world: World, way: str, actor: Actor, mutation: str) -> list[str]:
    """What is wrong with the answer to an actor who may not, and which tables it changed."""
    root = asked(way, f"Mutation.{mutation}")
    arguments = await filled(CALLS[mutation], world, actor)
    before = await world.rows()
    response = await called(world, way, actor, mutation, arguments)
    changed = [f"changed {table}" for table in differing(before, await world.rows())]
    code = wanted(way, actor, mutation)
    if (got := outcome(root, response)) != code:
        return [f"{actor.name}: {mutation} should be {code}, and is {got}", *changed]
    return [f"{actor.name}: {mutation} is refused, and {what}" for what in (*given_away(root, response), *changed)]
