"""The other subgraphs' entities as this one refers to them: a row with the id, where the viewer may know of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import col

from models.catalog import PlayableKind, TitleKind
from models.published import PublishedPlayable as Playable
from models.published import PublishedProfile as Profile
from models.published import PublishedTitle as Title
from resolvers.visible import ASKER, asked_by, visible
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

IDS = any_(bindparam("ids", type_=ARRAY(Uuid())))
# built once: building them took half of the CPU that a pushed event cost
VISIBLE_TITLES = select(col(Title.title_id), col(Title.kind)).where(
    col(Title.title_id) == IDS, visible(col(Title.title_id), ASKER)
)
TITLES_OF_KIND = VISIBLE_TITLES.with_only_columns(col(Title.title_id)).where(col(Title.kind) == bindparam("kind"))
PLAYABLES_OF_KIND = select(col(Playable.playable_id)).where(
    col(Playable.playable_id) == IDS,
    col(Playable.kind) == bindparam("kind"),
    visible(col(Playable.title_id), ASKER),
)


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
    known = await existing(request, TITLES_OF_KIND, kind, ids)
    return [TITLES[kind](known[str(i)]) if str(i) in known else None for i in ids]


async def playables_of_kind(request: Request, ids: Sequence[Any], kind: PlayableKind) -> list[PlayableRef | None]:
    known = await existing(request, PLAYABLES_OF_KIND, kind, ids)
    return [PLAYABLES[kind](known[str(i)]) if str(i) in known else None for i in ids]


async def existing(request: Request, query: Any, kind: TitleKind | PlayableKind, ids: Sequence[Any]) -> dict[str, UUID]:
    """Those of `ids` that the query finds, by the spelling they were asked for in."""
    wanted = {str(i): key for i in ids if (key := uuid_of(str(i)))}
    given = {"ids": list(wanted.values()), "kind": kind, **asked_by(request)}
    async with request.read("viewing") as db:
        found = set((await db.execute(query, given)).scalars())
    return {spelling: key for spelling, key in wanted.items() if key in found}


async def visible_titles(request: Request, ids: Sequence[UUID]) -> dict[UUID, TitleRef]:
    """Those of the titles that exist for the viewer, by id."""
    async with request.read("viewing") as db:
        rows = await db.execute(VISIBLE_TITLES, {"ids": list(ids), **asked_by(request)})
        return {row.title_id: TITLES[row.kind](row.title_id) for row in rows}


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
