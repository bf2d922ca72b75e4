"""Which title a line is about: by its slug, else by an external id, else by name, year and kind."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import TitleKind
from resolvers.catalog.editing.drafts import SLUGS, slug_of
from resolvers.catalog.editing.people import spelt
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.editing.rules import LONGEST_SLUG, fault
from resolvers.catalog.editing.stored import Reader, editorial_rows
from resolvers.catalog.tables import EXTERNAL_ID, TITLE, TITLE_DRAFT
from runtime.database import among
from runtime.errors import Refusal, UserErrorRow
from server.exchange.documents import tag
from server.exchange.lines import Line
from server.exchange.options import Options
from server.exchange.survey import Survey, ids_of, key_of

ROOM_FOR_YEAR_AND_NUMBER = 16


@dataclass
class Titles:
    """Titles that lines may be about, by slug and by id; and which of them lines of this run were about.

    `by_external_id` has what the file's own external ids find: None where that is more than one.
    """

    survey: Survey
    options: Options
    by_external_id: Mapping[str, UUID | None] = field(default_factory=dict)
    owners: dict[str, UUID] = field(default_factory=dict)
    rows: dict[UUID, EditorialTitleRow] = field(default_factory=dict)
    claimed: dict[UUID, int] = field(default_factory=dict)
    """The lines, by title."""
    slugs: set[str] = field(default_factory=set)
    """Given to new titles in this run."""

    def about(self, line: Line) -> EditorialTitleRow | None:
        """The title that is there already. Refusal where it is that of another line, or might be another title."""
        if line.slug is not None:
            return self.unclaimed(self.owners.get(line.slug), "slug")
        if found := self.by_ids(line):
            return self.unclaimed(found, "externalIds")
        return next((row for row in self.namesakes(line) if self.fits(row, line)), None)

    def unclaimed(self, title_id: UUID | None, *path: str) -> EditorialTitleRow | None:
        if title_id in self.claimed:
            raise Refusal("DUPLICATE", f"Line {self.claimed[title_id]} is about the same title.", *path)
        return self.rows.get(title_id) if title_id else None

    def by_ids(self, line: Line) -> UUID | None:
        """Refusal where its external ids are those of several titles, or of one of another name and year."""
        keys = ids_of(line)
        found = {self.by_external_id[key] for key in keys if self.by_external_id.get(key)} - {None}
        if len(found) > 1:
            raise Refusal("AMBIGUOUS", "Its external ids are those of several titles: give the slug.", "externalIds")
        row = self.rows.get(found.pop() or UUID(int=0)) if found else None
        if row is None or not set(keys) & set(keys_of(row)):
            return None
        named = self.name_of(line) in {text.name for text in row.texts}
        if not named and line.known_year != row.release_year:
            message = f"{row.slug} has this external id, and another name and year: give the slug if it is that."
            raise Refusal("AMBIGUOUS", message, "wikipedia" if line.wikipedia else "externalIds")
        return row.id

    def namesakes(self, line: Line) -> Iterable[EditorialTitleRow]:
        """The titles whose slug is the line's own, or one with a number, in the order of these."""
        base, number = self.base_of(line), 1
        while True:
            slug = variant(base, number)
            owner = self.owners.get(slug)
            if owner is None and slug not in self.survey.slugs and slug not in self.slugs:
                return
            if owner in self.rows:
                yield self.rows[owner]
            number += 1

    def fits(self, row: EditorialTitleRow, line: Line) -> bool:
        """Whether it may be the line's title, and that of no other line."""
        own = next((text.name for text in row.texts if text.language == row.original_language), None)
        same = (own, row.release_year, row.kind) == (self.name_of(line), line.known_year, kind_of(line))
        of_others = self.survey.ids.intersection(keys_of(row)).difference(ids_of(line))
        return same and not of_others and row.id not in self.claimed and row.slug not in self.survey.slugs

    def free_slug(self, line: Line) -> str:
        """A slug for a new title; the same for the same file, whenever it is imported."""
        base, number = self.base_of(line), 1
        while self.taken(variant(base, number)):
            number += 1
        return variant(base, number)

    def taken(self, slug: str) -> bool:
        return slug in self.owners or slug in self.survey.slugs or slug in self.slugs

    def base_of(self, line: Line) -> str:
        slug = slug_of(self.name_of(line))[: LONGEST_SLUG - ROOM_FOR_YEAR_AND_NUMBER].strip("-")
        return slug if line.known_year is None else f"{slug}-{line.known_year}"

    def name_of(self, line: Line) -> str:
        """What the line calls the title in its original language, or else first of all."""
        if line.name is not None:
            return spelt(line.name)
        language = tag(line.original_language) if line.original_language else self.options.language
        texts = line.texts or ()
        own = next((text.name for text in texts if tag(text.language) == language), None)
        return spelt(own or (texts[0].name if texts else ""))

    async def load(self, db: AsyncSession, lines: Sequence[Line]) -> None:
        """Looks up, and locks until the transaction ends, whatever these lines may be about."""
        await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("catalog.slugs"))))  # as for free_slug
        self.owners = await owners_of(db, {line.slug for line in lines if line.slug is not None})
        await self.load_namesakes(db, Counter(self.base_of(line) for line in lines if line.slug is None))
        by_ids = {self.by_external_id.get(key) for line in lines if line.slug is None for key in ids_of(line)}
        ids = sorted((set(self.owners.values()) | by_ids) - {None}, key=str)
        locked = select(TITLE.c.id).where(among(TITLE.c.id, ids)).order_by(TITLE.c.id).with_for_update()
        await db.execute(locked)
        self.rows = await editorial_rows(db, ids)

    async def load_namesakes(self, db: AsyncSession, wanted: Counter[str]) -> None:
        """Looks up slugs until each base has as many free ones in a row as lines may need."""
        numbers = dict.fromkeys(wanted, 1)
        while numbers:
            blocks = {
                base: [variant(base, n) for n in range(start, start + wanted[base] + 2)]
                for base, start in numbers.items()
            }
            self.owners |= await owners_of(db, {slug for block in blocks.values() for slug in block})
            numbers = {
                base: numbers[base] + len(block) for base, block in blocks.items() if any(map(self.taken, block))
            }


def kind_of(line: Line) -> TitleKind:
    return line.kind or TitleKind.MOVIE


def variant(base: str, number: int) -> str:
    return base if number == 1 else f"{base}-{number}"


def keys_of(row: EditorialTitleRow) -> list[str]:
    return [key_of(entry.source, entry.value) for entry in row.external_ids]


async def owners_of(db: AsyncSession, slugs: Iterable[str]) -> dict[str, UUID]:
    """Whose the slugs are, published, drafted or scheduled."""
    wanted = list(slugs)
    found = union(*(select(column.label("slug"), owner.label("owner")).where(among(column, wanted)) for owner, column in SLUGS))
    return {row.slug: row.owner for row in await db.execute(found)}


async def titles_by_external_id(db: Reader, wanted: set[str]) -> dict[str, UUID | None]:
    """The titles that have these external ids as they now stand; None for an id that several have."""
    draft = TITLE_DRAFT.c
    listed = func.jsonb_array_elements(draft.document["external_ids"]).table_valued("value", name="listed")
    entry = listed.c.value
    drafted = select(draft.title_id, entry.op("->>")("source"), entry.op("->>")("value")).join(listed, onclause=draft.title_id == draft.title_id)
    stored = select(EXTERNAL_ID.c.title_id, EXTERNAL_ID.c.source, EXTERNAL_ID.c.value).where(
        EXTERNAL_ID.c.title_id.not_in(select(draft.title_id))
    )
    found: dict[str, UUID | None] = {}
    for statement in (drafted, stored):
        async for title_id, source, value in await db.stream(statement):
            if (key := key_of(source, value)) in wanted:
                found[key] = None if key in found else title_id
    return found


def refused(refusal: Refusal) -> list[UserErrorRow]:
    return list(refusal.errors)


__all__ = ["Titles", "fault", "refused", "titles_by_external_id"]
