"""The viewing subgraph's queries, mutations and subscriptions."""

import strawberry
from strawberry.federation.schema_directives import Authenticated

from resolvers.viewing.clearing import clear_history
from resolvers.viewing.commands import playback_command
from resolvers.viewing.heartbeats import heartbeat, stop_playback
from resolvers.viewing.marks import (
    add_to_my_list,
    mark_watched,
    not_interested,
    rate_title,
    remove_from_continue_watching,
    remove_from_my_list,
)
from resolvers.viewing.playback import renew_playback, start_playback
from resolvers.viewing.recommending.impressions import report_impressions
from resolvers.viewing.recommending.seeds import choose_taste_seeds, taste_seeds
from resolvers.viewing.streams import active_streams_changed
from resolvers.viewing.updates import ChangeKind, continue_watching_changed
from schema.fields import asks, commands, streams
from schema.shared import AcknowledgedPayload, UserError, sized
from schema.viewing.playback import HeartbeatPayload, PlaybackCommand, ProgressPayload, StartPlaybackResult
from schema.viewing.screens import ActiveStream, ContinueWatchingItem, Profile
from schema.viewing.titles import Title

strawberry.enum(ChangeKind)


@strawberry.type
class ContinueWatchingPayload:
    removed_id: strawberry.ID | None
    user_errors: list[UserError]


@strawberry.type
class ClearHistoryPayload:
    cleared: int
    user_errors: list[UserError]


@strawberry.type
class TitlePayload:
    title: Title | None
    user_errors: list[UserError]


@strawberry.type
class TasteSeedsPayload:
    profile: Profile | None
    user_errors: list[UserError]


@strawberry.type
class ContinueWatchingEvent:
    cursor: str
    kind: ChangeKind
    item: ContinueWatchingItem | None
    removed_id: strawberry.ID | None
    snapshot: list[ContinueWatchingItem] | None


@strawberry.type
class Query:
    taste_seeds: list[Title | None] | None = asks(
        taste_seeds,
        description="Well-known titles to pick from, so that a new profile's first rows fit.",
        directives=[Authenticated(), sized(24, fields=False)],
    )


@strawberry.type
class Mutation:
    start_playback: StartPlaybackResult = asks(start_playback, directives=[Authenticated()])
    heartbeat: HeartbeatPayload = commands(
        heartbeat,
        description=(
            "Acknowledged only once it is durable. Repeats and late arrivals (an old `sequence`) change nothing."
        ),
        directives=[Authenticated()],
    )
    stop_playback: ProgressPayload = commands(
        stop_playback, description="Frees the stream slot at once.", directives=[Authenticated()]
    )
    renew_playback: StartPlaybackResult = asks(
        renew_playback,
        description="Checks the right to watch again and issues fresh URLs and licences.",
        directives=[Authenticated()],
    )
    remove_from_continue_watching: ContinueWatchingPayload = commands(
        remove_from_continue_watching, directives=[Authenticated()]
    )
    mark_watched: ProgressPayload = commands(mark_watched, directives=[Authenticated()])
    clear_history: ClearHistoryPayload = commands(
        clear_history, description="`titleId` or `all: true`; neither is an error.", directives=[Authenticated()]
    )
    add_to_my_list: TitlePayload = commands(add_to_my_list, directives=[Authenticated()])
    remove_from_my_list: TitlePayload = commands(remove_from_my_list, directives=[Authenticated()])
    rate_title: TitlePayload = commands(
        rate_title, description="Null takes the thumb back.", directives=[Authenticated()]
    )
    not_interested: TitlePayload = commands(not_interested, directives=[Authenticated()])
    report_impressions: AcknowledgedPayload = commands(
        report_impressions,
        description="What was on the screen, row by row; the ranker discounts what was passed over.",
        directives=[Authenticated()],
    )
    choose_taste_seeds: TasteSeedsPayload = commands(choose_taste_seeds, directives=[Authenticated()])


@strawberry.type
class Subscription:
    continue_watching_changed = streams(
        continue_watching_changed,
        ContinueWatchingEvent,
        description=(
            "Continue-watching as it changes, on whatever device. The first event is a snapshot; `after` replays what"
            " a lost connection missed."
        ),
        directives=[Authenticated()],
    )
    playback_command = streams(
        playback_command,
        PlaybackCommand,
        description="Orders to the player: someone took the slot over, or the right to watch ended.",
        directives=[Authenticated()],
    )
    active_streams_changed = streams(active_streams_changed, list[ActiveStream], directives=[Authenticated()])
