"""Lists walked while editors write them anew between any two pages: none that stays comes twice or is skipped."""

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from models.catalog import CreditRole, Person, PlayableKind
from models.columns import new_id
from resolvers.catalog.editing.applied import apply
from resolvers.catalog.editing.document import CreditEntry, PlayableEntry, TitleDocument
from resolvers.catalog.editing.stored import published_documents
from resolvers.catalog.publish import publish
from runtime.resources import Resources
from schema.catalog import schema
from tests.catalog.shelf import Shelf
from tests.editing.operations import COLLECT
from tests.queries import ask
from tests.requests import make_request, make_viewer

STAYING = 30
PAGE = "pageInfo { endCursor hasNextPage }"
CREDITS = f"""query ($after: String) {{ of: title(slug: "billed") {{
  list: credits(first: 7, after: $after) {{ edges {{ node {{ person {{ id }} role }} }} {PAGE} }} }} }}"""
EPISODES = f"""query ($after: String) {{ of: title(slug: "serial") {{ ... on Series {{ seasons {{
  list: episodes(first: 7, after: $after) {{ edges {{ node {{ id }} }} {PAGE} }} }} }} }} }}"""
COLLECTION = f"""query ($after: String) {{ of: collection(slug: "all") {{
  list: titles(first: 7, after: $after) {{ edges {{ node {{ id }} }} {PAGE} }} }} }}"""


async def walk(resources: Resources, query: str, rewrite: Callable[[], Awaitable[None]]) -> list[dict[str, Any]]:
    """The nodes of a list, page after page, which is written anew after each."""
    nodes: list[dict[str, Any]] = []
    after = None
    while True:
        of = (await ask(schema, make_request(resources), query, after=after))["of"]
        page = (of["seasons"][0] if "seasons" in of else of)["list"]
        nodes += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes
        await rewrite()


def check(found: Iterable[object], staying: list[Any]) -> None:
    assert [key for key in found if key in staying] == staying


async def republish(resources: Resources, id_: UUID, changed: Callable[[TitleDocument], TitleDocument]) -> None:
    async with resources.database.write("catalog") as db:
        document = (await published_documents(db, [id_]))[id_]
        await apply(db, {id_: changed(document)})
        await publish(db, [id_])


def mixed(rnd: random.Random, present: list[Any], staying: list[Any], passing: list[Any]) -> list[Any]:
    """Some of what passes is taken out, and some put in, at the very beginning too."""
    left = [x for x in present if x in staying or rnd.random() < 0.5]
    for x in rnd.sample(passing, 4):
        if x not in left:
            left.insert(rnd.choice((0, rnd.randrange(len(left)))), x)
    return left


@pytest.mark.parametrize("seed", range(3))
async def test_credits(resources: Resources, shelf: Shelf, seed: int) -> None:
    """Among them who does two things, and who is credited for the same twice."""
    rnd, film = random.Random(seed), shelf.movie("billed")
    people = [shelf.add(Person(name=f"Person {n}")).id for n in range(2 * STAYING)]
    await shelf.store(resources)
    actors = [CreditEntry(person, CreditRole.ACTOR) for person in people]
    staying = [*actors[:STAYING], *(CreditEntry(person, CreditRole.WRITER) for person in people[:5]), actors[0]]
    passing = actors[STAYING:]

    def changed(document: TitleDocument) -> TitleDocument:
        return replace(document, credits=tuple(mixed(rnd, list(document.credits), staying, passing)))

    await republish(resources, film.id, lambda document: replace(document, credits=tuple(staying)))
    nodes = await walk(resources, CREDITS, lambda: republish(resources, film.id, changed))
    found = [(node["person"]["id"], node["role"]) for node in nodes]
    check(found, [(str(x.person_id), x.role.name) for x in staying])


@pytest.mark.parametrize("seed", range(3))
async def test_episodes(resources: Resources, shelf: Shelf, seed: int) -> None:
    rnd, serial = random.Random(seed), shelf.series("serial", episodes=1)
    await shelf.store(resources)
    episodes = [PlayableEntry(new_id(), PlayableKind.EPISODE, 1, number) for number in range(2 * STAYING)]
    staying, passing = episodes[1::2], episodes[::2]

    def changed(document: TitleDocument) -> TitleDocument:
        return replace(document, playables=tuple(mixed(rnd, list(document.playables), staying, passing)))

    await republish(resources, serial.id, lambda document: replace(document, playables=tuple(staying)))
    nodes = await walk(resources, EPISODES, lambda: republish(resources, serial.id, changed))
    check([node["id"] for node in nodes], [str(x.id) for x in staying])


@pytest.mark.parametrize("seed", range(3))
async def test_collections(resources: Resources, shelf: Shelf, seed: int) -> None:
    rnd = random.Random(seed)
    titles = [shelf.movie(f"film-{n}") for n in range(2 * STAYING)]
    staying, passing = [str(x.id) for x in titles[:STAYING]], [str(x.id) for x in titles[STAYING:]]
    saved = shelf.collection("all")
    await shelf.store(resources)
    present: list[str] = []

    async def save(ids: list[str]) -> None:
        present[:] = ids
        editor = make_viewer(scopes=frozenset({"catalog:edit"}))
        given = {"slug": "all", "texts": [{"language": "en", "name": "All"}], "titleIds": ids}
        answer = await ask(schema, make_request(resources, editor), COLLECT, id=str(saved.id), input=given)
        assert answer["answer"]["userErrors"] == []

    await save(staying)
    nodes = await walk(resources, COLLECTION, lambda: save(mixed(rnd, present, staying, passing)))
    check([node["id"] for node in nodes], staying)
