"""A title taken in hand by an editor: locked, compared by its revision, and saved as a draft of the next."""

import re
import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, union_all, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from resolvers.catalog.editing.document import TitleDocument, as_json
from resolvers.catalog.editing.refusals import translated
from resolvers.catalog.editing.rows import EditorialTitleChanged, EditorialTitleRow
from resolvers.catalog.editing.rules import LONGEST_SLUG
from resolvers.catalog.editing.stored import editorial_rows
from resolvers.catalog.tables import TITLE, TITLE_DRAFT, TITLE_SCHEDULE
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of

ROOM_FOR_A_NUMBER = 6
TAKEN = "Another title has this slug."
UNDIVIDED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
"""Letters that Unicode does not take apart into one of ours and a mark."""
SLUGS = (
    (TITLE.c.id, TITLE.c.slug),
    (TITLE_DRAFT.c.title_id, TITLE_DRAFT.c.slug),
    (TITLE_SCHEDULE.c.title_id, TITLE_SCHEDULE.c.document["slug"].astext),
)
"""Whose they are, and where they stand: a title may have several until it is published."""


async def locked(db: AsyncSession, id: Id, *path: str) -> EditorialTitleRow:
    """The title as it now stands, locked until the transaction ends; Refusal TITLE_NOT_FOUND (`path`, else `id`)."""
    key = uuid_of(id)
    if key is not None:
        await db.execute(select(TITLE.c.id).where(TITLE.c.id == key).with_for_update())
        found = await editorial_rows(db, [key])
        if key in found:
            return found[key]
    raise Refusal("TITLE_NOT_FOUND", "There is no such title.", *(path or ("id",)))


def stale(request: Request, title: EditorialTitleRow) -> EditorialTitleChanged:
    """The refusal of a change that was made on an old revision, with the newer one."""
    message = f"Somebody changed this title meanwhile: it stands at revision {title.revision}."
    return EditorialTitleChanged(
        title, (translated(request.languages, UserErrorRow("STALE_REVISION", message, ("revision",))),)
    )


async def save(db: AsyncSession, title: EditorialTitleRow, document: TitleDocument, now: datetime) -> EditorialTitleRow:
    """Makes the document the title's draft, one revision on; Refusal SLUG_TAKEN (`input.slug`)."""
    await check_slug(db, title.id, document.slug)
    revision = title.revision + 1
    head: dict[str, Any] = {"revision": revision}
    if title.published_revision is None:  # nobody else sees it: its row may say what the draft says
        head |= {"slug": document.slug, "release_year": document.release_year, "status": document.status}
    async with slug_still_free():
        await db.execute(update(TITLE).where(TITLE.c.id == title.id).values(head))
        await store_draft(db, title.id, document, now)
    return replace(title, revision=revision, document=document)


async def store_draft(db: AsyncSession, title_id: UUID, document: TitleDocument, now: datetime) -> None:
    values = {"slug": document.slug, "names": document.names, "document": as_json(document), "changed_at": now}
    draft = upsert(TITLE_DRAFT).values(title_id=title_id, **values)
    await db.execute(draft.on_conflict_do_update(index_elements=["title_id"], set_=values))


@asynccontextmanager
async def slug_still_free(message: str = TAKEN) -> AsyncIterator[None]:
    """Another editor may take the slug at the same instant: Refusal SLUG_TAKEN (`input.slug`)."""
    try:
        yield
    except IntegrityError as error:
        if "slug" not in str(error.orig):
            raise
        raise slug_taken(message) from error


def slug_taken(message: str = TAKEN) -> Refusal:
    return Refusal("SLUG_TAKEN", message, "input", "slug")


async def check_slug(db: AsyncSession, title_id: UUID, slug: str) -> None:
    """Refusal SLUG_TAKEN where another title has it, is drafted with it, or is to go out with it."""
    owners = union_all(*(select(owner).where(column == slug) for owner, column in SLUGS))
    if set((await db.execute(owners)).scalars()) - {title_id}:
        raise slug_taken()


def slug_of(name: str) -> str:
    """The name in small ASCII letters, digits and hyphens; "title" where nothing of it is left."""
    letters = unicodedata.normalize("NFKD", name.casefold().translate(UNDIVIDED))
    plain = letters.encode("ascii", "ignore").decode().replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain)[: LONGEST_SLUG - ROOM_FOR_A_NUMBER].strip("-") or "title"


async def free_slug(db: AsyncSession, wanted: str) -> str:
    """The slug, with a number where it is taken; whoever else asks for one waits for the end of the transaction."""
    await db.execute(select(func.pg_advisory_xact_lock(func.hashtext("catalog.slugs"))))
    taken = union_all(*(select(column).where(column.startswith(wanted)) for _, column in SLUGS))
    return numbered(wanted, set((await db.execute(taken)).scalars()))


def numbered(wanted: str, taken: set[str]) -> str:
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug
