"""Documents written into the tables that viewers read. Set-based: a thousand titles cost as many statements as one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from uuid import UUID, uuid5

from sqlalchemy import delete, not_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import MediaAssetStatus, PlayableKind, UploadPurpose
from models.columns import new_id
from resolvers.catalog import tables as t
from resolvers.catalog.editing.document import CreditEntry, PlayableEntry, TitleDocument
from resolvers.catalog.editing.many import Row, add, given
from resolvers.catalog.editing.places import placed
from resolvers.catalog.publish import plays_nothing
from runtime.database import among

Documents = Mapping[UUID, TitleDocument]


async def apply(db: AsyncSession, documents: Documents) -> None:
    """Makes the titles, whose rows exist, what their documents say; `publish` then shows it. Media stay attached."""
    ids = list(documents)
    await update_titles(db, documents)
    places = await credit_places(db, ids)
    for table, rows in (
        (t.TITLE_TEXT, texts),
        (t.TITLE_GENRE, genres),
        (t.CREDIT, partial(credits, places)),
        (t.WINDOW, windows),
        (t.RATING, ratings),
        (t.EXTERNAL_ID, external_ids),
    ):
        await db.execute(delete(table).where(among(table.c.title_id, ids)))
        await add(db, table, (row for id_, document in documents.items() for row in rows(id_, document)))
    await apply_playables(db, documents)


async def update_titles(db: AsyncSession, documents: Documents) -> None:
    names = ("slug", "original_language", "status", "release_year")
    rows = [{"id": id_} | {n: getattr(document, n) for n in names} for id_, document in documents.items()]
    new = given(t.TITLE, rows)
    await db.execute(update(t.TITLE).where(t.TITLE.c.id == new.c.id).values({n: new.c[n] for n in names}))


def texts(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for x in document.texts:
        yield {
            "title_id": id_,
            "language": x.language,
            "name": x.name,
            "synopsis": x.synopsis,
            "tagline": x.tagline,
        }


def genres(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for position, genre in enumerate(document.genres):
        yield {"title_id": id_, "genre_id": genre, "position": position}


async def credit_places(db: AsyncSession, title_ids: Sequence[UUID]) -> dict[UUID, int]:
    credit = t.CREDIT.c
    rows = await db.execute(select(credit.id, credit.position).where(among(credit.title_id, title_ids)))
    places: dict[UUID, int] = dict(rows.all())
    return places


def credits(places: Mapping[UUID, int], id_: UUID, document: TitleDocument) -> Iterator[Row]:
    """A credit that stays keeps its id and its place, by which cursors know it."""
    ids = credit_ids(id_, document)
    for x, key, position in zip(document.credits, ids, placed(ids, places), strict=True):
        yield {
            "id": key,
            "title_id": id_,
            "person_id": x.person_id,
            "role": x.role,
            "character": x.character,
            "position": position,
        }


def credit_ids(title_id: UUID, document: TitleDocument) -> list[UUID]:
    """An id for each credit, of who did what (UUIDv5, RFC 9562); some are credited for the same twice."""
    told = Counter[CreditEntry]()
    ids = []
    for x in document.credits:
        told[x] += 1
        ids.append(uuid5(title_id, f"{x.person_id} {x.role.name} {told[x]} {x.character}"))
    return ids


def windows(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for x in document.windows:
        yield {
            "id": new_id(),
            "title_id": id_,
            "countries": list(x.countries),
            "opens_at": x.from_,
            "closes_at": x.until,
        }


def ratings(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for x in document.ratings:
        yield {
            "title_id": id_,
            "country": x.country,
            "system": x.system,
            "code": x.code,
            "minimum_age": x.minimum_age,
            "advisories": list(x.advisories),
        }


def external_ids(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for x in document.external_ids:
        yield {"title_id": id_, "source": x.source, "value": x.value}


async def apply_playables(db: AsyncSession, documents: Documents) -> None:
    """Playables are changed where they lie, for an ingest may be about to attach media to one."""
    ids = list(documents)
    p, season = t.PLAYABLE.c, t.SEASON.c
    kept = [entry.id for document in documents.values() for entry in document.playables]
    await db.execute(delete(t.PLAYABLE).where(among(p.title_id, ids), not_(among(p.id, kept))))
    # out of their seasons first, so that two episodes may change places
    placed = (among(p.title_id, ids), p.season_id.is_not(None))
    await db.execute(update(t.PLAYABLE).where(*placed).values(season_id=None))
    await db.execute(delete(t.SEASON).where(among(season.series_id, ids)))
    await add(db, t.SEASON, (row for id_, document in documents.items() for row in seasons(id_, document)))
    rows = [playable(id_, entry, document) for id_, document in documents.items() for entry in document.playables]
    if rows:
        statement = upsert(t.PLAYABLE).from_select(list(rows[0]), select(*given(t.PLAYABLE, rows).c))
        new = {name: statement.excluded[name] for name in ("title_id", "season_id", "number", "air_date")}
        await db.execute(statement.on_conflict_do_update(index_elements=["id"], set_=new))
    await attach_media(db, kept)
    await apply_parts(db, documents, kept)


def seasons(id_: UUID, document: TitleDocument) -> Iterator[Row]:
    for x in document.seasons:
        yield {"id": x.id, "series_id": id_, "number": x.number, "names": dict(x.names)}


def playable(id_: UUID, entry: PlayableEntry, document: TitleDocument) -> Row:
    season_id = next((season.id for season in document.seasons if season.number == entry.season), None)
    return {
        "id": entry.id,
        "kind": entry.kind,
        "title_id": id_,
        "season_id": season_id,
        "number": entry.number,
        "air_date": entry.air_date,
    }


async def attach_media(db: AsyncSession, playable_ids: Sequence[UUID]) -> None:
    """Lets the playables that play nothing yet play the newest video that is ready for them: it may have come first."""
    asset = t.MEDIA_ASSET.c
    newest = (
        select(asset.id)
        .where(
            asset.target_id == t.PLAYABLE.c.id,
            asset.purpose == UploadPurpose.VIDEO,
            asset.status == MediaAssetStatus.READY,
        )
        .order_by(asset.created_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    idle = (among(t.PLAYABLE.c.id, playable_ids), plays_nothing(), newest.is_not(None))
    await db.execute(update(t.PLAYABLE).where(*idle).values(asset_id=newest))


async def apply_parts(db: AsyncSession, documents: Documents, playable_ids: Sequence[UUID]) -> None:
    """The playables' texts and markers."""
    for table in (t.PLAYABLE_TEXT, t.MARKER):
        await db.execute(delete(table).where(among(table.c.playable_id, playable_ids)))
    entries = [entry for document in documents.values() for entry in document.playables]
    await add(db, t.PLAYABLE_TEXT, (row for entry in entries for row in playable_texts(entry)))
    await add(db, t.MARKER, (row for entry in entries for row in markers(entry)))


def playable_texts(entry: PlayableEntry) -> Iterator[Row]:
    if entry.kind is not PlayableKind.MOVIE:
        for x in entry.texts:
            yield {"playable_id": entry.id, "language": x.language, "name": x.name, "synopsis": x.synopsis}


def markers(entry: PlayableEntry) -> Iterator[Row]:
    for x in entry.markers:
        yield {
            "playable_id": entry.id,
            "kind": x.kind,
            "start_ms": x.start_ms,
            "end_ms": x.end_ms,
            "label": x.label,
        }
