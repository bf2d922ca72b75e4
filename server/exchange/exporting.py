"""The catalogue written into a file: each title as editors see it, drafts and published ones alike."""

import gzip
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import IO, cast
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from resolvers.catalog.editing.document import TitleDocument
from resolvers.catalog.editing.stored import editorial_rows
from resolvers.catalog.tables import GENRE, PERSON, TITLE, TITLE_DRAFT
from runtime.database import Database, among
from server.commands import Stop
from server.exchange.sources import format_of
from server.exchange.told import Writer, csv_writer, json_writer, line_about

TITLES_AT_ONCE = 500
LANGUAGES = text("""
select entry->>'language' from catalog.title_draft, jsonb_array_elements(document->'texts') as entry
union
select language from catalog.title_text as published
where not exists (select from catalog.title_draft where title_id = published.title_id)""")
Progress = Callable[[int, int], object]


async def export(database: Database, path: Path, kind: str | None, progress: Progress) -> int:
    """Writes all titles in the order of their slugs, as they stand at one instant; how many there are.

    `-` is standard output. Stop where the file can't be written: what was there before is there still.
    """
    if str(path) == "-" and kind is None:
        raise Stop("--format: say whether standard output is to be jsonl or csv.")
    kind = kind or format_of(path)
    async with one_instant(database) as db:
        ids = await ids_by_slug(db)
        genres = dict((await db.execute(select(GENRE.c.id, GENRE.c.slug))).all())
        with writing(path) as file:
            languages = () if kind == "jsonl" else (await db.execute(LANGUAGES)).scalars().all()
            write = json_writer(file) if kind == "jsonl" else csv_writer(file, languages)
            for start in range(0, len(ids), TITLES_AT_ONCE):
                progress(start, len(ids))
                await write_titles(db, write, ids[start : start + TITLES_AT_ONCE], genres)
    progress(len(ids), len(ids))
    return len(ids)


@asynccontextmanager
async def one_instant(database: Database) -> AsyncIterator[AsyncConnection]:
    engine = database.engines["catalog"].execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with engine.begin() as connection:
        yield connection


async def ids_by_slug(db: AsyncConnection) -> Sequence[UUID]:
    slug = func.coalesce(TITLE_DRAFT.c.slug, TITLE.c.slug).collate("C")
    titles = select(TITLE.c.id).outerjoin(TITLE_DRAFT, TITLE_DRAFT.c.title_id == TITLE.c.id)
    return (await db.execute(titles.order_by(slug))).scalars().all()


async def write_titles(db: AsyncConnection, write: Writer, ids: Sequence[UUID], genres: dict[UUID, str]) -> None:
    rows = await editorial_rows(db, ids)
    people = await names_of(db, [rows[id_].document for id_ in ids])
    for id_ in ids:
        write(line_about(rows[id_].document, people, genres))


async def names_of(db: AsyncConnection, documents: Sequence[TitleDocument]) -> dict[UUID, str]:
    credited = {credit.person_id for document in documents for credit in document.credits}
    people = select(PERSON.c.id, PERSON.c.name).where(among(PERSON.c.id, list(credited)))
    return dict((await db.execute(people)).all())


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A new file, which takes the place of `path` once it is whole; or standard output."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    unfinished = path.with_name(f".{path.name}.unfinished")
    try:
        with unfinished.open("wb") as raw:
            if path.suffix == ".gz":
                with gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as file:  # the same bytes for the same titles
                    yield cast(IO[bytes], file)
            else:
                yield raw
        unfinished.replace(path)
    except OSError as error:
        raise Stop(f"{path}: {error.strerror or error}.") from error
    finally:
        unfinished.unlink(missing_ok=True)
