"""What a player reports: heartbeats, and the end of its playback."""

from dataclasses import dataclass, field

from models.viewing import PlaybackCommandReason, PlayerState
from resolvers.viewing.beats import Beat, Heard, Session, keep
from resolvers.viewing.commands import ENDED, PlaybackCommandRow, stop, topic_of
from resolvers.viewing.messages import say
from resolvers.viewing.references import PlayableRef, playable_ref
from runtime.errors import Refusal, UserErrorRow
from runtime.events import Event
from runtime.request import Request
from runtime.scalars import Id, uuid_of


@dataclass(kw_only=True)
class HeartbeatInput:
    session_id: Id
    sequence: int
    position_ms: int
    state: PlayerState
    bitrate: int | None = None
    rebuffer_ms: int | None = None


@dataclass(slots=True)
class HeartbeatRow:
    playable: PlayableRef | None
    command: PlaybackCommandRow | None
    user_errors: list[UserErrorRow] = field(default_factory=list)


@dataclass(slots=True)
class ProgressPayloadRow:
    playable: PlayableRef | None
    user_errors: list[UserErrorRow] = field(default_factory=list)


async def heartbeat(request: Request, *, input: HeartbeatInput) -> HeartbeatRow:
    """Durable when it returns. Repeats and late arrivals change nothing; a position beyond the end is the end.

    Refusals: NOT_FOUND (`sessionId`: not of this profile), OUT_OF_RANGE (`sequence`, `positionMs`, `bitrate`,
    `rebufferMs`), SESSION_ENDED (`sessionId`: the viewer stopped it). Where somebody else ended it, `command` says so.
    """
    if input.sequence < 1:
        message = say(request.languages, "FROM_ONE", value=input.sequence)
        raise Refusal("OUT_OF_RANGE", message, "input", "sequence")
    for name in ("position_ms", "bitrate", "rebuffer_ms"):
        check_not_negative(request, getattr(input, name), "input", camel(name))
    heard = await beaten(
        request,
        ("input", "sessionId"),
        input.session_id,
        sequence=input.sequence,
        position_ms=input.position_ms,
        state=input.state,
        bitrate=input.bitrate,
        rebuffer_ms=input.rebuffer_ms or 0,
    )
    session = heard.session
    return HeartbeatRow(playable_ref(session.playable_kind, session.playable_id), command(request, heard))


async def stop_playback(request: Request, *, session_id: Id, position_ms: int) -> ProgressPayloadRow:
    """Stores the position and frees the stream slot at once; again, it changes nothing.

    Refusals: NOT_FOUND (`sessionId`), OUT_OF_RANGE (`positionMs`).
    """
    check_not_negative(request, position_ms, "positionMs")
    heard = await beaten(request, ("sessionId",), session_id, sequence=None, position_ms=position_ms)
    session = heard.session
    request.resources.hub.post(topic_of(session.id), Event(ENDED, b""))
    return ProgressPayloadRow(playable_ref(session.playable_kind, session.playable_id))


async def beaten(request: Request, path: tuple[str, ...], session_id: Id, **numbers: object) -> Heard:
    """The session after the beat. Refusal NOT_FOUND where the viewer's profile has none of that id."""
    key, profile_id = uuid_of(session_id), request.profile_id
    heard = None
    if key is not None and profile_id is not None:
        heard = await keep(request, Beat(profile_id, key, now=request.now, **numbers))  # type: ignore[arg-type]
    if heard is None:
        raise Refusal("NOT_FOUND", say(request.languages, "UNKNOWN_SESSION"), *path)
    return heard


def command(request: Request, heard: Heard) -> PlaybackCommandRow | None:
    """The order to stop where the session was ended by another, or what plays is gone."""
    session: Session = heard.session
    if session.ended_at is not None and session.reason is not None:
        return stop(request, session.reason, session.ended_by)
    if session.kind is None:
        return stop(request, PlaybackCommandReason.NOT_AVAILABLE)
    if heard.refused:
        raise Refusal("SESSION_ENDED", say(request.languages, "SESSION_ENDED"), "input", "sessionId")
    return None


def check_not_negative(request: Request, value: int | None, *path: str) -> None:
    if value is not None and value < 0:
        raise Refusal("OUT_OF_RANGE", say(request.languages, "NOT_NEGATIVE", value=value), *path)


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.title, rest))
