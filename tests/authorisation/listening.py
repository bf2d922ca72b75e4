"""Subscriptions over server-sent events."""

import json
from collections.abc import Mapping
from typing import Any

from tests.authorisation.rules import Actor
from tests.authorisation.world import World


async def first_event(
    world: World, way: str, actor: Actor, document: str, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The first result of a subscription, which ends then; what refuses it is a result too."""
    headers = {"accept": "text/event-stream"}
    if actor.token:
        headers["authorization"] = f"Bearer {actor.token}"
    body = {"query": document, "variables": variables}
    async with world.fronts[way].client.stream("POST", "/graphql", json=body, headers=headers) as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data:") and line != "data:":
                result: dict[str, Any] = json.loads(line.removeprefix("data:"))
                return result
    raise AssertionError("the subscription ended without a word")
