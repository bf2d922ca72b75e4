"""What a playable's media is like: its tracks, length, height and markers. All are empty until its media is ready.

Several playables may share one asset, but clients' caches merge by id: a track's id is derived from its playable's.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from models.catalog import MediaAssetStatus, RenditionKind
from resolvers.catalog.keys import grouped, in_order
from resolvers.catalog.rows import AudioTrackRow, MarkerRow, SubtitleTrackRow
from resolvers.catalog.tables import MARKER, MEDIA_ASSET, PLAYABLE, RENDITION
from runtime.database import among
from runtime.request import Request


def ready_media(ids: Sequence[UUID], *columns: Any) -> Select[Any]:
    """`columns` of the playables whose media is ready, their id first."""
    return (
        select(PLAYABLE.c.id, *columns)
        .join(MEDIA_ASSET, MEDIA_ASSET.c.id == PLAYABLE.c.asset_id)
        .where(among(PLAYABLE.c.id, ids), MEDIA_ASSET.c.status == MediaAssetStatus.READY)
    )


def tracks(ids: Sequence[UUID], kind: RenditionKind, *columns: Any) -> Select[Any]:
    return (
        ready_media(ids, RENDITION.c.id, *columns)
        .join(RENDITION, RENDITION.c.asset_id == MEDIA_ASSET.c.id)
        .where(RENDITION.c.kind == kind)
    )


async def audio_tracks_of(request: Request, ids: Sequence[UUID]) -> list[list[AudioTrackRow]]:
    """Each playable's audio, one track for each language and purpose, whatever bit rates it comes in."""
    r = RENDITION.c
    kind = (r.language, r.label, r.channels, r.descriptive)
    statement = tracks(ids, RenditionKind.AUDIO, *kind).ext(distinct_on(PLAYABLE.c.id, *kind))
    async with request.read("catalog") as db:
        rows = (await db.execute(statement.order_by(PLAYABLE.c.id, *kind, r.id))).all()
    found = grouped((id_, AudioTrackRow(uuid5(id_, str(track)), *rest)) for id_, track, *rest in rows)
    return [found[id_] for id_ in ids]


async def subtitle_tracks_of(request: Request, ids: Sequence[UUID]) -> list[list[SubtitleTrackRow]]:
    r = RENDITION.c
    statement = tracks(ids, RenditionKind.SUBTITLE, r.language, r.label, r.subtitle_kind)
    async with request.read("catalog") as db:
        rows = (await db.execute(statement.order_by(r.language, r.subtitle_kind, r.id))).all()
    found = grouped((id_, SubtitleTrackRow(uuid5(id_, str(track)), *rest)) for id_, track, *rest in rows)
    return [found[id_] for id_ in ids]


async def runtimes_of(request: Request, ids: Sequence[UUID]) -> list[int | None]:
    """Milliseconds; None until the media is ready."""
    async with request.read("catalog") as db:
        rows = (await db.execute(ready_media(ids, MEDIA_ASSET.c.duration_ms))).all()
    return in_order(ids, dict(rows))


async def maximum_heights_of(request: Request, ids: Sequence[UUID]) -> list[int | None]:
    """The tallest video rendition's height in pixels; None until the media is ready."""
    tallest = (
        select(func.max(RENDITION.c.height))
        .where(RENDITION.c.asset_id == MEDIA_ASSET.c.id, RENDITION.c.kind == RenditionKind.VIDEO)
        .scalar_subquery()
    )
    async with request.read("catalog") as db:
        rows = (await db.execute(ready_media(ids, tallest))).all()
    return in_order(ids, dict(rows))


async def markers_of(request: Request, ids: Sequence[UUID]) -> list[list[MarkerRow]]:
    """Each playable's stretches, in milliseconds, in the order in which they begin."""
    m = MARKER.c
    statement = (
        select(m.playable_id, m.kind, m.start_ms, m.end_ms, m.label)
        .where(among(m.playable_id, ids))
        .order_by(m.start_ms, m.end_ms)
    )
    async with request.read("catalog") as db:
        found = grouped((id_, MarkerRow(*marker)) for id_, *marker in await db.execute(statement))
    return [found[id_] for id_ in ids]
