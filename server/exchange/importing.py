"""A file imported in batches, each a transaction: killed between two and run again, it ends as if it had not been."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from oauth import audit
from runtime.database import Database
from server.exchange.batch import Batch, import_lines
from server.exchange.genres import Genres, known_genres
from server.exchange.matching import Titles, titles_by_external_id
from server.exchange.options import Options
from server.exchange.outcome import Outcome, Report
from server.exchange.sources import Read, Source
from server.exchange.survey import survey

LINES_AT_ONCE = 1000
TRIES = 3
ACTOR = "marquee catalog import"
LOCK = func.hashtext("catalog.import")
Progress = Callable[[int, int], object]
"""Is told how many of how many lines are done."""


async def import_source(
    database: Database, source: Source, options: Options, report: Report, progress: Progress
) -> Outcome:
    """Imports the good lines, and reports the others; Stop where the source can't be read.

    One import runs at a time, others wait. What changed anything leaves one line in the audit log.
    """
    total = Outcome()
    async with one_at_a_time(database, report):
        found = await asyncio.to_thread(survey, source.lines())
        async with database.read("catalog") as db:
            titles = Titles(found, options.language, await titles_by_external_id(db, found.ids))
            genres = await known_genres(db)
        done, lines = 0, source.lines()
        progress(done, found.lines)
        try:
            while reads := await asyncio.to_thread(next_lines, lines):
                outcome = await import_batch(database, options, titles, genres, reads)
                total.add(outcome)
                report.say(outcome.remarks)
                done += len(reads)
                progress(done, found.lines)
        finally:
            await note(database, source.name, options, total)
    report.close(total)
    return total


def next_lines(lines: Iterator[Read]) -> list[Read]:
    return list(islice(lines, LINES_AT_ONCE))


async def import_batch(
    database: Database, options: Options, titles: Titles, genres: Genres, reads: Sequence[Read]
) -> Outcome:
    """Imports these lines; once more where an editor took a slug at the same instant."""
    for attempt in range(TRIES):
        batch = Batch(options, titles, genres, datetime.now(UTC))
        try:
            async with database.write("catalog") as db:
                await import_lines(db, batch, reads)
            return batch.outcome
        except IntegrityError as error:
            if attempt + 1 == TRIES or "slug" not in str(error.orig):
                raise
            titles.forget(reads[0].number)
    raise AssertionError("the last attempt returns or raises")


@asynccontextmanager
async def one_at_a_time(database: Database, report: Report) -> AsyncIterator[None]:
    """Waits until no other import runs; one that is killed lets go of the lock with its connection."""
    async with database.read("catalog") as db:
        if not await db.scalar(select(func.pg_try_advisory_lock(LOCK))):
            report.text.write("Another import is under way; this one waits until it has ended.\n")
            report.text.flush()
            await db.execute(select(func.pg_advisory_lock(LOCK)))
        try:
            yield
        finally:
            await db.execute(select(func.pg_advisory_unlock(LOCK)))


async def note(database: Database, name: str, options: Options, outcome: Outcome) -> None:
    """The run's line in the audit log, if it changed anything."""
    if outcome.changes and not options.dry_run:
        async with database.write("catalog") as db:
            await audit.report(db, None, "IMPORTED_TITLES", None, f"{name}: {outcome.in_words()}", actor=ACTOR)
