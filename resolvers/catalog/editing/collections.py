"""Collections put together by editors; viewers see them at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from models.columns import new_id
from oauth.audit import report
from resolvers.catalog.curation import collection_row
from resolvers.catalog.editing.changes import below, existing, text_entries
from resolvers.catalog.editing.drafts import slug_still_free
from resolvers.catalog.editing.inputs import CollectionInput
from resolvers.catalog.editing.places import placed
from resolvers.catalog.editing.rows import CollectionSaved
from resolvers.catalog.editing.rules import Faults, fault, repeated, slug_faults, text_faults
from resolvers.catalog.keys import known, uuids
from resolvers.catalog.tables import COLLECTION, COLLECTION_TITLE, TITLE
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of

MOST_TITLES = 1000


async def save_collection(request: Request, *, input: CollectionInput, id: Id | None = None) -> CollectionSaved:
    """A collection as given, in place of what it was; a new one, where `id` is null, comes last.

    Refusals: COLLECTION_NOT_FOUND (`id`), and below `input` those of slugs and texts, REQUIRED (`texts`),
    NOT_APPLICABLE (a collection has no synopsis), UNKNOWN_TITLE, DUPLICATE_TITLE, TOO_MANY, SLUG_TAKEN.
    """
    async with request.write("catalog") as db:
        wrong = [*form_faults(input), *await member_faults(db, input.title_ids)]
        if wrong:
            raise Refusal.of(wrong)
        names = {text.language: text.name for text in text_entries(input.texts)}
        async with slug_still_free("Another collection has this slug."):
            key = await store(db, id, {"slug": input.slug, "names": names})
        await fill(db, key, known(uuids(input.title_ids)))
        await report(db, request, "SAVED_COLLECTION", key, f"{input.slug}: {len(input.title_ids)} titles")
    return CollectionSaved(collection_row(request, key, input.slug, names))


async def store(db: AsyncSession, id: Id | None, values: dict[str, Any]) -> UUID:
    """Writes the collection's row; its id. Refusal COLLECTION_NOT_FOUND (`id`)."""
    if id is None:
        key = new_id()
        last = select(func.coalesce(func.max(COLLECTION.c.position) + 1, 0)).scalar_subquery()
        await db.execute(insert(COLLECTION).values(id=key, position=last, **values))
        return key
    changed = update(COLLECTION).where(COLLECTION.c.id == uuid_of(id)).values(values).returning(COLLECTION.c.id)
    found: UUID | None = (await db.execute(changed)).scalar()
    if found is None:
        raise Refusal("COLLECTION_NOT_FOUND", "There is no such collection.", "id")
    return found


async def fill(db: AsyncSession, collection_id: UUID, title_ids: Sequence[UUID]) -> None:
    """Makes these the collection's titles, in this order."""
    member = COLLECTION_TITLE.c
    own = member.collection_id == collection_id
    old: dict[UUID, int] = dict((await db.execute(select(member.title_id, member.position).where(own))).all())
    await db.execute(delete(COLLECTION_TITLE).where(own))
    places = zip(title_ids, placed(title_ids, old), strict=True)
    rows = [{"collection_id": collection_id, "title_id": id_, "position": place} for id_, place in places]
    if rows:
        await db.execute(insert(COLLECTION_TITLE), rows)


def form_faults(input: CollectionInput) -> Faults:
    yield from slug_faults(input.slug, "input", "slug")
    if not input.texts:
        yield fault("REQUIRED", "A collection has a name in at least one language.", "input", "texts")
    for n, text in enumerate(input.texts):
        for field, value in (("synopsis", text.synopsis), ("tagline", text.tagline)):
            if value is not None:
                yield fault("NOT_APPLICABLE", f"A collection has no {field}.", "input", "texts", n, field)
    yield from (below(error, "input") for error in text_faults(text_entries(input.texts), "texts"))


async def member_faults(db: AsyncSession, ids: list[Id]) -> list[UserErrorRow]:
    if len(ids) > MOST_TITLES:
        return [fault("TOO_MANY", f"A collection has at most {MOST_TITLES:,} titles.", "input", "titleIds")]
    known = set(await existing(db, TITLE, ids))
    wrong = [
        fault("UNKNOWN_TITLE", "There is no such title.", "input", "titleIds", n)
        for n, id_ in enumerate(ids)
        if uuid_of(id_) not in known
    ]
    twice = repeated(map(uuid_of, ids))
    return wrong + [fault("DUPLICATE_TITLE", "It stands here twice.", "input", "titleIds", n) for n, _ in twice]
