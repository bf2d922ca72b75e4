"""Orders to players: who lost its slot is told by the next heartbeat, and at once where it listens."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.viewing import PlaybackCommandKind, PlaybackCommandReason
from models.viewing import PlaybackSession as Session
from resolvers.viewing.messages import say
from resolvers.viewing.streams import tell_streams
from runtime.errors import NotFound
from runtime.events import Event, Hub
from runtime.request import Request
from runtime.scalars import Id, uuid_of

ENDED = 1
"""The only event of a session: its end."""


@dataclass(slots=True)
class PlaybackCommandRow:
    kind: PlaybackCommandKind
    reason: PlaybackCommandReason
    message: str


def topic_of(session_id: UUID) -> str:
    return f"playback:{session_id}"


def announce(hub: Hub, account_ids: Iterable[UUID], session_ids: Iterable[UUID]) -> None:
    """Tells households that their streams changed, and the players of sessions that they have ended; call after the
    commit."""
    tell_streams(hub, account_ids)
    for session_id in session_ids:
        hub.post(topic_of(session_id), Event(ENDED, b""))


def stop(request: Request, reason: PlaybackCommandReason, name: str | None = None) -> PlaybackCommandRow:
    """The order to stop, in the words of the viewer's language; `name` is who took over."""
    message = say(request.languages, reason.name, name=name or say(request.languages, "SOMEONE"))
    return PlaybackCommandRow(PlaybackCommandKind.STOP, reason, message)


async def playback_command(request: Request, *, session_id: Id) -> AsyncGenerator[PlaybackCommandRow, None]:
    """The order that ends the session, once there is one. NotFound for a session of another profile."""
    key = uuid_of(session_id)
    if key is None or await end_of(request, key) is None:
        raise NotFound("There is no such playback session.")
    while True:
        state = await end_of(request, key)
        if state is not None and state.ended_at is not None:
            break
        async with aclosing(request.resources.hub.listen(topic_of(key), 0, partial(ended, request, key))) as orders:
            await anext(orders)  # whatever came: the row says what happened
    if state.end_reason is not None:
        yield stop(request, state.end_reason, state.ended_by)


async def ended(request: Request, session_id: UUID) -> int:
    state = await end_of(request, session_id)
    return ENDED if state is not None and state.ended_at is not None else 0


async def end_of(request: Request, session_id: UUID) -> Any:
    """How the session ended; None where the viewer's profile has no such session."""
    columns = (col(Session.ended_at), col(Session.end_reason), col(Session.ended_by))
    query = select(*columns).where(col(Session.id) == session_id, col(Session.profile_id) == request.profile_id)
    async with request.read("viewing") as db:
        return (await db.execute(query)).one_or_none()
