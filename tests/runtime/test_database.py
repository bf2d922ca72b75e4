"""Each subgraph acts in a role of its own, and Postgres keeps it to its own tables."""

import pytest
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError

from runtime.database import Database, role_of
from runtime.settings import SUBGRAPHS, Settings
from runtime.tally import Tally

PUBLISHED = {
    "identity": "published_account",
    "catalog": "published_title",
    "viewing": "published_popularity",
    "billing": "published_entitlement",
}
OWN = {"identity": "account", "catalog": "title", "viewing": "progress", "billing": "entitlement"}


@pytest.mark.parametrize("subgraph", SUBGRAPHS)
async def test_a_subgraph_reads_what_others_publish_and_nothing_else(settings: Settings, subgraph: str) -> None:
    database = Database.connect(settings)
    async with database.read(subgraph) as db:
        assert await db.scalar(text("select current_user")) == role_of(subgraph)
    for owner in SUBGRAPHS:
        async with database.read(subgraph) as db:
            await db.execute(text(f"select * from {owner}.{PUBLISHED[owner]}"))
        if owner == subgraph:
            continue
        for statement in (f"select * from {owner}.{OWN[owner]}", f"delete from {owner}.{PUBLISHED[owner]}"):
            async with database.read(subgraph) as db:
                with pytest.raises(DBAPIError, match="permission denied"):
                    await db.execute(text(statement))
    await database.close()


async def test_a_transaction_is_all_or_nothing(settings: Settings) -> None:
    database = Database.connect(settings)
    insert = text("insert into billing.plan values (gen_random_uuid(), 'x', '{}', 1, 1, 1, 1, 1, false, 0)")
    with pytest.raises(ZeroDivisionError):
        await failing(database, insert)
    async with database.read("billing") as db:
        assert await db.scalar(text("select count(*) from billing.plan")) == 0
    await database.close()


async def failing(database: Database, statement: TextClause) -> None:
    async with database.write("billing") as db:
        await db.execute(statement)
        raise ZeroDivisionError


async def test_a_tally_counts_its_own_statements_alone(settings: Settings) -> None:
    database = Database.connect(settings)
    mine, other = Tally(), Tally()
    async with database.read("catalog", mine) as db:
        await db.execute(text("select 1"))
    async with database.write("catalog", other) as session:
        await session.execute(text("select 2"))
        await session.execute(text("select 3"))
    async with database.read("catalog") as db:
        await db.execute(text("select 4"))
    assert (mine.statements, other.statements) == (["select 1"], ["select 2", "select 3"])
    await database.close()
