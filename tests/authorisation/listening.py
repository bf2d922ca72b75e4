"""Subscriptions over server-sent events."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from tests.authorisation.rules import Actor
from tests.authorisation.world import World

PATIENCE = 10
"""Seconds, after which a stream that tells nothing fails: everybody is told something at once."""


async def first_event(
    world: World, way: str, actor: Actor, document: str, variables: Mapping[str, Any]
) -> dict[str, Any]:
    """The first result of a subscription, which ends then; what refuses it is a result too."""
    headers = {"accept": "text/event-stream"}
    if actor.token:
        headers["authorization"] = f"Bearer {actor.token}"
    body = {"query": document, "variables": variables}
    listening = world.fronts[way].client.stream("POST", "/graphql", json=body, headers=headers)
    async with asyncio.timeout(PATIENCE), listening as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data:") and line != "data:":
                result: dict[str, Any] = json.loads(line.removeprefix("data:"))
                return result
    raise AssertionError("the subscription ended without a word")
