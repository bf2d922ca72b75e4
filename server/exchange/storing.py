"""Titles and drafts of many lines, written by a statement for each table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind
from resolvers.catalog.editing.document import TitleDocument, as_json
from resolvers.catalog.editing.many import add, given
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.tables import PLAYABLE, TITLE, TITLE_DRAFT
from server.exchange.lines import Line

HEAD = ("slug", "release_year", "status")


@dataclass(eq=False)
class Change:
    """What the line of this number makes of a title: a new one's document was empty, and its revision 0."""

    number: int
    line: Line
    title: EditorialTitleRow
    document: TitleDocument
    is_new: bool

    @property
    def made(self) -> bool:
        """Whether there is any change."""
        return self.is_new or self.document != self.title.document

    @property
    def revision(self) -> int:
        return self.title.revision + self.made


async def store_changes(db: AsyncSession, changes: Sequence[Change], now: datetime) -> None:
    """The titles' own rows, with their new revisions. A film's playable is there at once, so that media may come."""
    new = [change for change in changes if change.is_new]
    await add(db, TITLE, (new_title(change, now) for change in new))
    films = (x.title.id for x in new if any(entry.kind is PlayableKind.MOVIE for entry in x.document.playables))
    await add(db, PLAYABLE, ({"id": id_, "title_id": id_, "kind": PlayableKind.MOVIE} for id_ in films))
    if rows := [head_of(change) for change in changes if change.made and not change.is_new]:
        heads, unseen = given(TITLE, rows), TITLE.c.published_revision.is_(None)
        # as long as nobody else sees the title's row, it may say what the draft says
        values = {name: case((unseen, heads.c[name]), else_=TITLE.c[name]) for name in HEAD}
        statement = update(TITLE).where(TITLE.c.id == heads.c.id)
        await db.execute(statement.values(values | {"revision": heads.c.revision}))


def new_title(change: Change, now: datetime) -> dict[str, Any]:
    names = ("kind", "slug", "original_language", "status", "release_year")
    standing = {"id": change.title.id, "state": change.title.state, "revision": change.revision, "added_at": now}
    return standing | {name: getattr(change.document, name) for name in names}


def head_of(change: Change) -> dict[str, Any]:
    standing = {"id": change.title.id, "revision": change.revision}
    return standing | {name: getattr(change.document, name) for name in HEAD}


async def store_drafts(db: AsyncSession, changes: Sequence[Change], now: datetime) -> None:
    rows = [
        {
            "title_id": change.title.id,
            "slug": change.document.slug,
            "names": change.document.names,
            "document": as_json(change.document),
            "changed_at": now,
        }
        for change in changes
    ]
    if rows:
        statement = upsert(TITLE_DRAFT).from_select(list(rows[0]), select(*given(TITLE_DRAFT, rows).c))
        new = {name: statement.excluded[name] for name in rows[0] if name != "title_id"}
        await db.execute(statement.on_conflict_do_update(index_elements=["title_id"], set_=new))
