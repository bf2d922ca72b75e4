"""What plays: seasons and their episodes, trailers, and any of them by id."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true, tuple_

from models.catalog import PlayableKind
from resolvers.catalog import languages
from resolvers.catalog.keys import each, exactly, grouped, in_order, integer, known, uuids
from resolvers.catalog.languages import preference, say
from resolvers.catalog.pages import Order, page
from resolvers.catalog.rows import EpisodeRow, MovieRow, SeasonRow, TrailerRow
from resolvers.catalog.tables import PLAYABLE, PLAYABLE_TEXT, SEASON, TITLE
from resolvers.catalog.titles import titles_by_id
from resolvers.paging import Page, identity, keys_of, limit_of
from resolvers.texts import best
from resolvers.visible import visible
from runtime.database import among
from runtime.request import Request
from runtime.scalars import Id

AIRING = Order("episodes", integer)
P = PLAYABLE.c


def text_of(request: Request, column: Any) -> Any:
    """One text of the statement's playable, from its best language that has it."""
    best = preference(request, PLAYABLE_TEXT.c.language, TITLE.c.original_language)
    texts = select(column).where(PLAYABLE_TEXT.c.playable_id == P.id, column.is_not(None)).correlate(PLAYABLE, TITLE)
    return texts.order_by(best, PLAYABLE_TEXT.c.language).limit(1).scalar_subquery().label(column.name)


def visible_playables(request: Request, kind: PlayableKind, *conditions: ColumnElement[bool]) -> Select[Any]:
    """What `episode_row` and `trailer_row` make rows of, as far as its title exists for the viewer."""
    values = (P.id, P.title_id, text_of(request, PLAYABLE_TEXT.c.name), P.number)
    episodes = (text_of(request, PLAYABLE_TEXT.c.synopsis), P.air_date, P.season_id)
    return (
        select(*values, *(episodes if kind is PlayableKind.EPISODE else ()))
        .join(TITLE, TITLE.c.id == P.title_id)
        .where(P.kind == kind, visible(P.title_id, request), *conditions)
    )


def episode_row(request: Request, id_: UUID, title_id: UUID, name: str | None, number: int, *rest: Any) -> EpisodeRow:
    return EpisodeRow(id_, title_id, name or say(languages.EPISODE, request, number), number, *rest)


def trailer_row(request: Request, id_: UUID, title_id: UUID, name: str | None, number: int | None) -> TrailerRow:
    return TrailerRow(id_, title_id, name or say(languages.TRAILER, request))


async def episodes_by_id(request: Request, ids: Sequence[UUID | str]) -> list[EpisodeRow | None]:
    keys = uuids(ids)
    statement = visible_playables(request, PlayableKind.EPISODE, among(P.id, known(keys)))
    async with request.read("catalog") as db:
        return in_order(keys, {row[0]: episode_row(request, *row) for row in await db.execute(statement)})


async def trailers_by_id(request: Request, ids: Sequence[UUID | str]) -> list[TrailerRow | None]:
    keys = uuids(ids)
    statement = visible_playables(request, PlayableKind.TRAILER, among(P.id, known(keys)))
    async with request.read("catalog") as db:
        return in_order(keys, {row[0]: trailer_row(request, *row) for row in await db.execute(statement)})


async def playable(request: Request, *, id: Id) -> MovieRow | EpisodeRow | TrailerRow | None:
    """The film, episode or trailer of this id."""
    title = await request.load(titles_by_id, id)
    if isinstance(title, MovieRow):
        return title
    return await request.load(episodes_by_id, id) or await request.load(trailers_by_id, id)


async def trailers_of(request: Request, ids: Sequence[UUID]) -> list[list[TrailerRow]]:
    statement = visible_playables(request, PlayableKind.TRAILER, among(P.title_id, ids))
    async with request.read("catalog") as db:
        rows = (await db.execute(statement.order_by(P.number, P.id))).all()
    found = grouped((row[1], trailer_row(request, *row)) for row in rows)
    return [found[id_] for id_ in ids]


def season_row(request: Request, id_: UUID, series_id: UUID, number: int, names: dict[str, str]) -> SeasonRow:
    words = languages.SEASON if number else languages.SPECIALS
    return SeasonRow(id_, series_id, number, best(names, request.languages) or say(words, request, number))


async def seasons_where(request: Request, condition: ColumnElement[bool]) -> list[SeasonRow]:
    s = SEASON.c
    statement = select(s.id, s.series_id, s.number, s.names).where(condition, visible(s.series_id, request))
    async with request.read("catalog") as db:
        return [season_row(request, *row) for row in await db.execute(statement.order_by(s.number))]


async def seasons_by_id(request: Request, ids: Sequence[UUID]) -> list[SeasonRow | None]:
    return in_order(ids, {row.id: row for row in await seasons_where(request, among(SEASON.c.id, ids))})


async def seasons_of(request: Request, ids: Sequence[UUID]) -> list[list[SeasonRow]]:
    """Each series' seasons; number 0 holds its specials."""
    found = grouped((row.series_id, row) for row in await seasons_where(request, among(SEASON.c.series_id, ids)))
    return [found[id_] for id_ in ids]


async def episode_counts_of(request: Request, ids: Sequence[UUID]) -> list[int]:
    statement = select(P.season_id, func.count()).where(among(P.season_id, ids)).group_by(P.season_id)
    async with request.read("catalog") as db:
        counts: dict[UUID, int] = dict((await db.execute(statement)).all())
    return [counts.get(id_, 0) for id_ in ids]


async def episodes_of(
    request: Request, ids: Sequence[UUID], *, first: int | None = 50, after: str | None = None
) -> list[Page[EpisodeRow]]:
    """Each season's episodes in their order."""
    limit = limit_of(first, default=50)
    seasons = each(ids)
    given = keys_of(after, exactly(AIRING.name), AIRING.kind, identity)
    later = [] if given is None else [tuple_(P.number, P.id) > tuple_(*given[1:])]
    source = visible_playables(request, PlayableKind.EPISODE, P.season_id == seasons.c.id, *later)
    episode = source.order_by(P.number, P.id).limit(limit + 1).lateral("episode")
    statement = select(episode).select_from(seasons).join(episode, true()).order_by(episode.c.number, episode.c.id)
    async with request.read("catalog") as db:
        rows = [episode_row(request, *row) for row in await db.execute(statement)]
    found = grouped((row.season_id, (row.number, row.id, row)) for row in rows)
    return [page(found[id_], AIRING, limit, after) for id_ in ids]
