"""Titles out of a file: good lines are stored, a thousand in a transaction, and bad ones reported.

A run that was cut short is completed by another: what is stored is found again, and changes nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PublicationState
from models.columns import new_id
from oauth.audit import report
from resolvers.catalog.editing.document import TitleDocument, as_json
from resolvers.catalog.editing.drafts import slug_of
from resolvers.catalog.editing.people import people_named, spelt
from resolvers.catalog.editing.problems import problems_in
from resolvers.catalog.editing.releasing import release
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.editing.rules import fault, faults, name_faults
from resolvers.catalog.editing.stored import editorial_rows
from resolvers.catalog.tables import GENRE, PLAYABLE, TITLE, TITLE_DRAFT
from runtime.database import Database
from runtime.errors import UserErrorRow
from server.exchange.documents import Defaults, Known, changed_document, genre_of, new_document, with_known
from server.exchange.files import Read, lines_in
from server.exchange.lines import Line, line_of
from server.exchange.matching import Slugs, by_external_id, by_slug, named_by

AT_ONCE = 1000
ONE_IMPORT = select(func.pg_advisory_xact_lock(func.hashtext(literal("catalog.import"))))
"""Two imports take turns, batch by batch: what one stored, the other finds."""
Tell = Callable[[int, UserErrorRow], None]
"""Is told what is wrong with a line, by its number."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How to import. With `known_genres` a genre that there is not is refused; else it is made."""

    defaults: Defaults = field(default_factory=Defaults)
    publish: bool = False
    known_genres: bool = False


@dataclass(slots=True)
class Tally:
    """What came of the lines; `kept_back` counts by problem what was to be published."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    repeated: int = 0
    refused: int = 0
    published: int = 0
    kept_back: Counter[str] = field(default_factory=Counter)
    new_genres: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Item:
    """A good line on its way: the title it is about, and what becomes of that."""

    number: int
    line: Line
    slug: str
    title: EditorialTitleRow
    is_new: bool
    document: TitleDocument

    @property
    def differs(self) -> bool:
        return self.is_new or self.document != self.title.document


async def import_file(
    database: Database, path: Path, wishes: Wishes, tell: Tell, progress: Callable[[int], object]
) -> Tally:
    """Imports the file. Stop where it can't be read; what was stored until then stays."""
    importing = Import(wishes, tell)
    reads = lines_in(path)
    while batch := list(islice(reads, AT_ONCE)):
        async with database.write("catalog") as db:
            await importing.store(db, batch)
        progress(batch[-1].number)
    if importing.tally.created or importing.tally.changed or importing.tally.published:
        async with database.write("catalog") as db:
            await report(db, None, "IMPORTED_TITLES", None, f"{path.name}: {said(importing.tally)}")
    return importing.tally


def said(tally: Tally) -> str:
    """The tally in words."""
    counts = ("created", "changed", "unchanged", "repeated", "refused", "published")
    return ", ".join(f"{getattr(tally, name):,} {name}" for name in counts if getattr(tally, name))


class Import:
    """A run over one file: what it has seen of it, and what came of that."""

    def __init__(self, wishes: Wishes, tell: Tell) -> None:
        self.wishes, self.tally = wishes, Tally()
        self.tell_of = tell
        self.slugs = Slugs()
        self.first_seen: dict[bytes, int] = {}
        self.titles_seen: dict[UUID | str, int] = {}

    async def store(self, db: AsyncSession, reads: Sequence[Read]) -> None:
        """Stores a batch, in one transaction."""
        await db.execute(ONE_IMPORT)
        now = datetime.now(UTC)
        genres = await genres_by_name(db)
        lines = [(n, line) for n, line in self.good(reads) if not self.lacks_genre(n, line, genres)]
        items = [item for item in await self.items(db, lines) if self.accepted(item)]
        known = Known(
            await people_named(db, {spelt(x.person) for item in items for x in item.line.all_credits() or ()}),
            await self.with_new_genres(db, genres, [item.line for item in items]),
        )
        for item in items:
            item.document = with_known(item.document, item.line, known)
        await insert_titles(db, [item for item in items if item.is_new], now)
        await self.save(db, items, now)

    def good(self, reads: Sequence[Read]) -> Iterator[tuple[int, Line]]:
        """The lines that have the form of one, each once."""
        for read in reads:
            line = [read.error] if read.values is None else line_of(read.values)
            if isinstance(line, list):
                self.refuse(read.number, [error for error in line if error])
                continue
            key = orjson.dumps(read.values, option=orjson.OPT_SORT_KEYS)
            if (first := self.first_seen.setdefault(key, read.number)) != read.number:
                self.tally.repeated += 1
                self.tell_of(read.number, fault("REPEATED", f"It is the same as line {first}: left out.", "line"))
                continue
            yield read.number, line

    def refuse(self, number: int, errors: Sequence[UserErrorRow]) -> None:
        self.tally.refused += 1
        for error in errors:
            self.tell_of(number, error)

    def lacks_genre(self, number: int, line: Line, genres: dict[str, UUID]) -> bool:
        """Whether it is refused for a genre that there is not, or that can't be one."""
        wrong = [
            error
            for n, name in enumerate(line.genres or ())
            for error in (
                [fault("UNKNOWN_GENRE", f"There is no genre {name!r}.", "genres", n)]
                if self.wishes.known_genres and genre_of(name, genres) is None
                else name_faults(name, "genres", n)
            )
        ]
        if wrong:
            self.refuse(number, wrong)
        return bool(wrong)

    async def items(self, db: AsyncSession, lines: Sequence[tuple[int, Line]]) -> list[Item]:
        """The lines with the titles that they are about, and the documents to be checked."""
        slugs = [self.slugs.of(line) for _, line in lines]
        there = await by_slug(db, slugs)
        missing = [line for slug, (_, line) in zip(slugs, lines, strict=True) if slug not in there]
        by_id = await by_external_id(db, missing)
        found: dict[str, UUID] = dict(there)
        for slug, (_, line) in zip(slugs, lines, strict=True):
            if slug not in there and line.slug is None:
                named = named_by(line, by_id, self.wishes.defaults.language)
                if named is not None:
                    found[slug] = named
        titles = await editorial_rows(db, sorted(set(found.values())))
        return [
            self.item(number, line, slug, titles.get(found[slug]) if slug in found else None)
            for slug, (number, line) in zip(slugs, lines, strict=True)
            if self.first_of(number, found.get(slug, slug))
        ]

    def first_of(self, number: int, title: UUID | str) -> bool:
        """Whether no line before it was about the same title, by its id or, if new, its slug; else it is refused."""
        first = self.titles_seen.setdefault(title, number)
        if first != number:
            self.refuse(number, [fault("DUPLICATE_TITLE", f"Line {first} is about the same title.", "slug")])
        return first == number

    def item(self, number: int, line: Line, slug: str, title: EditorialTitleRow | None) -> Item:
        id_ = new_id() if title is None else title.id
        document = (
            new_document(line, id_, slug, self.wishes.defaults)
            if title is None
            else changed_document(line, title.document)
        )
        row = title or EditorialTitleRow(id_, PublicationState.DRAFT, 1, None, None, None, document)
        return Item(number, line, slug, row, title is None, document)

    def accepted(self, item: Item) -> bool:
        """Whether nothing is wrong with what the line says."""
        people = [(n, x) for n, x in enumerate(item.line.all_credits() or ())]
        wrong = [*faults(item.document)]
        wrong += [e for n, x in people for e in name_faults(spelt(x.person), "credits", n, "person")]
        if not item.document.texts:
            wrong.append(fault("REQUIRED", "A new title has a `name`, or `texts`.", "name"))
        if item.line.kind is not None and item.line.kind is not item.document.kind:
            wrong.append(fault("NOT_APPLICABLE", f"It is a {item.document.kind.value}, and stays one.", "kind"))
        if wrong:
            self.refuse(item.number, wrong)
        return not wrong

    async def with_new_genres(
        self, db: AsyncSession, genres: dict[str, UUID], lines: Sequence[Line]
    ) -> dict[str, UUID]:
        """The genres with those made that only lines name, in the language of the import."""
        wanted = (name for line in lines for name in line.genres or ())
        names = {slug_of(name): name for name in wanted if genre_of(name, genres) is None}
        if names:
            rows = [
                {"id": new_id(), "slug": slug, "names": {self.wishes.defaults.language: name}}
                for slug, name in names.items()
            ]
            await db.execute(upsert(GENRE).on_conflict_do_nothing(index_elements=["slug"]), rows)
            self.tally.new_genres += sorted(names.values())
            return await genres_by_name(db)
        return genres

    async def save(self, db: AsyncSession, items: Sequence[Item], now: datetime) -> None:
        """Stores what differs, as drafts or, if so wished and nothing is missing, for viewers to see."""
        for item in items:
            self.tally.created += item.is_new
            self.tally.changed += item.differs and not item.is_new
            self.tally.unchanged += not item.differs
            if item.differs and not item.is_new:
                item.title = replace(item.title, revision=item.title.revision + 1)
        out = await self.to_publish(db, items, now)
        await save_drafts(db, [item for item in items if item.differs and item.title.id not in out], now)
        await raise_revisions(db, [item for item in items if item.differs and not item.is_new])
        if out:
            await release(db, {id_: (item.document, item.title.revision) for id_, item in out.items()}, now)
            self.tally.published += len(out)

    async def to_publish(self, db: AsyncSession, items: Sequence[Item], now: datetime) -> dict[UUID, Item]:
        """Those that viewers do not see as they are now, and that have no problems."""
        if not self.wishes.publish:
            return {}
        waiting = [item for item in items if item.differs or item.title.published_revision != item.title.revision]
        found = await problems_in(db, [item.document for item in waiting], now)
        for problems in found:
            self.tally.kept_back.update({problem.code for problem in problems})
        return {item.title.id: item for item, problems in zip(waiting, found, strict=True) if not problems}


async def genres_by_name(db: AsyncSession) -> dict[str, UUID]:
    """The genres by their slugs and their names in every language, without capitals."""
    rows = (await db.execute(select(GENRE.c.id, GENRE.c.slug, GENRE.c.names))).all()
    return {name.casefold(): id_ for id_, slug, names in rows for name in (slug, *names.values())}


async def insert_titles(db: AsyncSession, items: Sequence[Item], now: datetime) -> None:
    """The rows of new titles; a film's playable too, so that it may be given media."""
    if not items:
        return
    names = ("kind", "slug", "original_language", "status", "release_year")
    rows: list[dict[str, Any]] = [
        {"id": item.title.id, "state": PublicationState.DRAFT, "revision": 1, "added_at": now}
        | {name: getattr(item.document, name) for name in names}
        for item in items
    ]
    await db.execute(insert(TITLE), rows)
    own = [(item, entry) for item in items for entry in item.document.playables if entry.id == item.title.id]
    if own:
        values = [{"id": entry.id, "kind": entry.kind, "title_id": item.title.id} for item, entry in own]
        await db.execute(insert(PLAYABLE), values)


async def save_drafts(db: AsyncSession, items: Sequence[Item], now: datetime) -> None:
    if not items:
        return
    rows = [
        {
            "title_id": item.title.id,
            "slug": item.document.slug,
            "names": item.document.names,
            "document": as_json(item.document),
            "changed_at": now,
        }
        for item in items
    ]
    draft = upsert(TITLE_DRAFT)
    new = {name: draft.excluded[name] for name in ("slug", "names", "document", "changed_at")}
    await db.execute(draft.on_conflict_do_update(index_elements=["title_id"], set_=new), rows)


async def raise_revisions(db: AsyncSession, items: Sequence[Item]) -> None:
    if items:
        rows = [{"title": item.title.id, "to": item.title.revision} for item in items]
        statement = update(TITLE).where(TITLE.c.id == bindparam("title")).values(revision=bindparam("to"))
        await (await db.connection()).execute(statement, rows)
