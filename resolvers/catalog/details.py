"""What a title's page shows beside its texts: genres, maturity rating, external ids."""

import unicodedata
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from resolvers.catalog.keys import grouped, there
from resolvers.catalog.rows import ExternalIdRow, GenreRow, MaturityRow
from resolvers.catalog.tables import EXTERNAL_ID, GENRE, RATING, TITLE_GENRE
from resolvers.texts import best
from resolvers.visible import visible
from runtime.database import among
from runtime.errors import NotFound
from runtime.request import Request


def genre_row(request: Request, id_: UUID, slug: str, names: dict[str, str]) -> GenreRow:
    return GenreRow(id_, slug, best(names, request.languages) or slug)


async def genres_of(request: Request, ids: Sequence[UUID]) -> list[list[GenreRow]]:
    """Each title's genres, the foremost first. A row a genre comes back, for many titles share few genres."""
    titles = func.array_agg(aggregate_order_by(TITLE_GENRE.c.title_id, TITLE_GENRE.c.title_id))
    positions = func.array_agg(aggregate_order_by(TITLE_GENRE.c.position, TITLE_GENRE.c.title_id))
    statement = (
        select(GENRE.c.id, GENRE.c.slug, GENRE.c.names, titles, positions)
        .join(TITLE_GENRE, TITLE_GENRE.c.genre_id == GENRE.c.id)
        .where(among(TITLE_GENRE.c.title_id, ids))
        .group_by(GENRE.c.id)
    )
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    placed: dict[UUID, list[tuple[int, GenreRow]]] = {id_: [] for id_ in ids}
    for *genre, title_ids, places in rows:
        row = genre_row(request, *genre)
        for title_id, position in zip(title_ids, places, strict=True):
            placed[title_id].append((position, row))
    return [[row for _, row in sorted(placed[id_], key=lambda pair: pair[0])] for id_ in ids]


async def genres(request: Request) -> list[GenreRow]:
    """The genres that have something for this viewer, by name."""
    anything = select(1).where(TITLE_GENRE.c.genre_id == GENRE.c.id, visible(TITLE_GENRE.c.title_id, request)).exists()
    async with request.read("catalog") as db:
        found = await db.execute(select(GENRE.c.id, GENRE.c.slug, GENRE.c.names).where(anything))
    return sorted((genre_row(request, *row) for row in found), key=lambda genre: (plain(genre.name), genre.slug))


def plain(name: str) -> str:
    """The name without accents and capitals, as alphabets order it."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))


async def maturity_of(request: Request, ids: Sequence[UUID]) -> list[MaturityRow | NotFound]:
    """Each title's rating in the request's country; a title without one is invisible there."""
    rating = RATING.c
    columns = (rating.title_id, rating.system, rating.code, rating.minimum_age, rating.advisories)
    statement = select(*columns).where(among(rating.title_id, ids), rating.country == request.country)
    async with request.read("catalog") as db:
        return there(ids, {id_: MaturityRow(*row) for id_, *row in await db.execute(statement)})


async def external_ids_of(request: Request, ids: Sequence[UUID]) -> list[list[ExternalIdRow]]:
    """Each title's ids in other catalogues, such as Wikidata's, by source."""
    x = EXTERNAL_ID.c
    statement = select(x.title_id, x.source, x.value).where(among(x.title_id, ids)).order_by(x.source)
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    found = grouped((title_id, ExternalIdRow(source, value)) for title_id, source, value in rows)
    return [found[id_] for id_ in ids]
