"""Lists walked in pages of seven while titles come, go and are published again: none twice, none that stays skipped."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from models.catalog import CreditRole, Title
from models.published import PublishedPopularity
from resolvers.catalog.publish import publish
from resolvers.paging import cursor_of
from runtime.resources import Resources
from runtime.settings import Settings
from schema.catalog import schema
from tests.catalog.shelf import LONG_AGO, Shelf
from tests.catalog.test_changes import Mirror
from tests.queries import ask, codes
from tests.requests import make_request, make_viewer
from tests.served import Front, served

SOAK = os.environ.get("MARQUEE_SOAK") == "1"
WALKS = 20 if SOAK else 2
STAYING = 40
NESTED = "availability { state } maturity { code } originalName badges genres { slug }"
TITLES = f"edges {{ node {{ id ... on Title {{ {NESTED} }} }} }} pageInfo {{ hasNextPage endCursor }}"
SORTS = ("POPULARITY", "RELEASE_DATE", "NAME", "ADDED", "LEAVING_SOON")
LISTS = {
    **{
        sort: f"query ($after: String) {{ list: titles(sort: {sort}, first: 7, after: $after) {{ {TITLES} }} }}"
        for sort in SORTS
    },
    "filtered": f"""query ($after: String) {{
      list: titles(filter: {{kinds: [MOVIE]}}, sort: NAME, first: 7, after: $after) {{ {TITLES} }} }}""",
    "search": """query ($after: String) { list: search(query: "staying", first: 7, after: $after) {
      edges { node { ... on Movie { id } } } pageInfo { hasNextPage endCursor } } }""",
    "collection": f"""query ($after: String) {{ outer: collection(slug: "all") {{
      list: titles(first: 7, after: $after) {{ {TITLES} }} }} }}""",
    "person": f"""query ($after: String, $person: ID!) {{ outer: person(id: $person) {{
      list: titles(first: 7, after: $after) {{ {TITLES} }} }} }}""",
}


class Churn:
    """Another connection, which makes titles, withdraws and deletes them, and publishes again those that stay."""

    def __init__(self, resources: Resources, staying: list[Title], collection: UUID, person: UUID) -> None:
        self.resources, self.staying = resources, staying
        self.collection, self.person = collection, person
        self.rnd, self.round, self.passing = random.Random(7), 0, list[UUID]()

    async def forever(self) -> None:
        while True:
            self.round += 1
            await self.insert()
            async with self.resources.database.write("catalog") as db:
                await publish(db, [title.id for title in self.rnd.sample(self.staying, 5)])
            if len(self.passing) > 12:
                await self.delete(self.passing.pop(self.rnd.randrange(len(self.passing))))

    async def insert(self) -> None:
        """A title that comes before, between or after the others in whatever order."""
        shelf = Shelf()
        name = self.rnd.choice(("A", "Staying m", "Zz"))
        title = shelf.movie(
            f"passing-{self.round}",
            texts={"en": f"{name} {self.round}"},
            year=self.rnd.choice((None, 1900, 1950, 2000)),
            added_at=LONG_AGO + timedelta(days=self.rnd.randint(-50, 50)),
        )
        await shelf.store(self.resources)
        credit = {"id": title.id, "person": self.person, "collection": self.collection, "n": self.rnd.randint(0, 50)}
        async with self.resources.database.write("catalog") as db:
            await db.execute(
                text("insert into catalog.credit (id, title_id, person_id, role, position)"
                     " values (gen_random_uuid(), :id, :person, 'ACTOR', 0)"), credit
            )  # fmt: skip
            await db.execute(text("insert into catalog.collection_title values (:collection, :id, :n)"), credit)
            await publish(db, [title.id])
        async with self.resources.database.write("viewing") as db:
            db.add(PublishedPopularity(title_id=title.id, score=self.rnd.choice((0.0, 0.5, 1.0))))
        self.passing.append(title.id)

    async def delete(self, id_: UUID) -> None:
        async with self.resources.database.write("catalog") as db:
            if self.rnd.random() < 0.5:
                await db.execute(text("update catalog.title set state = 'UNPUBLISHED' where id = :id"), {"id": id_})
            else:
                await db.execute(text("delete from catalog.title where id = :id"), {"id": id_})
            await publish(db, [id_])

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.forever())
        try:
            yield
            assert not task.done(), "titles must have come and gone all the while"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def churned(settings: Settings) -> AsyncIterator[tuple[Front, Churn]]:
    """Forty films that stay, many of them alike in what lists are sorted by; of the others there are ever new ones."""
    async with served(settings) as front:
        shelf, rnd = Shelf(), random.Random(3)
        closes = [None, *(LONG_AGO + timedelta(days=4000 + n) for n in range(2))]
        staying = [
            shelf.movie(
                f"staying-{n}",
                texts={"en": f"Staying {rnd.choice('mno')}"},
                year=rnd.choice((None, 1900, 1950)),
                added_at=LONG_AGO + timedelta(days=rnd.randint(0, 3)),
                windows=[(["US"], LONG_AGO, rnd.choice(closes))],
            )
            for n in range(STAYING)
        ]
        person = shelf.person("Somebody", *staying, role=CreditRole.ACTOR)
        collection = shelf.collection("all", *staying)
        await shelf.store(front.resources)
        async with front.database.write("viewing") as db:
            db.add_all(PublishedPopularity(title_id=x.id, score=rnd.choice((0.25, 0.5))) for x in staying[::2])
        yield front, Churn(front.resources, staying, collection.id, person.id)


async def walk(front: Front, query: str, **variables: Any) -> list[str]:
    """The ids of a whole list, page after page; a title that goes while its page is read may cost its own node."""
    ids, after = [], None
    while True:
        response = await front.ask(query, after=after, **variables)
        for error in response.get("errors", ()):
            assert error["extensions"]["code"] == "NOT_FOUND", error
        data = response["data"]
        page = (data.get("outer") or data)["list"]
        ids += [edge["node"]["id"] for edge in page["edges"] if edge["node"] and "id" in edge["node"]]
        assert len(page["edges"]) == 7 or not page["pageInfo"]["hasNextPage"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return ids


@pytest.mark.soak
@pytest.mark.parametrize("name", LISTS)
async def test_walks_while_titles_come_and_go(churned: tuple[Front, Churn], name: str) -> None:
    front, churn = churned
    variables = {"person": str(churn.person)} if name == "person" else {}
    walks = 0
    async with churn.running():
        while walks < WALKS or churn.round < WALKS:
            walks += 1
            ids = await walk(front, LISTS[name], **variables)
            assert len(set(ids)) == len(ids), "none twice"
            assert {str(title.id) for title in churn.staying} <= set(ids), "none skipped"


@pytest.mark.soak
async def test_a_mirror_kept_while_titles_come_and_go(churned: tuple[Front, Churn]) -> None:
    front, churn = churned
    mirror = Mirror(front.resources)
    async with churn.running():
        while churn.round < 10 * WALKS:
            await mirror.read_page([])
    await mirror.read()
    assert mirror.names == await mirror.catalogue()
    assert {str(title.id) for title in churn.staying} <= mirror.names.keys()


PAGED = {
    "titles": "{ titles(PAGE) { edges { cursor } } }",
    "search": '{ search(query: "film", PAGE) { edges { cursor } } }',
    "collection": '{ collection(slug: "one-collection") { titles(PAGE) { edges { cursor } } } }',
    "person": "{ person(id: PERSON) { titles(PAGE) { edges { cursor } } } }",
    "credits": "{ titles { edges { node { credits(PAGE) { edges { cursor } } } } } }",
    "episodes": "{ titles { edges { node { ... on Series { seasons { episodes(PAGE) { edges { cursor } } } } } } } }",
    "changes": "{ titleChanges(PAGE) { edges { cursor } } }",
}
UNPAGED = {"collections": "{ collections(PAGE) { slug } }", "suggest": '{ suggest(prefix: "o", PAGE) { text } }'}
FORGED = ("forged", "", "W10", "bnVsbA", "WyJ4eCIsMSwyXQ", "🎬", "A" * 5000)


@pytest.mark.parametrize("name", [*PAGED, *UNPAGED])
async def test_a_page_that_can_t_be_is_told(resources: Resources, shelf: Shelf, name: str) -> None:
    shelf.full("one", shelf.asset())
    (person,) = shelf.rows_of("Person")
    await shelf.store(resources)
    query = (PAGED | UNPAGED)[name].replace("PERSON", f'"{person.id}"')
    bad = [("first", str(first)) for first in (0, -1, 101, 1000, 2**31 - 1)]
    bad += [("after", f'"{cursor}"') for cursor in FORGED if name in PAGED]
    for argument, value in bad:
        document = query.replace("PAGE", f"{argument}: {value}")
        viewer = make_viewer(scopes=frozenset({"catalog:feed"}))
        result = await schema.execute(document, context_value=make_request(resources, viewer))
        assert result.errors, document
        for error in result.errors:
            assert getattr(error.original_error, "code", None) == "BAD_USER_INPUT", document
            assert f"`{argument}`" in error.message


async def test_a_cursor_is_of_its_list_and_sort(resources: Resources, shelf: Shelf) -> None:
    shelf.full("one", shelf.asset())
    await shelf.store(resources)
    query = "query ($sort: TitleSort!, $after: String) { titles(sort: $sort, after: $after) { edges { cursor } } }"
    for sort in SORTS:
        cursor = (await ask(schema, make_request(resources), query, sort=sort))["titles"]["edges"][0]["cursor"]
        for other in SORTS:
            refused = await codes(schema, make_request(resources), query, sort=other, after=cursor)
            assert refused == ([] if other == sort else ["BAD_USER_INPUT"]), (sort, other)
        for end in range(len(cursor)):
            cut = await codes(schema, make_request(resources), query, sort=sort, after=cursor[:end])
            assert cut == ["BAD_USER_INPUT"], cursor[:end]


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-01-01T00:00:00", "now"])
async def test_a_cursor_s_instant_is_one(resources: Resources, at: str) -> None:
    """Instants that Postgres would take for others, or that it doesn't hold in UTC."""
    query = "query ($after: String) { titles(sort: ADDED, after: $after) { edges { cursor } } }"
    after = cursor_of("ADDED", at, UUID(int=1))
    assert await codes(schema, make_request(resources), query, after=after) == ["BAD_USER_INPUT"]
