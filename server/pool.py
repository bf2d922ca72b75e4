"""Drawing in several processes, and taking what is drawn as it comes."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from threading import Thread
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

POLITENESS = 5
"""How much the processes step back (nice(2)) behind the server, which answers already."""


async def drawn(draw: Callable[[T], R], subjects: Sequence[T]) -> AsyncIterator[tuple[T, R]]:
    """Each subject with what `draw`, a module's function, made of it, in the order in which they are done."""
    if not subjects:
        return
    # spawned, not forked: our own process has threads and connections that a child must not inherit
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(os.cpu_count() or 1, len(subjects)), context, initializer=obey)
    loop = asyncio.get_running_loop()

    async def one(subject: T) -> tuple[T, R]:
        return subject, await loop.run_in_executor(pool, draw, subject)

    tasks = [asyncio.create_task(one(subject)) for subject in subjects]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        pool.shutdown(cancel_futures=True)


def obey() -> None:
    """A process of the pool ends when its parent says so, or has died; a terminal's Ctrl-C is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(POLITENESS)
    Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None, "only a child process ends with its parent"
    parent.join()
    os._exit(1)
