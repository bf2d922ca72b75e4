"""A viewer who plays, stops, finishes and removes films at random, and knows what each of that changes in the list."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.browser.test_push import START
from tests.served import Front

MINUTE = 60_000
FINISHED = 95
"""Minutes of a hundred: the film is watched, and leaves the list."""

BEAT = """mutation ($input: HeartbeatInput!) { answer: heartbeat(input: $input) {
  command { kind } userErrors { code message } } }"""
STOP = """mutation ($id: ID!, $position: Int!) { answer: stopPlayback(sessionId: $id, positionMs: $position) {
  userErrors { code message } } }"""
REMOVE = """mutation ($id: ID!) { answer: removeFromContinueWatching(titleId: $id) {
  removedId userErrors { code message } } }"""


@dataclass
class Viewer:
    """`changes` are those of its list so far, oldest first: the kind of each, and its film."""

    front: Front
    token: str
    films: list[str]
    chance: Random
    sessions: dict[str, str] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    changes: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    async def act(self) -> None:
        """Does something to a film; it is acknowledged on return."""
        film = self.chance.choice(self.films)
        [action] = self.chance.choices([self.beat, self.stop, self.finish, self.remove], [6, 2, 2, 2])
        await action(film)

    async def change(self, times: int) -> None:
        """Acts until the list has changed so many times more."""
        wanted = len(self.changes) + times
        while len(self.changes) < wanted:
            await self.act()

    async def beat(self, film: str) -> None:
        await self.report(film, self.chance.randrange(10, 80))
        self.upserted(film)

    async def finish(self, film: str) -> None:
        await self.report(film, FINISHED)
        self.left(film)

    async def stop(self, film: str) -> None:
        position = self.chance.randrange(10, 80) * MINUTE
        await self.ask(STOP, id=await self.session(film), position=position)
        del self.sessions[film]
        self.upserted(film)

    async def remove(self, film: str) -> None:
        answer = await self.ask(REMOVE, id=film)
        assert (answer["removedId"] is not None) == (film in self.listed)
        self.left(film)

    async def report(self, film: str, minute: int) -> None:
        self.count += 1
        given = {"sessionId": await self.session(film), "sequence": self.count, "positionMs": minute * MINUTE}
        answer = await self.ask(BEAT, input=given | {"state": "PLAYING"})
        assert answer["command"] is None

    async def session(self, film: str) -> str:
        """The film's playback, started if need be."""
        if film not in self.sessions:
            self.count += 1
            given = {"playableId": film, "player": "SHAKA", "idempotencyKey": f"play {self.count}"}
            answer = (await self.front.data(START, self.token, input=given))["answer"]
            assert answer["__typename"] == "PlaybackSession", answer
            self.sessions[film] = answer["id"]
        return self.sessions[film]

    async def ask(self, mutation: str, **variables: Any) -> dict[str, Any]:
        answer: dict[str, Any] = (await self.front.data(mutation, self.token, **variables))["answer"]
        assert answer["userErrors"] == []
        return answer

    def upserted(self, film: str) -> None:
        self.listed.add(film)
        self.changes.append(("UPSERT", film))

    def left(self, film: str) -> None:
        if film in self.listed:
            self.listed.remove(film)
            self.changes.append(("REMOVE", film))
