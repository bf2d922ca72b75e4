"""A playback: the session that a player gets, or why it gets none."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from models.viewing import (
    PlaybackCommandKind,
    PlaybackCommandReason,
    PlaybackDenialReason,
    PlayerState,
    StreamingProtocol,
)
from resolvers.viewing.heartbeats import HeartbeatInput
from resolvers.viewing.playback import DrmSystem, PlaybackSessionRow, Player, StartPlaybackInput
from resolvers.viewing.rights import PlaybackDeniedRow
from runtime.scalars import LanguageTag, Url
from schema.fields import made_of
from schema.inputs import INPUTS, as_input
from schema.shared import UserError
from schema.viewing.screens import ActiveStream
from schema.viewing.titles import Episode, Playable

for enumeration in (
    *(DrmSystem, PlaybackCommandKind, PlaybackCommandReason, PlaybackDenialReason),
    *(Player, PlayerState, StreamingProtocol),
):
    strawberry.enum(enumeration)

as_input(StartPlaybackInput)
as_input(HeartbeatInput)

DESCRIPTIONS = {
    "player": "What will read the manifests: players differ in how they want keys announced.",
    "row_id": "The home row it was picked from.",
}
for declared in INPUTS[StartPlaybackInput].__strawberry_definition__.fields:  # type: ignore[attr-defined]
    declared.description = DESCRIPTIONS.get(declared.python_name)


@strawberry.federation.type(shareable=True)
class HttpHeader:
    name: str
    value: str


@strawberry.type
class DrmConfiguration:
    system: DrmSystem
    license_url: Url
    certificate_url: Url | None
    headers: list[HttpHeader]


@strawberry.type
class Manifest:
    protocol: StreamingProtocol
    url: Url
    cdn: str


@strawberry.type
class Ad:
    id: strawberry.ID
    duration_ms: int
    manifest_url: Url
    click_through_url: Url | None
    reason: str = strawberry.field(description="Why this one is shown.")


@strawberry.type
class AdBreak:
    id: strawberry.ID
    at_ms: int
    duration_ms: int
    ads: list[Ad]


@strawberry.type
@made_of(PlaybackSessionRow)
class PlaybackSession:
    id: strawberry.ID
    playable: Playable | None
    manifests: list[Manifest] = strawberry.field(description="Signed, bound to this session, and expiring.")
    drm: list[DrmConfiguration]
    thumbnails_url: Url | None
    resume_at_ms: int
    audio_language: LanguageTag | None
    subtitle_language: LanguageTag | None
    max_height: int
    ad_breaks: list[AdBreak]
    next_episode: Episode | None
    heartbeat_interval_ms: int
    expires_at: datetime


@strawberry.type
@made_of(PlaybackDeniedRow)
class PlaybackDenied:
    reason: PlaybackDenialReason
    message: str
    active_streams: list[ActiveStream] = strawberry.field(
        description="The streams that take up the plan's slots: pass their ids as `terminate` to take one over."
    )
    available_from: datetime | None


StartPlaybackResult: TypeAlias = Annotated[
    PlaybackSession | PlaybackDenied, strawberry.union(name="StartPlaybackResult")
]


@strawberry.type
class PlaybackCommand:
    kind: PlaybackCommandKind
    reason: PlaybackCommandReason
    message: str


@strawberry.type
class HeartbeatPayload:
    playable: Playable | None
    command: PlaybackCommand | None
    user_errors: list[UserError]


@strawberry.type
class ProgressPayload:
    playable: Playable | None
    user_errors: list[UserError]
