"""The catalog's titles and playables, with what the selected profile has to do with them."""

from datetime import datetime

import strawberry
from strawberry.federation.schema_directives import Cost

from models.viewing import Thumb
from resolvers.viewing.recommending.explaining import EvidenceKind, explanations_of
from resolvers.viewing.recommending.lists import match_score, more_like_this
from resolvers.viewing.references import (
    EpisodeRef,
    MovieRef,
    SeriesRef,
    TrailerRef,
    episodes,
    movies,
    series,
    trailers,
)
from resolvers.viewing.titles import episode_up_next, film_itself, in_my_list, progress_of, thumb_of
from schema.fields import loads, made_of
from schema.shared import PageInfo, sized

strawberry.enum(Thumb)
strawberry.enum(EvidenceKind)
MATCH_SCORE = "How well it suits the selected profile, from 0 to 1; null while there is too little to tell."


@strawberry.type
class Progress:
    position_ms: int
    duration_ms: int
    percent: float
    watched: bool
    play_count: int
    last_watched_at: datetime


@strawberry.interface
class Playable:
    id: strawberry.ID
    progress: Progress | None = strawberry.field(
        description="For the selected profile; null where it was never played."
    )


@strawberry.interface
class Title:
    id: strawberry.ID
    in_my_list: bool | None = strawberry.field(description="For the selected profile.")
    thumb: Thumb | None
    match_score: float | None = strawberry.field(description=MATCH_SCORE)
    more_like_this: "RecommendationConnection | None" = loads(more_like_this)
    up_next: Playable | None = strawberry.field(
        description="What to press play on: the film itself, or the episode to go on with."
    )


@strawberry.type
class Evidence:
    kind: EvidenceKind
    label: str
    weight: float
    title: Title | None


@strawberry.type(description="Why it is here, and the evidence the score rests on.")
class Explanation:
    text: str
    evidence: list[Evidence]


@strawberry.type
class RecommendationEdge:
    node: Title | None
    cursor: str
    explanation: Explanation | None = loads(explanations_of, key="asked")


@strawberry.type
class RecommendationConnection:
    edges: list[RecommendationEdge]
    page_info: PageInfo


@strawberry.federation.type(keys=["id"])
@made_of(MovieRef, movies)
class Movie(Title, Playable):
    id: strawberry.ID
    in_my_list: bool | None = loads(in_my_list)
    thumb: Thumb | None = loads(thumb_of)
    match_score: float | None = loads(match_score, description=MATCH_SCORE)
    more_like_this: RecommendationConnection | None = loads(more_like_this, directives=[Cost(weight=3), sized()])
    up_next: Playable | None = loads(film_itself)
    progress: Progress | None = loads(progress_of)


@strawberry.federation.type(keys=["id"])
@made_of(SeriesRef, series)
class Series(Title):
    id: strawberry.ID
    in_my_list: bool | None = loads(in_my_list)
    thumb: Thumb | None = loads(thumb_of)
    match_score: float | None = loads(match_score, description=MATCH_SCORE)
    more_like_this: RecommendationConnection | None = loads(more_like_this, directives=[Cost(weight=3), sized()])
    up_next: Playable | None = loads(episode_up_next)


@strawberry.federation.type(keys=["id"])
@made_of(EpisodeRef, episodes)
class Episode(Playable):
    id: strawberry.ID
    progress: Progress | None = loads(progress_of)


@strawberry.federation.type(keys=["id"])
@made_of(TrailerRef, trailers)
class Trailer(Playable):
    id: strawberry.ID
    progress: Progress | None = loads(progress_of)
