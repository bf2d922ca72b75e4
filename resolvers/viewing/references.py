"""The other subgraphs' entities as this one refers to them: a row with the id, where the viewer may know of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.catalog import PlayableKind, TitleKind
from models.published import PublishedPlayable as Playable
from models.published import PublishedProfile as Profile
from models.published import PublishedTitle as Title
from resolvers.visible import visible
from runtime.database import among
from runtime.request import Request
from runtime.scalars import uuid_of


@dataclass(slots=True)
class MovieRef:
    id: UUID


@dataclass(slots=True)
class SeriesRef:
    id: UUID


@dataclass(slots=True)
class EpisodeRef:
    id: UUID


@dataclass(slots=True)
class TrailerRef:
    id: UUID


@dataclass(slots=True)
class AccountRef:
    id: UUID


@dataclass(slots=True)
class ProfileRef:
    """A profile of the viewer's household; its lists hold nothing rated above `maximum_age`."""

    id: UUID
    maximum_age: int

    @property
    def key(self) -> tuple[UUID, int]:
        return self.id, self.maximum_age


TitleRef: TypeAlias = MovieRef | SeriesRef
PlayableRef: TypeAlias = MovieRef | EpisodeRef | TrailerRef
TITLES: Mapping[TitleKind, Callable[[UUID], TitleRef]] = {TitleKind.MOVIE: MovieRef, TitleKind.SERIES: SeriesRef}
PLAYABLES: Mapping[PlayableKind, Callable[[UUID], PlayableRef]] = {
    PlayableKind.MOVIE: MovieRef,
    PlayableKind.EPISODE: EpisodeRef,
    PlayableKind.TRAILER: TrailerRef,
}


def title_ref(kind: TitleKind | None, title_id: UUID) -> TitleRef | None:
    """The title as a reference; None where it is no longer published."""
    return TITLES[kind](title_id) if kind else None


def playable_ref(kind: PlayableKind | None, playable_id: UUID) -> PlayableRef | None:
    """The playable as a reference; None where it is no longer published."""
    return PLAYABLES[kind](playable_id) if kind else None


async def movies(request: Request, ids: Sequence[Any]) -> Sequence[Any]:
    """Batch: the films that exist for the viewer."""
    return await titles_of_kind(request, ids, TitleKind.MOVIE)


async def series(request: Request, ids: Sequence[Any]) -> Sequence[Any]:
    """Batch: the series that exist for the viewer."""
    return await titles_of_kind(request, ids, TitleKind.SERIES)


async def episodes(request: Request, ids: Sequence[Any]) -> Sequence[Any]:
    """Batch: the episodes of series that exist for the viewer."""
    return await playables_of_kind(request, ids, PlayableKind.EPISODE)


async def trailers(request: Request, ids: Sequence[Any]) -> Sequence[Any]:
    """Batch: the trailers of titles that exist for the viewer."""
    return await playables_of_kind(request, ids, PlayableKind.TRAILER)


async def titles_of_kind(request: Request, ids: Sequence[Any], kind: TitleKind) -> list[TitleRef | None]:
    title_id = col(Title.title_id)
    query = select(title_id).where(col(Title.kind) == kind, visible(title_id, request))
    known = await existing(request, query, title_id, ids)
    return [TITLES[kind](known[str(i)]) if str(i) in known else None for i in ids]


async def playables_of_kind(request: Request, ids: Sequence[Any], kind: PlayableKind) -> list[PlayableRef | None]:
    playable_id = col(Playable.playable_id)
    query = select(playable_id).where(col(Playable.kind) == kind, visible(col(Playable.title_id), request))
    known = await existing(request, query, playable_id, ids)
    return [PLAYABLES[kind](known[str(i)]) if str(i) in known else None for i in ids]


async def existing(request: Request, query: Any, column: Any, ids: Sequence[Any]) -> dict[str, UUID]:
    """Those of `ids` that the query finds, by the spelling they were asked for in."""
    wanted = {str(i): key for i in ids if (key := uuid_of(str(i)))}
    async with request.read("viewing") as db:
        found = set((await db.execute(query.where(among(column, list(wanted.values()))))).scalars())
    return {spelling: key for spelling, key in wanted.items() if key in found}


async def visible_titles(request: Request, ids: Sequence[UUID]) -> dict[UUID, TitleRef]:
    """Those of the titles that exist for the viewer, by id."""
    title_id = col(Title.title_id)
    query = select(title_id, col(Title.kind)).where(among(title_id, ids), visible(title_id, request))
    async with request.read("viewing") as db:
        return {row.title_id: TITLES[row.kind](row.title_id) for row in await db.execute(query)}


async def profiles(request: Request, ids: Sequence[Any]) -> list[ProfileRef | None]:
    """Batch: the profiles of the viewer's own household; None for any other."""
    viewer = request.viewer
    if viewer is None or viewer.account_id is None:
        return [None] * len(ids)
    wanted = {str(i): key for i in ids if (key := uuid_of(str(i)))}
    query = select(col(Profile.profile_id), col(Profile.maximum_age)).where(
        col(Profile.account_id) == viewer.account_id, among(col(Profile.profile_id), list(wanted.values()))
    )
    async with request.read("viewing") as db:
        ages = {row.profile_id: row.maximum_age for row in await db.execute(query)}
    limited = {key: min(age, viewer.maximum_age) for key, age in ages.items()}
    known = {spelling: ProfileRef(key, limited[key]) for spelling, key in wanted.items() if key in limited}
    return [known.get(str(i)) for i in ids]


async def accounts(request: Request, ids: Sequence[Any]) -> list[AccountRef | None]:
    """Batch: the viewer's own household; None for any other."""
    own = request.viewer.account_id if request.viewer else None
    return [AccountRef(own) if own is not None and uuid_of(str(i)) == own else None for i in ids]
