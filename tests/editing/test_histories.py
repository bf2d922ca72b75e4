"""Histories of a film at random: edited, published, scheduled, withdrawn, while time passes; against the rules."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from resolvers.catalog.editing.releasing import release_due
from tests.editing.operations import UNPUBLISH, change, complete, done, editor, publisher, release
from tests.editing.test_scheduling import HOUR, name_seen, ready, stands
from tests.served import Front

EXAMPLES = 200 if os.environ.get("MARQUEE_SOAK") == "1" else 15


@dataclass
class Model:
    """What must come of a film's history, by the rules as one would tell them."""

    name: str = "A"
    revision: int = 1
    live: tuple[str, int] | None = None
    plan: tuple[str, int, datetime] | None = None
    ever_seen: bool = False

    @property
    def state(self) -> str:
        if self.plan:
            return "SCHEDULED"
        return "PUBLISHED" if self.live else "UNPUBLISHED" if self.ever_seen else "DRAFT"

    def edit(self, name: str) -> None:
        if name != self.name:
            self.name, self.revision = name, self.revision + 1

    def publish(self, name: str, revision: int) -> None:
        self.live, self.plan, self.ever_seen = (name, revision), None, True

    def schedule(self, at: datetime) -> None:
        if self.plan or self.live != (self.name, self.revision):
            self.plan = self.name, self.revision, at

    def withdraw(self) -> None:
        self.live = self.plan = None

    def pass_time(self, now: datetime) -> None:
        if self.plan and self.plan[2] <= now:
            self.publish(*self.plan[:2])


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("edit"), st.sampled_from("AB")),
        st.tuples(st.just("schedule"), st.integers(1, 3)),
        st.tuples(st.sampled_from(["publish", "withdraw", "pass"]), st.none()),
    ),
    min_size=3,
    max_size=9,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_any_history_comes_to_what_the_rules_say(front: Front, steps: list[tuple[str, Any]]) -> None:
    film = await ready(front, "A")
    model, now = Model(), datetime.now(UTC)
    for step, value in steps:
        if step == "edit":
            model.edit(value)
            film = await change(front, editor(front), film, texts=complete(value)["texts"])
        elif step == "publish":
            model.publish(model.name, model.revision)
            film = await release(front, publisher(front), film)
        elif step == "schedule":
            at = now + value * HOUR
            model.schedule(at)
            film = await release(front, publisher(front), film, at.isoformat())
        elif step == "withdraw":
            model.withdraw()
            film = await done(front, publisher(front), UNPUBLISH, id=film["id"])
        else:
            now += HOUR
            model.pass_time(now)
            await release_due(front.resources, now)
            film = await stands(front, film)
        assert film == await stands(front, film)
        assert await name_seen(front, film) == (model.live and model.live[0])
        assert (film["state"], film["revision"], film["texts"][0]["name"]) == (model.state, model.revision, model.name)
        assert film["publishedRevision"] == (model.live and model.live[1])
        at_last = film["publishAt"] and datetime.fromisoformat(film["publishAt"])
        assert at_last == (model.plan and model.plan[2])
