"""What home's rows may show: for each row the best titles that play now, in two statements however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Float, Integer, Text, Uuid, any_, column, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlmodel import col

from models.catalog import TitleKind
from models.columns import Instant
from models.published import PublishedGenre as Genre
from models.published import PublishedPopularity as Popularity
from models.published import PublishedTitle as Title
from models.published import PublishedWindow as Window
from resolvers.texts import best
from resolvers.viewing.references import TITLES, TitleRef
from resolvers.visible import in_window
from runtime.request import Request

ROW_LENGTH = 100
LEAVING_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A title and its place in a row: higher ranks come first, ties by the higher id."""

    title: TitleRef
    rank: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """One row's titles, best first, at most 100. `weight` is how much they are watched together."""

    kind: str
    genre_id: UUID | None
    genre: str | None
    titles: Sequence[Candidate]
    weight: float


async def candidates_for(request: Request, ages: Sequence[int]) -> list[list[Candidates]]:
    """Batch: the rows that do not depend on who watches, for viewers of each maximum age."""
    async with request.read("viewing") as db:
        rows = (await db.execute(statement(request, ages))).all()
        ids = list({row.genre_id for row in rows if row.genre_id})
        genres = await db.execute(
            select(col(Genre.genre_id), col(Genre.names)).where(
                col(Genre.genre_id) == any_(literal(ids, ARRAY(Uuid())))
            )
        )
        names: dict[UUID, str | None] = {g.genre_id: best(g.names, request.languages) for g in genres}
    found: dict[int, list[Candidates]] = {age: [] for age in ages}
    for row in rows:
        found[row.age].append(candidates_of(row, names))
    return [found[age] for age in ages]


def candidates_of(row: Any, names: dict[UUID, str | None]) -> Candidates:
    titles = [
        Candidate(TITLES[TitleKind[kind]](title_id), rank)
        for title_id, kind, rank in zip(row.title_ids, row.kinds, row.ranks, strict=True)
    ]
    return Candidates(row.row, row.genre_id, names.get(row.genre_id), titles, row.weight)


def statement(request: Request, ages: Sequence[int]) -> Any:
    """One row a home row, with its titles as arrays."""
    pool = playing_now(request, ages)
    no_genre: Any = null().cast(Uuid())
    opened = func.extract("epoch", func.greatest(pool.c.opened_at, pool.c.added_at)).cast(Float())
    closing = -func.extract("epoch", pool.c.closes_at).cast(Float())
    by_genre = select(pool, func.unnest(pool.c.genre_ids).label("genre_id")).subquery("by_genre")
    soon = pool.c.closes_at < request.now + LEAVING_WITHIN
    return union_all(
        row("TRENDING", pool, no_genre, pool.c.score).where(pool.c.score > 0).group_by(pool.c.age),
        row("NEW_RELEASES", pool, no_genre, opened).group_by(pool.c.age),
        row("LEAVING_SOON", pool, no_genre, closing).where(soon).group_by(pool.c.age),
        row("GENRE", by_genre, by_genre.c.genre_id, by_genre.c.score).group_by(by_genre.c.age, by_genre.c.genre_id),
    )


def playing_now(request: Request, ages: Sequence[int]) -> Any:
    """Every title with an open window, once for each age that may see it."""
    asked = (
        func.unnest(literal(list(set(ages)), ARRAY(Integer()))).table_valued(column("age", Integer()), name="asked")
    ).render_derived()
    closes_at = func.coalesce(col(Window.closes_at), literal("infinity").cast(Instant()))
    score = func.coalesce(col(Popularity.score), 0.0)
    return (
        select(
            *(asked.c.age, col(Title.title_id), col(Title.kind), col(Title.genre_ids), col(Title.added_at)),
            *(score.label("score"), func.min(col(Window.opens_at)).label("opened_at")),
            func.max(closes_at).label("closes_at"),
        )
        .join(Window, col(Window.title_id) == col(Title.title_id))
        .join(asked, col(Window.minimum_age) <= asked.c.age)
        .outerjoin(Popularity, col(Popularity.title_id) == col(Title.title_id))
        .where(*in_window(col(Title.title_id), request)[1:], col(Window.opens_at) <= request.now)
        .group_by(asked.c.age, col(Title.title_id), score)
        .cte("pool")
    )


def row(kind: str, pool: Any, genre_id: Any, rank: Any) -> Any:
    """The row's titles in the order of `rank`, in step with their kinds and ranks."""

    def ordered(value: Any, of: Any) -> Any:
        arranged = func.array_agg(aggregate_order_by(value, rank.desc(), pool.c.title_id.desc()), type_=ARRAY(of))
        return arranged[1:ROW_LENGTH]

    return select(
        pool.c.age,
        literal(kind).label("row"),
        genre_id.label("genre_id"),
        ordered(pool.c.title_id, Uuid()).label("title_ids"),
        ordered(pool.c.kind.cast(Text()), Text()).label("kinds"),
        ordered(rank, Float()).label("ranks"),
        func.sum(pool.c.score).label("weight"),
    )
