"""The feed of changes: a mirror kept by it equals the catalogue, whatever happens and whenever it is read."""

import asyncio
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models.catalog import PublicationState
from resolvers.catalog.publish import publish
from runtime.request import Request
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import LONG_AGO, Shelf
from tests.queries import ask, check_statements, codes
from tests.requests import make_request, make_viewer

FEED = """query ($first: Int, $after: String) { titleChanges(first: $first, after: $after) {
  edges { cursor node { titleId at title { id name } } } pageInfo { hasNextPage hasPreviousPage endCursor } } }"""
ALL = "{ titles(first: 100) { edges { node { id name } } } }"
MILLISECOND = timedelta(milliseconds=1)


def partner(resources: Resources, country: str = "US", age: int = 99, now: datetime | None = None) -> Request:
    viewer = make_viewer(maximum_age=age, scopes=frozenset({"catalog:feed"}))
    return make_request(resources, viewer, country=country, now=now or datetime.now(UTC))


class Mirror:
    """What a partner knows: names by id, the cursor, and every id that it was ever told."""

    def __init__(self, resources: Resources, country: str = "US", age: int = 99) -> None:
        self.resources, self.country, self.age = resources, country, age
        self.names: dict[str, str] = {}
        self.told: set[str] = set()
        self.after: str | None = None

    async def read(self, now: datetime | None = None) -> list[tuple[str, str | None]]:
        """Reads on until there is no more; what was told, in order."""
        told: list[tuple[str, str | None]] = []
        while await self.read_page(told, now):
            pass
        return told

    async def read_page(self, told: list[tuple[str, str | None]], now: datetime | None = None) -> bool:
        """Reads three more changes; whether there are others."""
        request = partner(self.resources, self.country, self.age, now)
        page = (await ask(schema, request, FEED, first=3, after=self.after))["titleChanges"]
        for node in (edge["node"] for edge in page["edges"]):
            told.append((node["titleId"], node["title"] and node["title"]["name"]))
            self.told.add(node["titleId"])
            if node["title"]:
                self.names[node["titleId"]] = node["title"]["name"]
            else:
                self.names.pop(node["titleId"], None)
        self.after = page["pageInfo"]["endCursor"]
        more: bool = page["pageInfo"]["hasNextPage"]
        return more

    async def catalogue(self) -> dict[str, str]:
        request = partner(self.resources, self.country, self.age)
        edges = (await ask(schema, request, ALL))["titles"]["edges"]
        return {edge["node"]["id"]: edge["node"]["name"] for edge in edges}


async def set_state(resources: Resources, id_: UUID, state: PublicationState) -> None:
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.title set state = :s where id = :id"), {"s": state.name, "id": id_})
        await publish(db, [id_])


async def rename(resources: Resources, id_: UUID, name: str) -> None:
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.title_text set name = :n where title_id = :id"), {"n": name, "id": id_})
        await publish(db, [id_])


async def rate(resources: Resources, id_: UUID, age: int) -> None:
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.rating set minimum_age = :a where title_id = :id"), {"a": age, "id": id_})
        await publish(db, [id_])


async def test_what_comes_changes_and_goes_is_told(resources: Resources, shelf: Shelf) -> None:
    film, other = shelf.movie("one"), shelf.movie("two")
    await shelf.store(resources)
    mirror = Mirror(resources)
    await mirror.read()
    assert mirror.names == {str(film.id): "One", str(other.id): "Two"}
    assert await mirror.read() == []
    await rename(resources, film.id, "Renamed")
    assert await mirror.read() == [(str(film.id), "Renamed")]
    await set_state(resources, film.id, PublicationState.UNPUBLISHED)
    assert await mirror.read() == [(str(film.id), None)]
    await set_state(resources, film.id, PublicationState.PUBLISHED)
    assert await mirror.read() == [(str(film.id), "Renamed")]
    assert await mirror.read() == []


async def test_windows_that_open_and_close_are_told_by_themselves(resources: Resources, shelf: Shelf) -> None:
    """Published an hour ago, open for ten minutes since then: a mirror that reads at each of the instants."""
    now = datetime.now(UTC)
    opened, closed = now - timedelta(minutes=30), now - timedelta(minutes=20)
    shelf.movie("brief", windows=[(["US"], now, None)])
    shelf.movie("elsewhere", windows=[(["DE"], now, None)])
    await shelf.store(resources)
    windows = text("update catalog.published_window set opens_at = :opened, closes_at = :closed")
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.title_change set changed_at = :at"), {"at": now - timedelta(hours=1)})
        await db.execute(windows, {"opened": opened, "closed": closed})
    mirror, told = Mirror(resources), []
    for instant in (opened - MILLISECOND, opened, closed - MILLISECOND, closed, now):
        told.append([name for _, name in await mirror.read(now=instant)])
    assert told == [["Brief"], ["Brief"], [], [None], []]
    assert mirror.names == {}


async def test_nobody_is_told_of_what_never_existed_for_them(resources: Resources, shelf: Shelf) -> None:
    german = shelf.movie("german", windows=[(["DE"], LONG_AGO, None)])
    grown_up = shelf.movie("grown-up", ages={"US": 18, "DE": 18})
    draft = shelf.movie("draft", state=PublicationState.DRAFT)
    shelf.movie("over", windows=[(["US", "DE"], LONG_AGO, LONG_AGO + timedelta(days=1))])
    await shelf.store(resources)
    for id_ in (german.id, grown_up.id, draft.id):
        await set_state(resources, id_, PublicationState.UNPUBLISHED)
    mirrors = [Mirror(resources, "US", 12), Mirror(resources, "US"), Mirror(resources, "DE")]
    for mirror in mirrors:
        await mirror.read()
    assert [mirror.told for mirror in mirrors] == [set(), {str(grown_up.id)}, {str(german.id), str(grown_up.id)}]


async def test_a_raised_rating_takes_it_from_the_young_alone(resources: Resources, shelf: Shelf) -> None:
    film = shelf.movie("one")
    await shelf.store(resources)
    young, old = Mirror(resources, age=12), Mirror(resources)
    await young.read(), await old.read()
    await rate(resources, film.id, 16)
    assert await young.read() == [(str(film.id), None)]
    assert await old.read() == [(str(film.id), "One")]


@pytest.mark.parametrize("seed", range(3))
async def test_mirrors_equal_the_catalogue(resources: Resources, seed: int) -> None:
    """Random histories, read at random moments in pages of three: in the end, each mirror is what its viewers see."""
    rnd = random.Random(seed)
    mirrors = [Mirror(resources), Mirror(resources, "DE"), Mirror(resources, "US", 12)]
    ever: list[set[str]] = [set() for _ in mirrors]
    titles: list[UUID] = []
    for step in range(40):
        await happen(resources, rnd, step, titles)
        await asyncio.sleep(rnd.choice((0, 0, 0.01)))
        for seen, mirror in zip(ever, mirrors, strict=True):
            seen |= (await mirror.catalogue()).keys()
            if rnd.random() < 0.5:
                await mirror.read()
    await asyncio.sleep(0.25)
    for seen, mirror in zip(ever, mirrors, strict=True):
        await mirror.read()
        assert mirror.names == await mirror.catalogue()
        assert mirror.told >= seen
    assert any(mirror.names for mirror in mirrors)


async def happen(resources: Resources, rnd: random.Random, step: int, titles: list[UUID]) -> None:
    """Something at random: a new title, or one that changes, goes, comes back or is rated anew."""
    what = rnd.choice("nnncgbr") if titles else "n"
    if what == "n":
        shelf = Shelf()
        ages = {country: rnd.choice((0, 12, 16)) for country in ("US", "DE")}
        titles.append(shelf.movie(f"film-{step}", ages=ages, windows=list(windows(rnd))).id)
        await shelf.store(resources)
        return
    id_ = rnd.choice(titles)
    if what == "c":
        await rename(resources, id_, f"Renamed {step}")
    elif what == "r":
        await rate(resources, id_, rnd.choice((0, 12, 16)))
    else:
        state = PublicationState.UNPUBLISHED if what == "g" else PublicationState.PUBLISHED
        await set_state(resources, id_, state)


def windows(rnd: random.Random) -> Sequence[tuple[list[str], datetime, datetime | None]]:
    found = []
    for _ in range(rnd.randint(1, 3)):
        opens = datetime.now(UTC) + rnd.randint(-50, 150) * MILLISECOND
        closes = rnd.choice((None, opens + rnd.randint(1, 100) * MILLISECOND))
        found.append((rnd.choice((["US"], ["DE"], ["US", "DE"])), opens, closes))
    return found


async def test_a_change_that_is_not_committed_yet_is_not_passed(resources: Resources, shelf: Shelf) -> None:
    """A window opens after an open transaction has stamped its change: the reader waits with it."""
    slow = shelf.movie("slow", state=PublicationState.DRAFT)
    brief = shelf.movie("brief", windows=[(["US"], datetime.now(UTC) + timedelta(days=1), None)])
    await shelf.store(resources)
    mirror = Mirror(resources)
    await mirror.read()
    opens = text("update catalog.published_window set opens_at = clock_timestamp() where title_id = :id")
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.title set state = 'PUBLISHED' where id = :id"), {"id": slow.id})
        await publish(db, [slow.id])
        async with resources.database.write("catalog") as other:
            await other.execute(opens, {"id": brief.id})
        assert await asyncio.wait_for(mirror.read(), 5) == []
    assert await mirror.read() == [(str(slow.id), "Slow"), (str(brief.id), "Brief")]


async def test_pages_of_the_feed(resources: Resources, shelf: Shelf) -> None:
    for n in range(5):
        shelf.movie(f"film-{n}")
    await shelf.store(resources)
    found = (await ask(schema, partner(resources), FEED, first=4))["titleChanges"]
    instants = [edge["node"]["at"] for edge in found["edges"]]
    assert instants == sorted(instants)
    assert found["pageInfo"]["hasNextPage"]
    rest, after = 0, found["pageInfo"]["endCursor"]
    while True:
        found = (await ask(schema, partner(resources), FEED, first=4, after=after))["titleChanges"]
        rest += len(found["edges"])
        after = found["pageInfo"]["endCursor"]
        if not found["pageInfo"]["hasNextPage"]:
            break
    empty = (await ask(schema, partner(resources), FEED, first=4, after=after))["titleChanges"]
    assert empty == {"edges": [], "pageInfo": {"hasNextPage": False, "hasPreviousPage": True, "endCursor": after}}
    assert await codes(schema, partner(resources, "DE"), FEED, after=after) == ["BAD_USER_INPUT"]
    assert await codes(schema, partner(resources, age=12), FEED, after=after) == ["BAD_USER_INPUT"]
    assert await codes(schema, partner(resources), FEED, after="forged") == ["BAD_USER_INPUT"]


async def test_it_needs_its_scope(resources: Resources) -> None:
    now = datetime.now(UTC)
    assert await codes(schema, make_request(resources, make_viewer(now=now), now=now), FEED) == ["FORBIDDEN"]


async def test_twice_the_changes_take_as_many_statements(resources: Resources, shelf: Shelf) -> None:
    async def double(prefix: str = "more") -> None:
        for n in range(4):
            shelf.movie(f"{prefix}-{n}")
        await shelf.store(resources)

    await double("first")
    statements: Any = await check_statements(schema, lambda: partner(resources), FEED, double)
    assert len(statements) <= 4
