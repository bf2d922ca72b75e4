"""What a profile sees: home and its lists; and what a household is watching."""

from datetime import datetime

import strawberry
from strawberry.federation.schema_directives import Cost

from models.viewing import ContinueReason
from resolvers.viewing.home import home_of, titles_of_row
from resolvers.viewing.lists import continue_watching_of, history_of, my_list_of
from resolvers.viewing.recommending.lists import recommendations_of
from resolvers.viewing.recommending.rows import HomeRowKind
from resolvers.viewing.references import AccountRef, ProfileRef, accounts, profiles
from resolvers.viewing.streams import active_streams
from schema.fields import loads, made_of
from schema.shared import PageInfo, sized
from schema.viewing.titles import Playable, RecommendationConnection, Title

for enumeration in (ContinueReason, HomeRowKind):
    strawberry.enum(enumeration)


@strawberry.type
class HomeRow:
    id: strawberry.ID
    kind: HomeRowKind
    heading: str
    seed: Title | None = strawberry.field(description="The title that the row stems from, in because-you-watched.")
    titles: RecommendationConnection = loads(titles_of_row, key="whole", directives=[sized()])


@strawberry.type
class HomeEdge:
    node: HomeRow
    cursor: str


@strawberry.type
class HomeConnection:
    edges: list[HomeEdge]
    page_info: PageInfo
    model_version: str | None = strawberry.field(
        description="Which trained model ranked it; null where the ranking fell back to popularity."
    )
    generated_at: datetime


@strawberry.federation.type(shareable=True)
class TitleEdge:
    node: Title | None
    cursor: str


@strawberry.federation.type(shareable=True)
class TitleConnection:
    edges: list[TitleEdge]
    page_info: PageInfo


@strawberry.type
class ContinueWatchingItem:
    id: strawberry.ID
    title: Title | None
    playable: Playable | None
    reason: ContinueReason
    updated_at: datetime


@strawberry.type
class ContinueWatchingEdge:
    node: ContinueWatchingItem
    cursor: str


@strawberry.type
class ContinueWatchingConnection:
    edges: list[ContinueWatchingEdge]
    page_info: PageInfo


@strawberry.type
class HistoryEntry:
    id: strawberry.ID
    playable: Playable | None
    started_at: datetime
    ended_at: datetime
    watched_ms: int
    completed: bool
    device_name: str | None


@strawberry.type
class HistoryEdge:
    node: HistoryEntry
    cursor: str


@strawberry.type
class HistoryConnection:
    edges: list[HistoryEdge]
    page_info: PageInfo


@strawberry.federation.type(keys=["id"])
@made_of(ProfileRef, profiles)
class Profile:
    id: strawberry.ID
    home: HomeConnection | None = loads(
        home_of,
        key="key",
        description="The home screen: rows ranked for this profile, no title twice above the fold.",
        directives=[Cost(weight=10), sized(10)],
    )
    continue_watching: ContinueWatchingConnection | None = loads(
        continue_watching_of,
        key="key",
        description="One entry a series, newest first; finished ones give way to the next episode.",
        directives=[sized()],
    )
    my_list: TitleConnection | None = loads(my_list_of, key="key", directives=[sized()])
    history: HistoryConnection | None = loads(history_of, key="key", directives=[sized()])
    recommendations: RecommendationConnection | None = loads(
        recommendations_of, key="key", directives=[Cost(weight=3), sized()]
    )


@strawberry.type
class ActiveStream:
    session_id: strawberry.ID
    profile_name: str
    device_name: str
    playable: Playable | None
    started_at: datetime
    position_ms: int


@strawberry.federation.type(keys=["id"])
@made_of(AccountRef, accounts)
class Account:
    id: strawberry.ID
    active_streams: list[ActiveStream] | None = loads(active_streams)
