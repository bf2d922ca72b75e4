"""People who watch, keep titles for later and look at their lists, one request after the other, until told to stop."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

import asyncpg

from tests.failures.servers import Door
from tests.failures.viewers import BEAT, LIST, Play, Viewer, beat_of, stored, unbegun_films

LOOK = """{ viewer { profile { id
  continueWatching(first: 10) { edges { node { id title { id name } playable { id progress { positionMs } } } } }
  myList(first: 10) { edges { node { id name inMyList } } } } } }"""
SECOND = 1000
KEPT = "select title_id::text from viewing.list_item where profile_id = $1"


@dataclass(frozen=True)
class Outcome:
    """How one operation ended, at an instant of the monotonic clock. Without `errors` it was acknowledged."""

    operation: str
    ended: float
    seconds: float
    errors: list[Any]


@dataclass
class Load:
    """Operations at one server, and what became of them."""

    door: Door
    plays: list[Play]
    outcomes: list[Outcome] = field(default_factory=list)
    beats: dict[str, int] = field(default_factory=dict)
    kept: dict[Viewer, set[str]] = field(default_factory=dict)
    over: bool = False
    happened: asyncio.Condition = field(default_factory=asyncio.Condition)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Everybody asks until the end of the block; what was under way then is still answered."""
        async with asyncio.TaskGroup() as tasks:
            for play in self.plays:
                tasks.create_task(self.watch(play))
            for viewer in {play.viewer for play in self.plays}:
                tasks.create_task(self.keep(viewer))
                tasks.create_task(self.look(viewer))
            try:
                yield
            finally:
                self.over = True

    async def watch(self, play: Play) -> None:
        for sequence in self.while_it_lasts(count(1)):
            answer = await self.ask("heartbeat", play.viewer, BEAT, **beat_of(play, sequence, sequence * SECOND))
            if answer is not None:
                assert answer["answer"]["userErrors"] == [], answer
                self.beats[play.session] = sequence

    async def keep(self, viewer: Viewer) -> None:
        titles = await unbegun_films(self.door, viewer)
        for title in self.while_it_lasts(cycle(titles)):
            answer = await self.ask("addToMyList", viewer, LIST, title=title)
            if answer is not None:
                assert answer["answer"] == {"title": {"id": title, "inMyList": True}, "userErrors": []}, answer
                self.kept.setdefault(viewer, set()).add(title)

    async def look(self, viewer: Viewer) -> None:
        for _ in self.while_it_lasts(count()):
            answer = await self.ask("query", viewer, LOOK)
            assert answer is None or answer["viewer"]["profile"]["id"]

    def while_it_lasts(self, items: Iterator[Any]) -> Iterator[Any]:
        while not self.over:
            yield next(items)

    async def ask(self, operation: str, viewer: Viewer, document: str, **variables: Any) -> Any:
        """The operation's data, or None where it has errors; either is noted."""
        began = time.monotonic()
        response = await self.door.ask(document, viewer.token, **variables)
        ended = time.monotonic()
        self.outcomes.append(Outcome(operation, ended, ended - began, response.get("errors", [])))
        async with self.happened:
            self.happened.notify_all()
        return response["data"] if "errors" not in response else None

    async def more(self, wanted: int, counts: Callable[[Outcome], bool] = lambda outcome: True) -> None:
        """Returns when so many more operations of each kind have ended in the way that counts."""
        first = len(self.outcomes)

        def enough() -> bool:
            ended = [outcome.operation for outcome in self.outcomes[first:] if counts(outcome)]
            return all(ended.count(operation) >= wanted for operation in ("heartbeat", "addToMyList", "query"))

        async with self.happened:
            await self.happened.wait_for(enough)

    async def check_kept(self, database: asyncpg.Connection) -> None:
        """Whatever was acknowledged is in the tables."""
        for play in self.plays:
            sequence, position, progress = await stored(database, play)
            acknowledged = self.beats[play.session]
            assert sequence >= acknowledged, f"heartbeat {acknowledged} was acknowledged, {sequence} is stored"
            assert position == progress == sequence * SECOND, (sequence, position, progress)
        for viewer, titles in self.kept.items():
            lost = titles - {row["title_id"] for row in await database.fetch(KEPT, viewer.profile_id)}
            assert not lost, f"acknowledged and gone: {lost}"
