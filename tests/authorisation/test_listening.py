"""Every subscription, asked for by everybody: through the graph, and directly at its subgraph."""

import pytest

from tests.authorisation.calls import LISTENING, asked, filled, operation
from tests.authorisation.coordinates import rows_of
from tests.authorisation.listening import first_event
from tests.authorisation.questions import wrong
from tests.authorisation.world import ACTORS, World

pytestmark = pytest.mark.asyncio(loop_scope="package")
CLOSED = ("ContinueWatchingEvent.item",)  # the first event is a snapshot


@pytest.mark.parametrize("name", ACTORS)
@pytest.mark.parametrize("way", ["graph", "viewing"])
async def test_subscriptions_tell_as_their_rows_say(world: World, way: str, name: str) -> None:
    actor = await world.bystander(name)
    problems = []
    for subscription, arguments_of in LISTENING.items():
        root, arguments = asked(way, f"Subscription.{subscription}", CLOSED), await filled(arguments_of, world, actor)
        event = await first_event(world, way, actor, operation(way, root, arguments), arguments)
        for error in event.get("errors", ()) if not actor.turned_away else ():
            error["path"] = error.get("path") or [root.alias]  # what ends a stream has none
        problems += wrong([root], event, rows_of(way), actor, True)
    assert not problems, "\n".join(problems)
