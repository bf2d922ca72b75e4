"""What is left of a profile that was deleted: nothing, and all of the others'."""

from uuid import UUID

import asyncpg
import orjson
from pgqueuer import PgQueuer
from pgqueuer.types import QueueExecutionMode
from sqlalchemy import text
from sqlalchemy.engine import make_url

from models.columns import new_id
from resolvers.viewing.forgetting import TABLES, forget_profile
from resolvers.viewing.recommending.row_ids import row_id
from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.jobs import enqueue
from runtime.request import Request
from server.worker import bind
from tests.viewing.world import MINUTE, World

LIKE = """mutation ($id: ID!) { addToMyList(titleId: $id) { userErrors { code } }
rateTitle(titleId: $id, thumb: UP) { userErrors { code } } }"""
TAKE_OUT = """mutation ($id: ID!) { removeFromContinueWatching(titleId: $id) { removedId }
notInterested(titleId: $id) { userErrors { code } } }"""
LOOK_AT = """mutation ($id: ID!, $row: ID!) { reportImpressions(rowId: $row, titleIds: [$id]) { userErrors { code } }
chooseTasteSeeds(titleIds: [$id]) { userErrors { code } } }"""
PROFILE_TABLES = {
    *("continue_watching", "list_item", "not_interested", "playback_session", "profile_state", "progress"),
    *("removal", "title_thumb", "taste_seed", "impression"),
}


async def rows_of(world: World, profile_id: UUID) -> dict[str, int]:
    """How many rows each table has of the profile."""
    found = {}
    async with world.resources.database.read("viewing") as db:
        for table in TABLES:
            query = text(f"select count(*) from {table.fullname} where profile_id = :id")
            found[table.name] = (await db.execute(query, {"id": profile_id})).scalar_one()
    return found


async def keys_of(world: World) -> set[str]:
    await world.resources.hub.close()  # sends what was posted
    return {key.decode() for key in await world.resources.valkey.keys("*")}


async def lived(world: World, request: Request) -> None:
    """A film half watched, another that still plays, both liked; one that was begun and did not please."""
    half, playing, begun = await world.movie(), await world.movie(), await world.movie()
    await world.watch(half, 50 * MINUTE, request)
    await world.watch(begun, 20 * MINUTE, request)
    await world.ask(TAKE_OUT, request, id=str(begun))
    await world.play(playing, request)
    for title_id in (half, playing):
        await world.ask(LIKE, request, id=str(title_id))
    row = row_id(request.profile_id or world.profile_id, HomeRowKind.NEW_RELEASES)
    await world.ask(LOOK_AT, request, id=str(half), row=row)
    assert (await world.of_profile("home { edges { cursor } }", request, request.profile_id))["home"]["edges"]


async def test_all_of_a_profile_is_forgotten_and_nothing_of_another(world: World) -> None:
    sibling = new_id()
    await world.profile(world.account_id, sibling, "Bo")
    await lived(world, world.request())
    await lived(world, world.request(profile_id=sibling))
    before = await rows_of(world, sibling)
    assert set(before) == PROFILE_TABLES
    assert all(before.values()), before
    assert await rows_of(world, world.profile_id) == before
    assert len(await keys_of(world)) == 10, "both have a list, two playbacks that ended, and a ranking in Valkey"
    for _ in range(2):  # a job may be done twice
        await forget_profile(world.resources, world.profile_id)
        assert not any((await rows_of(world, world.profile_id)).values())
        assert await rows_of(world, sibling) == before
    assert len(await keys_of(world)) == 5
    assert f"continue:{sibling}" in await keys_of(world)


async def test_the_worker_forgets_a_profile(world: World) -> None:
    await lived(world, world.request())
    async with world.resources.database.write("identity") as db:
        await enqueue(db, "forget_profile", orjson.dumps({"profile": str(world.profile_id)}))
    url = make_url(world.resources.settings.database_url).set(drivername="postgresql")
    async with asyncpg.create_pool(url.render_as_string(hide_password=False), min_size=2, max_size=4) as pool:
        queue = PgQueuer.from_asyncpg_pool(pool)
        bind(queue, world.resources)
        await queue.run(mode=QueueExecutionMode.drain)
    assert not any((await rows_of(world, world.profile_id)).values())
