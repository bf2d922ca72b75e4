"""A title that a viewer may not see, through the whole graph: nobody can tell the answers from those to a title that
never was, though the profile has watched, rated and listed it before."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from models.catalog import Title
from models.identity import ProfileKind
from models.published import PublishedPopularity
from oauth.households import add_account, add_profile
from resolvers.catalog.publish import publish
from server.seed.avatars import seed_avatars
from tests.catalog.shelf import Shelf
from tests.served import Front
from tests.tokens import token_of
from tests.viewing.world import World

AGE, MINUTES = 12, timedelta(minutes=1)
WAYS = {
    "withdrawn": "update catalog.title set state = 'UNPUBLISHED' where id = any(:ids)",
    "over": "update catalog.window set closes_at = now() where title_id = any(:ids)",
    "abroad": "update catalog.window set countries = '{DE}' where title_id = any(:ids)",
    "grown-up": "update catalog.rating set minimum_age = 13 where title_id = any(:ids)",
    "unrated": "delete from catalog.rating where country = 'US' and title_id = any(:ids)",
}
"""How a title goes from one who could see it."""
NAMES = ["Quozzel", "Brankolith", "Vumpedad", "Yttrigon", "Hjolfskar", "Zabbini", "Pwyrch"]
"""So unlike each other that no search for one finds another."""
QUERIES = [
    "query ($film: ID!) { title(id: $film) { id name ... on Movie { inMyList thumb progress { positionMs } } } }",
    "query ($series: ID!) { title(id: $series) { id name ... on Series { upNext { id } } } }",
    "query ($filmSlug: String!) { title(slug: $filmSlug) { id name } }",
    "query ($seriesSlug: String!) { title(slug: $seriesSlug) { id name } }",
    "query ($film: ID!) { playable(id: $film) { id name progress { positionMs } } }",
    "query ($episode: ID!) { playable(id: $episode) { id name title { id } } }",
    "query ($trailer: ID!) { playable(id: $trailer) { id name title { id } } }",
    "query ($person: ID!) { person(id: $person) { id name titles { edges { node { id } } } } }",
    "query ($collection: ID!) { collection(id: $collection) { id titles { edges { node { id } } } } }",
    "query ($collectionSlug: String!) { collection(slug: $collectionSlug) { id name } }",
    "query ($person: ID!) { titles(filter: {personId: $person}) { edges { node { id } } pageInfo { hasNextPage } } }",
    "query ($genre: ID!) { titles(filter: {genres: [$genre]}) { edges { node { id } } } }",
    'query ($genre: ID!) { search(query: "a", filter: {genres: [$genre]}) { totalCount } }',
    """query ($name: String!) { search(query: $name) { totalCount didYouMean edges { node { __typename
        ... on Movie { id } ... on Series { id } ... on Person { id } } } facets { buckets { value count } } } }""",
    "query ($name: String!) { suggest(prefix: $name) { text hit { __typename } } }",
]
MUTATIONS = [
    """mutation ($film: ID!, $key: String!) { startPlayback(input: {playableId: $film, idempotencyKey: $key}) {
        __typename ... on PlaybackDenied { reason message availableFrom activeStreams { sessionId } } } }""",
    """mutation ($episode: ID!, $key: String!) { startPlayback(input: {playableId: $episode, idempotencyKey: $key}) {
        __typename ... on PlaybackDenied { reason message availableFrom } } }""",
    """mutation ($trailer: ID!, $key: String!) { startPlayback(input: {playableId: $trailer, idempotencyKey: $key}) {
        __typename ... on PlaybackDenied { reason message availableFrom } } }""",
    "mutation ($film: ID!) { addToMyList(titleId: $film) { title { id } userErrors { code message path } } }",
    "mutation ($film: ID!) { removeFromMyList(titleId: $film) { title { id } userErrors { code message path } } }",
    "mutation ($film: ID!) { rateTitle(titleId: $film, thumb: UP) { title { id } userErrors { code message path } } }",
    """mutation ($film: ID!) { markWatched(playableId: $film, watched: true) {
        playable { id } userErrors { code message path } } }""",
    """mutation ($series: ID!) { removeFromContinueWatching(titleId: $series) {
        removedId userErrors { code message path } } }""",
]
BEAT = """mutation ($id: ID!) {
  heartbeat(input: {sessionId: $id, sequence: 1, positionMs: 5000, state: PLAYING}) {
    playable { id name } userErrors { code } } }"""
LISTS = """{
  titles(first: 100) { edges { node { id } } } genres { id } collections { id }
  viewer { account { activeStreams { playable { id } } } profile {
    myList { edges { node { id name } } }
    continueWatching { edges { node { title { id name } playable { id name } } } }
    history { edges { node { playable { id name } } } }
    home(first: 20) { edges { node { kind titles { edges { node { id name } } } } } }
  } } }"""


@dataclass
class Stock:
    """A film and a series, and whatever belongs to these two alone: its ids and slugs by what they are."""

    titles: list[Title] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)


def put(shelf: Shelf, name: str) -> Stock:
    """Everything bears the name, or the slug that is the name."""
    slug, asset = name.lower(), shelf.asset()
    film = shelf.movie(f"{slug}-film", asset=asset, texts={"en": f"{name} Film"})
    series = shelf.series(f"{slug}-series", texts={"en": f"{name} Series"})
    trailer = shelf.trailer(film, asset)
    (episode, *_) = [row for row in shelf.rows_of("Playable") if row.title_id == series.id]
    episode.asset_id = asset.id
    person, genre = shelf.person(f"{name} Person", film, series), shelf.genre(f"{slug}-genre", film, series)
    collection = shelf.collection(f"{slug}-collection", film, series)
    rows = {"film": film, "series": series, "trailer": trailer, "episode": episode, "person": person, "genre": genre}
    ids = {kind: str(row.id) for kind, row in (rows | {"collection": collection}).items()}
    slugs = {"filmSlug": film.slug, "seriesSlug": series.slug, "collectionSlug": collection.slug}
    return Stock([film, series], ids | slugs | {"name": name})


def never(name: str) -> Stock:
    """Of the same form, but there is nothing of it."""
    kinds = ("film", "series", "trailer", "episode", "person", "genre", "collection")
    slugs = {f"{kind}Slug": f"{name.lower()}-{kind}" for kind in ("film", "series", "collection")}
    return Stock(ids={kind: str(uuid4()) for kind in kinds} | slugs | {"name": name})


@dataclass
class Viewer:
    """A profile of a household with a plan that has never enough of anything."""

    front: Front
    world: World
    token: str

    async def answers(self, stock: Stock) -> dict[str, str]:
        """The whole response to each operation about the stock, without trace ids, each id by what it is of."""
        found = {}
        for document in (*QUERIES, *MUTATIONS):
            wanted = {name: value for name, value in stock.ids.items() if f"${name}:" in document}
            wanted |= {"key": str(uuid4())} if "$key:" in document else {}
            response = await self.front.ask(document, self.token, **wanted)
            response.pop("extensions", None)
            for error in response.get("errors", []):
                assert error["extensions"].pop("traceId")
            told = json.dumps(response)
            for name, value in stock.ids.items():
                told = told.replace(value, name)
            found[document] = told
        return found

    async def use(self, stock: Stock) -> None:
        """Lists, rates and watches what there is."""
        for document in MUTATIONS:
            if "addToMyList" in document or "rateTitle" in document:
                await self.front.data(document, self.token, film=stock.ids["film"])
        then, later, now = (self.world.request(now=datetime.now(UTC) - ago * MINUTES) for ago in (20, 15, 0))
        for kind in ("film", "episode"):
            session = await self.world.play(UUID(stock.ids[kind]), then)
            await self.world.stop(session, 300_000, later)
        await self.world.play(UUID(stock.ids["film"]), now)


@pytest.fixture
async def viewer(front: Front) -> Viewer:
    await seed_avatars(front.resources)
    now = datetime.now(UTC)
    async with front.database.write("identity") as db:
        account = await add_account(db, front.resources.encryption, "ada@example.org", None, "US", "en", now)
        profile = await add_profile(db, account, "Ada", "en", now, kind=ProfileKind.TEEN, maximum_age=AGE)
    world = World(front.resources, account.id, profile.id)
    await world.entitle(account.id, streams=100)
    return Viewer(front, world, token_of(front, account.id, profile=str(profile.id)))


async def hide(front: Front, stock: Stock, statement: str) -> None:
    ids = [title.id for title in stock.titles]
    async with front.database.write("catalog") as db:
        await db.execute(text(statement), {"ids": ids})
        await publish(db, ids)


async def test_what_ends_while_it_is_watched_is_not_found(front: Front, viewer: Viewer) -> None:
    shelf = Shelf()
    stock = put(shelf, NAMES[0])
    await shelf.store(front.resources)
    session = await viewer.world.play(UUID(stock.ids["film"]), viewer.world.request(now=datetime.now(UTC)))
    await hide(front, stock, WAYS["over"])
    response = await front.ask(BEAT, viewer.token, id=session)
    (error,) = response["errors"]
    assert response["data"] == {"heartbeat": {"playable": None, "userErrors": []}}
    assert (error["path"], error["extensions"]["code"]) == (["heartbeat", "playable", "name"], "NOT_FOUND")


async def test_an_unseen_title_answers_as_one_that_never_was(front: Front, viewer: Viewer) -> None:
    shelf = Shelf()
    kept, *stocks = [put(shelf, name) for name in NAMES[: len(WAYS) + 1]]
    await shelf.store(front.resources)
    async with front.database.write("viewing") as db:
        db.add_all(PublishedPopularity(title_id=t.id, score=0.5) for s in (kept, *stocks) for t in s.titles)
    for stock in (kept, *stocks):
        await viewer.use(stock)
    for stock, statement in zip(stocks, WAYS.values(), strict=True):
        await hide(front, stock, statement)
    lists = json.dumps(await front.data(LISTS, viewer.token))
    nothing = await viewer.answers(never(NAMES[-1]))
    for way, stock in zip(WAYS, stocks, strict=True):
        assert not [kind for kind, value in stock.ids.items() if value in lists], way
        assert await viewer.answers(stock) == nothing, way
    assert [kind for kind in ("film", "series", "episode", "genre", "collection") if kept.ids[kind] not in lists] == []
    something = await viewer.answers(kept)
    assert [document for document in nothing if something[document] == nothing[document]] == []
