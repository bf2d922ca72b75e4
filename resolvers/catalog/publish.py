"""What the other subgraphs read of the catalog: the published tables, rewritten in the transaction of each change."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    and_,
    any_,
    case,
    delete,
    distinct,
    exists,
    func,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    union,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from models.catalog import (
    MarkerKind,
    MediaAssetStatus,
    PlayableKind,
    PublicationState,
    RenditionKind,
    UploadPurpose,
)
from resolvers.catalog import tables as t
from runtime.database import among
from runtime.jobs import enqueue

Transaction = AsyncConnection | AsyncSession
MOST_PEOPLE = 12
LOCK = func.hashtext("catalog.publish")


async def publish(session: Transaction, title_ids: Sequence[UUID]) -> None:
    """Publishes these titles as they now are, or withdraws those that are not live, and all genres."""
    await one_at_a_time(session)
    await record_changes(session, title_ids)
    before = await episodes_of(session, title_ids)
    for target in (t.PUBLISHED_WINDOW, t.PUBLISHED_PLAYABLE, t.PUBLISHED_TITLE):
        await session.execute(delete(target).where(among(target.c.title_id, title_ids)))
    those = and_(among(t.TITLE.c.id, title_ids), live())
    for target, rows in (
        (t.PUBLISHED_TITLE, published_titles(those)),
        (t.PUBLISHED_WINDOW, published_windows(those)),
        (t.PUBLISHED_PLAYABLE, published_playables(those)),
    ):
        await session.execute(insert(target).from_select([column.name for column in rows.selected_columns], rows))
    await record_shown(session, title_ids)
    await session.execute(select(func.catalog.index_titles(literal(list(title_ids), ARRAY(Uuid)))))
    await publish_genres(session)
    await publish_people(session, title_ids)
    await session.execute(update(t.PUBLISHED_REVISION).values(revision=t.PUBLISHED_REVISION.c.revision + 1))
    await tell_viewing(session, before ^ await episodes_of(session, title_ids))


async def publish_asset(session: Transaction, asset_id: UUID) -> None:
    """After an ingest: publishes anew what plays this asset, as far as its titles are published.

    The video becomes that of the playable it was made for, unless that plays one already.
    """
    await one_at_a_time(session)
    await attach_asset(session, asset_id)
    titles = (await session.execute(select(t.PLAYABLE.c.title_id).where(t.PLAYABLE.c.asset_id == asset_id))).scalars()
    title_ids = titles.all()
    before = await episodes_of(session, title_ids)
    users = select(t.PLAYABLE.c.id).where(t.PLAYABLE.c.asset_id == asset_id)
    await session.execute(delete(t.PUBLISHED_PLAYABLE).where(t.PUBLISHED_PLAYABLE.c.playable_id.in_(users)))
    rows = published_playables(and_(t.PLAYABLE.c.asset_id == asset_id, live()))
    names = [column.name for column in rows.selected_columns]
    await session.execute(insert(t.PUBLISHED_PLAYABLE).from_select(names, rows))
    await record_changes(session, title_ids)
    await tell_viewing(session, before ^ await episodes_of(session, title_ids))


async def episodes_of(session: Transaction, title_ids: Sequence[UUID]) -> set[Any]:
    """The episodes of the titles that viewers can play, as title, id, season and number."""
    playable = t.PUBLISHED_PLAYABLE.c
    columns = (playable.title_id, playable.playable_id, playable.season_number, playable.number)
    ready = (playable.kind == PlayableKind.EPISODE, playable.prefix.is_not(None))
    return set(await session.execute(select(*columns).where(among(playable.title_id, title_ids), *ready)))


async def tell_viewing(session: Transaction, changed: set[Any]) -> None:
    """Has whoever follows a series go on with the episodes that it has now, and what may no longer play end."""
    if titles := sorted({str(title_id) for title_id, *_ in changed}):
        await enqueue(session, "episodes_changed", orjson.dumps({"titles": titles}))
    await enqueue(session, "review_streams", b"{}", once="review_streams")


async def attach_asset(session: Transaction, asset_id: UUID) -> None:
    asset = t.MEDIA_ASSET.c
    made_for = select(asset.target_id).where(asset.id == asset_id, asset.purpose == UploadPurpose.VIDEO)
    idle = (t.PLAYABLE.c.id.in_(made_for), plays_nothing())
    await session.execute(update(t.PLAYABLE).where(*idle).values(asset_id=asset_id))


def plays_nothing() -> ColumnElement[bool]:
    """Whether the statement's playable has no media that is ready."""
    asset = t.MEDIA_ASSET.alias("attached").c
    return ~exists().where(asset.id == t.PLAYABLE.c.asset_id, asset.status == MediaAssetStatus.READY)


def live() -> ColumnElement[bool]:
    """Whether viewers may see the statement's title: published, even where a newer revision is scheduled."""
    state = t.TITLE.c.state
    waiting = and_(state == PublicationState.SCHEDULED, t.TITLE.c.published_revision.is_not(None))
    return or_(state == PublicationState.PUBLISHED, waiting)


async def record_changes(session: Transaction, ids: Sequence[UUID]) -> None:
    """Stamps the change of whichever of these titles viewers see, or saw until now; drafts leave no trace.

    All stamps are made under the lock of `one_at_a_time`, in the order in which they are committed.
    """
    shown = select(t.PUBLISHED_TITLE.c.title_id).where(among(t.PUBLISHED_TITLE.c.title_id, ids))
    last = select(func.max(t.TITLE_CHANGE.c.changed_at) + timedelta(microseconds=1)).scalar_subquery()
    stamp = select(func.greatest(func.clock_timestamp(), last)).scalar_subquery()  # even if the clock was set back
    changed = union(shown, select(t.TITLE.c.id).where(among(t.TITLE.c.id, ids), live())).subquery("changed")
    stamped = select(changed.c.title_id, stamp)
    rows = upsert(t.TITLE_CHANGE).from_select(["title_id", "changed_at"], stamped)
    new = {"changed_at": rows.excluded.changed_at}
    await session.execute(rows.on_conflict_do_update(index_elements=["title_id"], set_=new))


async def record_shown(session: Transaction, ids: Sequence[UUID]) -> None:
    """Remembers where the titles are visible now, or will be, for the day when they are not any more."""
    window = t.PUBLISHED_WINDOW.c
    not_over = or_(window.closes_at.is_(None), window.closes_at > func.clock_timestamp())
    source = select(window.title_id, window.country, func.min(window.minimum_age))
    source = source.where(among(window.title_id, ids), not_over)
    rows = upsert(t.TITLE_SHOWN).from_select(
        ["title_id", "country", "minimum_age"], source.group_by(window.title_id, window.country)
    )
    youngest = func.least(t.TITLE_SHOWN.c.minimum_age, rows.excluded.minimum_age)
    keys = ["title_id", "country"]
    await session.execute(rows.on_conflict_do_update(index_elements=keys, set_={"minimum_age": youngest}))


async def one_at_a_time(session: Transaction) -> None:
    """Waits until no other transaction publishes: an ingest that ends meanwhile must neither collide nor be unseen."""
    await session.execute(select(func.pg_advisory_xact_lock(LOCK)))


async def publish_genres(session: Transaction) -> None:
    source = select(t.GENRE.c.id.label("genre_id"), t.GENRE.c.slug, t.GENRE.c.names)
    rows = upsert(t.PUBLISHED_GENRE).from_select(["genre_id", "slug", "names"], source)
    new = {"slug": rows.excluded.slug, "names": rows.excluded.names}
    await session.execute(rows.on_conflict_do_update(index_elements=["genre_id"], set_=new))
    gone = not_(t.PUBLISHED_GENRE.c.genre_id.in_(select(t.GENRE.c.id)))
    await session.execute(delete(t.PUBLISHED_GENRE).where(gone))


async def publish_people(session: Transaction, title_ids: Sequence[UUID]) -> None:
    """The names of those credited; who was published stays."""
    person, credit = t.PERSON.c, t.CREDIT.c
    credited = exists().where(credit.person_id == person.id, among(credit.title_id, title_ids))
    rows = upsert(t.PUBLISHED_PERSON).from_select(
        ["person_id", "name"], select(person.id, person.name).where(credited).order_by(person.id)
    )
    await session.execute(rows.on_conflict_do_update(index_elements=["person_id"], set_={"name": rows.excluded.name}))


def published_titles(those: ColumnElement[bool]) -> Select[Any]:
    genre = t.TITLE_GENRE.c
    genres = (
        select(
            func.coalesce(
                func.array_agg(aggregate_order_by(genre.genre_id, genre.position)),
                literal([], t.PUBLISHED_TITLE.c.genre_ids.type),
            )
        )
        .where(genre.title_id == t.TITLE.c.id)
        .scalar_subquery()
    )
    title, text, credit = t.TITLE.c, t.TITLE_TEXT.c, t.CREDIT.c
    names = func.coalesce(func.jsonb_object_agg(text.language, text.name), literal({}, JSONB))
    first_credited = select(credit.person_id).where(credit.title_id == title.id).group_by(credit.person_id)
    first_credited = first_credited.order_by(func.min(credit.position), credit.person_id).limit(MOST_PEOPLE)
    columns = (
        *(title.id.label("title_id"), title.kind, genres.label("genre_ids"), title.release_year, title.added_at),
        select(names).where(text.title_id == title.id).scalar_subquery().label("names"),
        title.original_language,
        func.array(first_credited.scalar_subquery(), type_=ARRAY(Uuid)).label("person_ids"),
    )
    return select(*columns).where(those)


def published_windows(those: ColumnElement[bool]) -> Select[Any]:
    """A row for each country of each window that has a rating there; of equal openings the longest counts."""
    window, rating = t.WINDOW.c, t.RATING.c
    closes_at = case((func.bool_or(window.closes_at.is_(None)), null()), else_=func.max(window.closes_at))
    rated = and_(rating.title_id == t.TITLE.c.id, rating.country == any_(window.countries))
    columns = (
        t.TITLE.c.id.label("title_id"),
        rating.country,
        window.opens_at,
        closes_at.label("closes_at"),
        rating.minimum_age,
    )
    joined = t.TITLE.join(t.WINDOW, window.title_id == t.TITLE.c.id).join(t.RATING, rated)
    grouped = (t.TITLE.c.id, rating.country, window.opens_at, rating.minimum_age)
    return select(*columns).select_from(joined).where(those).group_by(*grouped)


def published_playables(those: ColumnElement[bool]) -> Select[Any]:
    """What plays of the titles; media that is not ready yet leaves its columns null and its languages empty."""
    playable, asset, season = t.PLAYABLE.c, t.MEDIA_ASSET.c, t.SEASON.c
    ready = and_(asset.id == playable.asset_id, asset.status == MediaAssetStatus.READY)
    joined = t.PLAYABLE.join(t.TITLE, t.TITLE.c.id == playable.title_id)
    joined = joined.outerjoin(t.SEASON, season.id == playable.season_id).outerjoin(t.MEDIA_ASSET, ready)
    columns = (
        playable.id.label("playable_id"),
        playable.kind,
        playable.title_id,
        season.number.label("season_number"),
        playable.number,
        asset.prefix,
        asset.duration_ms,
        rendition(func.min(t.RENDITION.c.height), RenditionKind.VIDEO).label("min_height"),
        rendition(func.max(t.RENDITION.c.height), RenditionKind.VIDEO).label("max_height"),
        credits_start().label("credits_start_ms"),
        languages(RenditionKind.AUDIO).label("audio_languages"),
        languages(RenditionKind.SUBTITLE).label("subtitle_languages"),
    )
    return select(*columns).select_from(joined).where(those)


def rendition(value: Any, kind: RenditionKind) -> Any:
    of_asset = and_(t.RENDITION.c.asset_id == t.MEDIA_ASSET.c.id, t.RENDITION.c.kind == kind)
    return select(value).where(of_asset).correlate(t.MEDIA_ASSET).scalar_subquery()


def languages(kind: RenditionKind) -> Any:
    """A JSON array of the distinct languages of the asset's tracks."""
    tags = func.jsonb_agg(distinct(t.RENDITION.c.language)).filter(or_(t.RENDITION.c.language.is_not(None)))
    return rendition(func.coalesce(tags, literal([], JSONB)), kind)


def credits_start() -> Any:
    marker = t.MARKER.c
    start = select(func.min(marker.start_ms)).where(marker.playable_id == t.PLAYABLE.c.id)
    return start.where(marker.kind == MarkerKind.CREDITS).correlate(t.PLAYABLE).scalar_subquery()
