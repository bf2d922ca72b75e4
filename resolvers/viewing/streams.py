"""What a household is watching right now, and as it changes."""

from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlmodel import col

from models.published import PublishedPlayable, PublishedProfile
from models.viewing import PlaybackSession as Session
from resolvers.viewing.messages import say
from resolvers.viewing.references import PlayableRef, playable_ref
from resolvers.visible import visible
from runtime.errors import BadInput
from runtime.events import Event, Hub
from runtime.request import Request


@dataclass(slots=True)
class ActiveStreamRow:
    """A playback that holds a slot of its household, until `lease_until` if nothing more is heard of it."""

    session_id: UUID
    profile_name: str
    device_name: str
    playable: PlayableRef | None
    started_at: datetime
    position_ms: int
    lease_until: datetime


async def streams_of(request: Request, db: AsyncSession | AsyncConnection, account_id: UUID) -> list[ActiveStreamRow]:
    """The streams that hold a slot of the account, oldest first."""
    seen = visible(col(Session.title_id), request).label("seen")
    query = (
        select(
            col(Session.id),
            col(PublishedProfile.name),
            col(Session.device_name),
            col(Session.playable_id),
            col(PublishedPlayable.kind),
            col(Session.started_at),
            col(Session.position_ms),
            col(Session.lease_until),
            seen,
        )
        .outerjoin(PublishedProfile, col(PublishedProfile.profile_id) == col(Session.profile_id))
        .outerjoin(PublishedPlayable, col(PublishedPlayable.playable_id) == col(Session.playable_id))
        .where(
            col(Session.account_id) == account_id,
            col(Session.ended_at).is_(None),
            col(Session.lease_until) > request.now,
        )
        .order_by(col(Session.started_at), col(Session.id))
    )
    return [stream_row(request, row) for row in await db.execute(query)]


def stream_row(request: Request, row: Any) -> ActiveStreamRow:
    playable = playable_ref(row.kind, row.playable_id) if row.seen else None
    name = row.name if row.name is not None else say(request.languages, "SOMEONE")
    return ActiveStreamRow(
        *(row.id, name, row.device_name, playable), *(row.started_at, row.position_ms, row.lease_until)
    )


async def active_streams(request: Request, account_ids: Sequence[UUID]) -> list[list[ActiveStreamRow] | None]:
    """Batch: the streams that hold a slot of the household; None for a household that is not the viewer's."""
    own = request.viewer.account_id if request.viewer else None
    if own is None or own not in account_ids:
        return [None] * len(account_ids)
    async with request.read("viewing") as db:
        streams = await streams_of(request, db, own)
    return [streams if account_id == own else None for account_id in account_ids]


def topic_of(account_id: UUID) -> str:
    return f"streams:{account_id}"


def tell_streams(hub: Hub, account_ids: Iterable[UUID]) -> None:
    """Has whoever listens look at the households' streams again; call after the commit."""
    for account_id in account_ids:
        hub.post(topic_of(account_id), Event(0, b""))


async def active_streams_changed(request: Request) -> AsyncGenerator[list[ActiveStreamRow], None]:
    """The household's streams, then again whenever one begins or ends. BadInput for a token without a household."""
    account_id = request.viewer.account_id if request.viewer else None
    if account_id is None:
        raise BadInput("This access token is of no household.")
    shown: list[UUID] | None = None
    streams: list[ActiveStreamRow] = []
    hub = request.resources.hub
    async with aclosing(hub.hear(topic_of(account_id), lambda: until_lease_ends(streams))) as changes:
        async for _ in changes:
            now = request.renewed()
            async with now.read("viewing") as db:
                streams = await streams_of(now, db, account_id)
            if (ids := [stream.session_id for stream in streams]) != shown:
                shown = ids
                request.forget()
                yield streams


def until_lease_ends(streams: Sequence[ActiveStreamRow]) -> float | None:
    """Seconds until the first of the leases is over, of which no event tells; None without any."""
    if not streams:
        return None
    left = min(stream.lease_until for stream in streams) - datetime.now(UTC)
    return max(left.total_seconds(), 0) + 0.01
