"""Group commit: callers share a transaction; the next batch leaves as soon as the one before is committed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class GroupCommit(Generic[Item, Result]):
    """Hands items to `store` in batches; one batch is under way at a time, one transaction each.

    `store` returns a result or an exception for each item, in order, once they are durable.
    """

    def __init__(
        self, store: Callable[[Sequence[Item]], Awaitable[Sequence[Result | Exception]]], most: int = 1000
    ) -> None:
        self.store = store
        self.most = most
        self.waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self.running: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """`store`'s result for the item, after its batch is committed."""
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self.waiting.append((item, answer))
        if self.running is None:
            self.running = asyncio.create_task(self.drain())
        return await answer

    async def drain(self) -> None:
        try:
            while self.waiting:
                await asyncio.sleep(0)  # whoever is ready in this turn of the loop joins the batch
                batch, self.waiting = self.waiting[: self.most], self.waiting[self.most :]
                await self.commit(batch)
        finally:
            self.running = None
            for _, answer in self.waiting:  # the process stops: nobody may wait for what is never stored
                answer.cancel()
            self.waiting.clear()

    async def commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self.stored([item for item, _ in batch])
        except Exception as error:
            if len(batch) > 1 and is_about_data(error):  # halve it, so that only the guilty caller fails
                half = len(batch) // 2
                await self.commit(batch[:half])
                await self.commit(batch[half:])
                return
            results = [error] * len(batch)
        except asyncio.CancelledError:
            for _, answer in batch:
                answer.cancel()
            raise
        for (_, answer), result in zip(batch, results, strict=True):
            settle(answer, result)

    async def stored(self, items: list[Item]) -> Sequence[Result | Exception]:
        results = await self.store(items)
        if len(results) != len(items):
            raise RuntimeError(f"The store answered {len(results)} of {len(items)} items.")
        return results


def settle(answer: asyncio.Future[Result], result: Result | Exception) -> None:
    if answer.done():  # its caller went away; the write stands
        return
    if isinstance(result, Exception):
        answer.set_exception(result)
    else:
        answer.set_result(result)


def is_about_data(error: Exception) -> bool:
    """SQLSTATE classes 22 and 23: a value or constraint is at fault, not the connection.

    SQLAlchemy keeps asyncpg's error, which knows the state, in `orig`.
    """
    state = getattr(getattr(error, "orig", error), "sqlstate", None)
    return str(state)[:2] in ("22", "23")
