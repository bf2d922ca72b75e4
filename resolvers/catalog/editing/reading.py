"""Titles as editors see them, drafts and published ones alike."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, cast, literal, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from media.artwork import Picture, addresses_of
from models.catalog import MediaAssetStatus, PublicationState, UploadPurpose
from resolvers.catalog.artwork import PICTURE
from resolvers.catalog.details import genre_row
from resolvers.catalog.editing.document import PlayableEntry
from resolvers.catalog.editing.rows import EditorialArtworkRow, EditorialTitleRow
from resolvers.catalog.editing.stored import editorial_rows, place_of
from resolvers.catalog.keys import exactly, grouped, in_order, integer, storable
from resolvers.catalog.matching import holds
from resolvers.catalog.media import runtimes_of
from resolvers.catalog.rows import CreditRow, GenreRow, PersonRow
from resolvers.catalog.tables import (
    ARTWORK,
    EXTERNAL_ID,
    GENRE,
    MEDIA_ASSET,
    PERSON,
    TITLE,
    TITLE_DRAFT,
    TITLE_TEXT,
)
from resolvers.paging import Page, identity, keys_of, limit_of, page_of
from runtime.database import among
from runtime.errors import BadInput
from runtime.request import Request
from runtime.scalars import Id, uuid_of

LONGEST_QUERY = 200
NEWEST, PLACES = "editorial titles", "editorial playables"


async def editorial_title(request: Request, *, id: Id) -> EditorialTitleRow | None:
    """The title as it now stands."""
    key = uuid_of(id)
    if key is None:
        return None
    async with request.read("catalog") as db:
        return (await editorial_rows(db, [key])).get(key)


async def editorial_titles(
    request: Request,
    *,
    state: PublicationState | None = None,
    query: str | None = None,
    first: int | None = 20,
    after: str | None = None,
) -> Page[EditorialTitleRow]:
    """All there are, the newest first; with `query`, those of which a name, drafted or published, the slug or an
    external id has it in it. BadInput for a query of more than 200 characters."""
    limit, keyset = limit_of(first), keys_of(after, exactly(NEWEST), identity)
    if query is not None and len(query) > LONGEST_QUERY:
        raise BadInput(f"`query` has at most {LONGEST_QUERY} characters; it has {len(query)}.")
    statement = select(TITLE.c.id).order_by(TITLE.c.id.desc()).limit(limit + 1)
    if state is not None:
        statement = statement.where(TITLE.c.state == state)
    if query is not None and query.strip():
        statement = statement.where(has_in_it(query.strip()))
    if keyset is not None:
        statement = statement.where(TITLE.c.id < keyset[1])
    async with request.read("catalog") as db:
        ids: Sequence[UUID] = (await db.execute(statement)).scalars().all()
        found = await editorial_rows(db, ids)
    return page_of([found[id_] for id_ in ids if id_ in found], limit, after, lambda title: (NEWEST, title.id))


def has_in_it(query: str) -> ColumnElement[bool]:
    """Whether the statement's title has the words in a name, its slug or, exactly, an external id."""
    if not storable(query):
        return literal(False)
    slug = query.casefold()
    drafted = TITLE_DRAFT.c.document.contains(cast({"external_ids": [{"value": query}]}, JSONB))
    return or_(
        TITLE.c.id.in_(select(TITLE_TEXT.c.title_id).where(holds(TITLE_TEXT.c.name, query))),
        TITLE.c.id.in_(select(TITLE_DRAFT.c.title_id).where(holds(TITLE_DRAFT.c.names, query))),
        TITLE.c.id.in_(select(TITLE_DRAFT.c.title_id).where(TITLE_DRAFT.c.slug.contains(slug, autoescape=True))),
        TITLE.c.id.in_(select(TITLE_DRAFT.c.title_id).where(drafted)),
        TITLE.c.id.in_(select(EXTERNAL_ID.c.title_id).where(EXTERNAL_ID.c.value == query)),
        TITLE.c.slug.contains(slug, autoescape=True),
    )


async def editorial_genres_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[GenreRow]]:
    """Each title's genres, the foremost first."""
    ids = list({id_ for title in titles for id_ in title.document.genres})
    statement = select(GENRE.c.id, GENRE.c.slug, GENRE.c.names).where(among(GENRE.c.id, ids))
    async with request.read("catalog") as db:
        found = {row.id: genre_row(request, *row) for row in await db.execute(statement)}
    return [[found[id_] for id_ in title.document.genres if id_ in found] for title in titles]


async def editorial_credits_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[CreditRow]]:
    """Each title's credits in billing order; their people too, of whom viewers may know nothing yet."""
    ids = list({credit.person_id for title in titles for credit in title.document.credits})
    async with request.read("catalog") as db:
        rows = await db.execute(select(PERSON.c.id, PERSON.c.name).where(among(PERSON.c.id, ids)))
        people = {row.id: PersonRow(*row) for row in rows}
    return [
        [
            CreditRow(people[credit.person_id], credit.role, credit.character)
            for credit in title.document.credits
            if credit.person_id in people
        ]
        for title in titles
    ]


async def editorial_artwork_of(request: Request, ids: Sequence[UUID]) -> list[list[EditorialArtworkRow]]:
    """Each title's pictures, of every kind and language, in their original size; their addresses expire."""
    a = ARTWORK.c
    statement = select(a.owner_id, a.kind, a.language, a.alt, *PICTURE).where(among(a.owner_id, ids))
    async with request.read("catalog") as db:
        rows = (await db.execute(statement.order_by(a.kind, a.language, a.id))).all()
    address = partial(addresses_of(request.resources).editorial, now=request.now)
    found = grouped(
        (owner, EditorialArtworkRow(kind, language, address(original, original.width), alt))
        for owner, kind, language, alt, original in ((*row[:4], Picture(*row[4:])) for row in rows)
    )
    return [found[id_] for id_ in ids]


async def editorial_playables_of(
    request: Request,
    titles: Sequence[EditorialTitleRow],
    *,
    season: int | None = None,
    first: int | None = 50,
    after: str | None = None,
) -> list[Page[PlayableEntry]]:
    """Each title's film, or its episodes, those of one season if asked for, and its trailers, which are of none."""
    limit = limit_of(first, default=50)
    mark = keys_of(after, exactly(PLACES), integer, integer, integer, identity)
    pages = []
    for title in titles:
        entries = [e for e in title.document.playables if season is None or e.season == season]
        if mark is not None:
            entries = [entry for entry in entries if place_of(entry) > tuple(mark[1:])]
        pages.append(page_of(entries[: limit + 1], limit, after, lambda entry: (PLACES, *place_of(entry))))
    return pages


async def media_lengths_of(request: Request, ids: Sequence[UUID]) -> list[int | None]:
    """Milliseconds of each playable's media, published or not; None until it is ready."""
    asset = MEDIA_ASSET.c
    ready = (asset.status == MediaAssetStatus.READY, asset.purpose == UploadPurpose.VIDEO)
    statement = select(asset.target_id, asset.duration_ms).where(among(asset.target_id, ids), *ready)
    async with request.read("catalog") as db:
        meant: dict[UUID, Any] = dict((await db.execute(statement.order_by(asset.created_at))).all())
    attached = await runtimes_of(request, ids)
    return [own if own is not None else other for own, other in zip(attached, in_order(ids, meant), strict=True)]
