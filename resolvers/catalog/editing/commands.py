"""Titles made and changed: each change raises the title's revision, and reaches nobody before it is published."""

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind, PublicationState, TitleKind
from models.columns import new_id
from oauth.audit import report
from resolvers.catalog.editing.changes import changed, check_nulls
from resolvers.catalog.editing.document import PlayableEntry, TitleDocument
from resolvers.catalog.editing.drafts import (
    check_slug,
    free_slug,
    locked,
    save,
    slug_of,
    slug_still_free,
    stale,
    store_draft,
)
from resolvers.catalog.editing.inputs import TitleInput
from resolvers.catalog.editing.rows import EditorialTitleChanged, EditorialTitleRow
from resolvers.catalog.tables import PLAYABLE, TITLE
from runtime.errors import Refusal
from runtime.languages import canonical
from runtime.request import Request
from runtime.scalars import Id, LanguageTag

PART_NAMES = {
    "slug": "slug",
    "status": "status",
    "release_year": "release year",
    "texts": "texts",
    "genres": "genres",
    "credits": "credits",
    "windows": "windows",
    "ratings": "ratings",
    "external_ids": "external ids",
    "seasons": "seasons",
    "playables": "playables",
}


async def create_title(
    request: Request, *, kind: TitleKind, original_language: LanguageTag, input: TitleInput
) -> EditorialTitleChanged:
    """A draft of a new title, at revision 1. Without a slug it gets one of its name.

    Refusals: UNKNOWN_LANGUAGE (`originalLanguage`), and below `input` those of `rules.faults`, UNKNOWN_GENRE,
    DUPLICATE_GENRE, UNKNOWN_PERSON, SLUG_TAKEN.
    """
    language = canonical(original_language)
    if language is None:
        message = f"{original_language!r} is not a language tag of BCP 47."
        raise Refusal("UNKNOWN_LANGUAGE", message, "originalLanguage")
    title_id = new_id()
    own = (PlayableEntry(title_id, PlayableKind.MOVIE),) if kind is TitleKind.MOVIE else ()
    empty = TitleDocument(kind, "", language, playables=own)
    async with request.write("catalog") as db:
        if input.slug is None:
            input.slug = await free_slug(db, slug_of(input.texts[0].name if input.texts else ""))
        document = await changed(db, empty, input)
        title = EditorialTitleRow(title_id, PublicationState.DRAFT, 1, None, None, None, document)
        await insert_title(db, request, title)
        await report(db, request, "CREATED_TITLE", title_id, f"{kind.value.lower()} {document.slug}")
    return EditorialTitleChanged(title)


async def insert_title(db: AsyncSession, request: Request, title: EditorialTitleRow) -> None:
    """The title's row and draft. A film's playable is there at once, so that it may be given media."""
    document = title.document
    await check_slug(db, title.id, document.slug)
    values = {name: getattr(document, name) for name in ("kind", "slug", "original_language", "status", "release_year")}
    async with slug_still_free():
        standing = {"state": title.state, "revision": title.revision, "added_at": request.now}
        await db.execute(insert(TITLE).values(id=title.id, **standing, **values))
        await store_draft(db, title.id, document, request.now)
    for entry in document.playables:
        await db.execute(insert(PLAYABLE).values(id=entry.id, kind=entry.kind, title_id=title.id))


async def update_title(request: Request, *, id: Id, revision: int, input: TitleInput) -> EditorialTitleChanged:
    """The title with what was given changed, one revision on; what changes nothing makes no revision.

    Refusals: TITLE_NOT_FOUND (`id`), STALE_REVISION (`revision`, with the newer title), REQUIRED (what can't be null),
    and those of `create_title`.
    """
    async with request.write("catalog") as db:
        title = await locked(db, id)
        if title.revision != revision:
            return stale(request, title)
        check_nulls(input)
        return await keep(db, request, title, await changed(db, title.document, input))


async def keep(
    db: AsyncSession, request: Request, title: EditorialTitleRow, document: TitleDocument
) -> EditorialTitleChanged:
    """Saves a changed document, and says so in the audit log."""
    parts = [words for name, words in PART_NAMES.items() if getattr(document, name) != getattr(title.document, name)]
    if not parts:
        return EditorialTitleChanged(title)
    saved = await save(db, title, document, request.now)
    await report(db, request, "CHANGED_TITLE", title.id, f"revision {saved.revision}: {', '.join(parts)}")
    return EditorialTitleChanged(saved)
