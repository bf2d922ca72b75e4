"""Group commit: who shares a batch, and who bears its errors."""

import asyncio
from collections.abc import Sequence

import pytest
from sqlalchemy import Integer, literal_column, select
from sqlalchemy.exc import DBAPIError

from runtime.database import Database
from runtime.group_commit import GroupCommit
from runtime.settings import Settings


async def test_those_who_come_meanwhile_share_the_next_batch() -> None:
    batches: list[list[int]] = []
    began, committed = asyncio.Event(), asyncio.Event()

    async def store(items: Sequence[int]) -> list[int]:
        batches.append(list(items))
        began.set()
        await committed.wait()
        return [item * 10 for item in items]

    commit = GroupCommit(store, most=4)
    first = asyncio.create_task(commit(1))
    await began.wait()
    others = asyncio.gather(*map(commit, range(2, 8)))
    await asyncio.sleep(0)
    committed.set()
    assert (await first, await others) == (10, [20, 30, 40, 50, 60, 70])
    assert batches == [[1], [2, 3, 4, 5], [6, 7]]


async def test_an_exception_in_the_results_is_its_callers_alone() -> None:
    async def store(items: Sequence[int]) -> list[int | Exception]:
        return [LookupError(item) if item == 2 else item for item in items]

    commit = GroupCommit(store)
    answers = await asyncio.gather(*map(commit, (1, 2, 3)), return_exceptions=True)
    assert (answers[0], repr(answers[1]), answers[2]) == (1, "LookupError(2)", 3)


async def test_a_value_that_postgres_refuses_fails_its_caller_alone(settings: Settings) -> None:
    database = Database.connect(settings)

    async def store(items: Sequence[int]) -> list[int]:
        async with database.write("viewing") as db:
            for item in items:
                await db.execute(select(1 / literal_column(str(item), Integer)))
        return list(items)

    commit = GroupCommit(store)
    answers = await asyncio.gather(*map(commit, (1, 2, 0, 4, 5)), return_exceptions=True)
    assert [answer for answer in answers if not isinstance(answer, Exception)] == [1, 2, 4, 5]
    assert isinstance(answers[2], DBAPIError)
    await database.close()


async def test_a_broken_store_fails_all_and_the_next_batch_goes_on() -> None:
    broken = True

    async def store(items: Sequence[int]) -> list[int]:
        if broken:
            raise ConnectionError("the database is away")
        return list(items)

    commit = GroupCommit(store)
    answers = await asyncio.gather(commit(1), commit(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError] * 2
    broken = False
    assert await commit(3) == 3


async def test_a_store_that_forgets_an_answer_is_found_out() -> None:
    async def store(items: Sequence[int]) -> list[int]:
        return list(items[1:])

    with pytest.raises(RuntimeError, match="answered 0 of 1"):
        await GroupCommit(store)(1)


async def test_a_caller_that_went_away_costs_nobody() -> None:
    stored: list[int] = []

    async def store(items: Sequence[int]) -> list[int]:
        await asyncio.sleep(0.01)
        stored.extend(items)
        return list(items)

    commit = GroupCommit(store)
    gone, stays = asyncio.create_task(commit(1)), asyncio.create_task(commit(2))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == 2
    assert stored == [1, 2]


async def test_when_the_process_stops_nobody_waits_for_ever() -> None:
    async def store(items: Sequence[int]) -> list[int]:
        await asyncio.sleep(60)
        return list(items)

    commit = GroupCommit(store, most=1)
    callers = [asyncio.create_task(commit(n)) for n in range(2)]
    await asyncio.sleep(0.01)
    assert commit.running is not None
    commit.running.cancel()
    answers = await asyncio.wait_for(asyncio.gather(*callers, return_exceptions=True), 1)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2
    assert commit.running is None
