"""A thousand lines imported in one transaction, by as many statements as one would take."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PublicationState
from models.columns import new_id
from resolvers.catalog.editing.document import TitleDocument
from resolvers.catalog.editing.many import add
from resolvers.catalog.editing.people import known_people, people_named, spelt
from resolvers.catalog.editing.problems import problems_in
from resolvers.catalog.editing.releasing import release
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.editing.rules import fault
from resolvers.catalog.tables import GENRE
from runtime.errors import Refusal, UserErrorRow
from server.exchange.documents import empty_document, finished, people_of, put_in, with_people
from server.exchange.genres import Genres, known_genres
from server.exchange.lines import Line, line_of
from server.exchange.matching import Titles
from server.exchange.options import Options
from server.exchange.outcome import Outcome
from server.exchange.sources import Read
from server.exchange.storing import Change, store_changes, store_drafts

HELD = {
    PublicationState.SCHEDULED: ("SCHEDULED", "It goes out by itself, at its time."),
    PublicationState.UNPUBLISHED: ("WITHDRAWN", "It was withdrawn: publish it by hand."),
}


@dataclass
class Batch:
    """`genres` outlives the batch where nothing is stored."""

    options: Options
    titles: Titles
    genres: Genres
    now: datetime
    outcome: Outcome = field(default_factory=Outcome)


async def import_lines(db: AsyncSession, batch: Batch, reads: Sequence[Read]) -> None:
    """Imports the good ones, and notes in the outcome what is wrong with the others."""
    if not batch.options.dry_run:
        batch.genres = await known_genres(db)
    good = dict(readable(batch, reads))
    await batch.titles.load(db, list(good.values()))
    changes = [change for number, line in good.items() if (change := change_of(batch, number, line))]
    await resolve(db, batch, changes)
    count(batch, changes)
    if not batch.options.dry_run:
        await add(db, GENRE, batch.genres.new)
        await store_changes(db, changes, batch.now)
    released = await releasable(db, batch, changes) if batch.options.publish else []
    if not batch.options.dry_run:
        waiting = [change for change in changes if change.made and change not in released]
        await store_drafts(db, waiting, batch.now)
        if released:
            await release(db, {x.title.id: (x.document, x.revision) for x in released}, batch.now)


def readable(batch: Batch, reads: Sequence[Read]) -> Iterator[tuple[int, Line]]:
    """The lines whose form is right, by number. Of the others everything that is wrong is told."""
    for read in reads:
        if earlier := batch.titles.survey.repeats.get(read.number):
            batch.outcome.counts["repeated"] += 1
            batch.outcome.note(read.number, "REPEATED", f"the same as line {earlier}")
            continue
        if read.values is None:
            batch.outcome.refuse(read.number, read.wrong)
            continue
        line, wrong = line_of(read.values)
        if wrong := [*read.wrong, *wrong]:
            document = empty_document(line, new_id(), line.slug or "title", batch.options)
            batch.outcome.refuse(read.number, wrong + put_in(line, document, batch.options)[1])
        else:
            yield read.number, line


def change_of(batch: Batch, number: int, line: Line) -> Change | None:
    """What the line changes, people and genres left open; None where it is refused."""
    try:
        title = batch.titles.about(line)
    except Refusal as refusal:
        batch.outcome.refuse(number, refusal.errors)
        return None
    is_new = title is None
    if title is None:
        id_, slug = new_id(), line.slug or batch.titles.free_slug(line)
        document = empty_document(line, id_, slug, batch.options)
        title = EditorialTitleRow(id_, PublicationState.DRAFT, 0, None, None, None, document)
    document, wrong = put_in(line, title.document, batch.options)
    if wrong := wrong + unknown_genres(batch, line):
        batch.outcome.refuse(number, wrong)
        return None
    batch.titles.claim(number, title.id, document.slug)
    return Change(number, line, title, document, is_new)


def unknown_genres(batch: Batch, line: Line) -> list[UserErrorRow]:
    if not batch.options.known_genres:
        return []
    names = enumerate(line.genres or ())
    return [
        fault("UNKNOWN_GENRE", f"There is no genre {name!r}.", "genres", n)
        for n, name in names
        if batch.genres.find(name) is None
    ]


async def resolve(db: AsyncSession, batch: Batch, changes: Sequence[Change]) -> None:
    """Makes the documents whole: people and genres are those that there are, or new ones."""
    names = {name for change in changes for name in people_of(change.line)}
    if batch.options.dry_run:
        known = await known_people(db, {spelt(name) for name in names})
        people = {name: known.get(spelt(name)) or new_id() for name in names}
    else:
        people = await people_named(db, sorted(names))
    for change in changes:
        document = with_people(change.document, change.line, change.title.document, people)
        change.document = finished(with_genres(document, change.line, batch))


def with_genres(document: TitleDocument, line: Line, batch: Batch) -> TitleDocument:
    if line.genres is None:
        return document
    ids = (batch.genres.find_or_make(name, batch.options.language) for name in line.genres)
    return replace(document, genres=tuple(dict.fromkeys(ids)))


def count(batch: Batch, changes: Sequence[Change]) -> None:
    for change in changes:
        title, made = change.title, change.made
        batch.outcome.counts["created" if change.is_new else "changed" if made else "unchanged"] += 1
        if made and title.published_revision not in (None, title.revision):
            message = f"it had edits that viewers do not see yet, of revision {title.revision}: they are kept"
            batch.outcome.note(change.number, "UNPUBLISHED_EDITS", message)
        if made and title.state is PublicationState.SCHEDULED:
            message = "it goes out by itself as it was scheduled, without these changes"
            batch.outcome.note(change.number, "SCHEDULED", message)
    batch.outcome.genres += [f"{row['slug']} ({', '.join(row['names'].values())})" for row in batch.genres.fresh()]


async def releasable(db: AsyncSession, batch: Batch, changes: Sequence[Change]) -> list[Change]:
    """What can be published now, and is not; of the others it is told why not."""
    waiting = []
    for change in changes:
        if change.title.state in HELD:
            code, message = HELD[change.title.state]
            batch.outcome.hold(change.number, [fault(code, message)])
        elif change.made or change.title.published_revision != change.title.revision:
            waiting.append(change)
    found = await problems_in(db, [change.document for change in waiting], batch.now)
    for change, problems in zip(waiting, found, strict=True):
        if problems:
            batch.outcome.hold(change.number, problems)
    released = [change for change, problems in zip(waiting, found, strict=True) if not problems]
    batch.outcome.counts["published"] += len(released)
    return released
