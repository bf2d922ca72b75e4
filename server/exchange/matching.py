"""Which title a line is about: by its slug, else by an external id, else by name, year and kind."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func, select, text, union
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import TitleKind
from resolvers.catalog.editing.drafts import SLUGS, slug_of
from resolvers.catalog.editing.people import spelt
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.editing.rules import LONGEST_SLUG
from resolvers.catalog.editing.stored import Reader, editorial_rows
from resolvers.catalog.tables import TITLE
from runtime.database import among
from runtime.errors import Refusal
from server.exchange.documents import tag
from server.exchange.lines import Line
from server.exchange.survey import Survey, ids_of, key_of

ROOM_FOR_YEAR_AND_NUMBER = 16
EXTERNAL_IDS = text("""
select title_id, entry->>'source' as source, entry->>'value' as value
from catalog.title_draft, jsonb_array_elements(document->'external_ids') as entry
union all
select title_id, source, value from catalog.external_id as published
where not exists (select from catalog.title_draft where title_id = published.title_id)""")


@dataclass
class Titles:
    """The titles that lines may be about, and which of them lines of this run were about.

    `language` is that of names where a line says no other. `by_external_id` has what is found by the external ids of
    the file, None for what several titles have. `owners` has titles by their slugs.
    """

    survey: Survey
    language: str
    by_external_id: Mapping[str, UUID | None]
    owners: dict[str, UUID] = field(default_factory=dict)
    rows: dict[UUID, EditorialTitleRow] = field(default_factory=dict)
    namesakes: dict[str, list[str]] = field(default_factory=dict)
    """Slugs to look at for each name and year, in their order."""
    claimed: dict[UUID | str, int] = field(default_factory=dict)
    """The lines by the titles' ids and slugs."""

    def about(self, line: Line) -> EditorialTitleRow | None:
        """The title that is there already; Refusal DUPLICATE where it is another line's, AMBIGUOUS where that is not
        certain."""
        if line.slug is not None:
            owner = self.owners.get(line.slug)
            self.check_unclaimed((line.slug, owner), "slug")
            return self.rows.get(owner) if owner else None
        if row := self.by_ids(line):
            self.check_unclaimed((row.id,), "externalIds" if line.external_ids else "wikipedia")
            return row
        return next(self.fitting(line), None)

    def check_unclaimed(self, keys: Iterable[UUID | str | None], path: str) -> None:
        for key in keys:
            if key in self.claimed:
                raise Refusal("DUPLICATE", f"Line {self.claimed[key]} is about the same title.", path)

    def claim(self, number: int, title_id: UUID, slug: str) -> None:
        self.claimed |= {title_id: number, slug: number}

    def forget(self, first: int) -> None:
        """Takes back the claims of lines from this one on."""
        self.claimed = {key: number for key, number in self.claimed.items() if number < first}

    def by_ids(self, line: Line) -> EditorialTitleRow | None:
        """The one title with one of its external ids, if name or year say so too."""
        keys = ids_of(line)
        rows = [self.rows.get(self.by_external_id.get(key) or UUID(int=0)) for key in keys]
        found = {row.id: row for row in rows if row is not None and set(keys).intersection(keys_of(row))}
        path = "externalIds" if line.external_ids else "wikipedia"
        if len(found) > 1:
            slugs = ", ".join(row.slug for row in found.values())
            raise Refusal("AMBIGUOUS", f"Its external ids are those of {slugs}: give the slug of one.", path)
        for row in found.values():
            if self.name_of(line) not in {text.name for text in row.texts} and line.known_year != row.release_year:
                message = f"{row.slug} has this external id, and another name and year: give that slug if it is this."
                raise Refusal("AMBIGUOUS", message, path)
        return next(iter(found.values()), None)

    def fitting(self, line: Line) -> Iterator[EditorialTitleRow]:
        """The titles of its name, year and kind that are no other line's, as numbered by their slugs."""
        wanted = (self.name_of(line), line.known_year, line.kind or TitleKind.MOVIE)
        for slug in self.namesakes[self.base_of(line)]:
            row = self.rows.get(self.owners.get(slug) or UUID(int=0))
            if row is None or row.id in self.claimed or self.survey.slugs.intersection((slug, row.slug)):
                continue
            own = next((text.name for text in row.texts if text.language == row.original_language), None)
            of_another = self.survey.ids.intersection(keys_of(row)).difference(ids_of(line))
            if (own, row.release_year, row.kind) == wanted and not of_another:
                yield row

    def free_slug(self, line: Line) -> str:
        """A slug for a new title: the same one whenever the file is imported."""
        return next(slug for slug in self.namesakes[self.base_of(line)] if not self.taken(slug))

    def taken(self, slug: str) -> bool:
        return slug in self.owners or slug in self.claimed or slug in self.survey.slugs

    def base_of(self, line: Line) -> str:
        slug = slug_of(self.name_of(line))[: LONGEST_SLUG - ROOM_FOR_YEAR_AND_NUMBER].strip("-")
        return slug if line.known_year is None else f"{slug}-{line.known_year}"

    def name_of(self, line: Line) -> str:
        """What the line calls the title in its original language, or else first of all."""
        if line.name is not None:
            return spelt(line.name)
        language = tag(line.original_language) if line.original_language else self.language
        texts = line.texts or ()
        own = next((text.name for text in texts if tag(text.language) == language), None)
        return spelt(own or (texts[0].name if texts else ""))

    async def load(self, db: AsyncSession, lines: Sequence[Line]) -> None:
        """Looks up, and locks until the transaction ends, whatever these lines may be about."""
        await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("catalog.slugs"))))  # as drafts.free_slug
        self.owners = await owners_of(db, {line.slug for line in lines if line.slug is not None})
        await self.load_namesakes(db, Counter(self.base_of(line) for line in lines if line.slug is None))
        by_ids = {self.by_external_id.get(key) for line in lines if line.slug is None for key in ids_of(line)}
        ids = [id_ for id_ in by_ids.union(self.owners.values()) if id_ is not None]
        await db.execute(select(TITLE.c.id).where(among(TITLE.c.id, ids)).order_by(TITLE.c.id).with_for_update())
        self.rows = await editorial_rows(db, ids)

    async def load_namesakes(self, db: AsyncSession, wanted: Counter[str]) -> None:
        """Looks up the slugs of each name and year, until there are as many free ones in a row as lines need."""
        self.namesakes = {base: [] for base in wanted}
        unfinished = list(wanted)
        while unfinished:
            blocks = {base: self.next_slugs(base, wanted[base] + 2) for base in unfinished}
            self.owners |= await owners_of(db, [slug for block in blocks.values() for slug in block])
            for base, block in blocks.items():
                self.namesakes[base] += block
            unfinished = [base for base, block in blocks.items() if any(map(self.taken, block))]

    def next_slugs(self, base: str, count: int) -> list[str]:
        start = len(self.namesakes[base])
        return [base if n == 0 else f"{base}-{n + 1}" for n in range(start, start + count)]


def keys_of(row: EditorialTitleRow) -> list[str]:
    return [key_of(entry.source, entry.value) for entry in row.external_ids]


async def owners_of(db: AsyncSession, slugs: Iterable[str]) -> dict[str, UUID]:
    """Whose the slugs are, published, drafted or scheduled."""
    wanted = list(slugs)
    places = (
        select(column.label("slug"), owner.label("owner")).where(among(column, wanted)) for owner, column in SLUGS
    )
    return {row.slug: row.owner for row in await db.execute(union(*places))}


async def titles_by_external_id(db: Reader, wanted: set[str]) -> dict[str, UUID | None]:
    """The titles that have these external ids as they now stand; None for an id that several have."""
    found: dict[str, UUID | None] = {}
    for title_id, source, value in await db.execute(EXTERNAL_IDS):
        if (key := key_of(source, value)) in wanted:
            found[key] = None if key in found else title_id
    return found
