"""What a title's page shows beside its texts: genres, maturity rating, artwork, external ids."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from models.catalog import ArtworkKind
from resolvers.catalog.keys import grouped, in_order
from resolvers.catalog.languages import preference
from resolvers.catalog.rows import ArtworkRow, ExternalIdRow, GenreRow, MaturityRow
from resolvers.catalog.tables import ARTWORK, EXTERNAL_ID, GENRE, RATING, TITLE_GENRE
from resolvers.texts import best
from resolvers.visible import visible
from runtime.database import among
from runtime.errors import BadInput
from runtime.request import Request
from runtime.scalars import Url


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
    return sorted((genre_row(request, *row) for row in found), key=lambda genre: genre.name)


async def maturity_of(request: Request, ids: Sequence[UUID]) -> list[MaturityRow | None]:
    """Each title's rating in the request's country; a title without one is invisible there."""
    rating = RATING.c
    columns = (rating.title_id, rating.system, rating.code, rating.minimum_age, rating.advisories)
    statement = select(*columns).where(among(rating.title_id, ids), rating.country == request.country)
    async with request.read("catalog") as db:
        return in_order(ids, {id_: MaturityRow(*row) for id_, *row in await db.execute(statement)})


async def pictures(request: Request, owners: Iterable[UUID], *conditions: Any) -> dict[UUID, ArtworkRow]:
    """The best picture of each owner: in a wanted language, else without words, else the next best."""
    a = ARTWORK.c
    statement = (
        select(a.owner_id, a.object_key, a.width, a.height, a.blurhash, a.alt)
        .where(among(a.owner_id, list(owners)), *conditions)
        .ext(distinct_on(a.owner_id))
        .order_by(a.owner_id, preference(request, a.language), a.id)
    )
    base = f"{request.resources.settings.address}/"
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    return {owner: ArtworkRow(Url(base + key), *picture) for owner, key, *picture in rows}


def check_width(width: int | None) -> None:
    if width is not None and width < 1:
        raise BadInput(f"`width` must be positive; it is {width}.")


async def artwork_of(
    request: Request, ids: Sequence[UUID], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    """A title's picture of one kind, in its original size whatever `width` asks for; None where it has none."""
    check_width(width)
    return in_order(ids, await pictures(request, ids, ARTWORK.c.kind == kind))


async def stills_of(
    request: Request, pictured: Sequence[tuple[UUID, UUID]], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    """An episode's or a trailer's picture, else its title's."""
    check_width(width)
    owners = {id_ for both in pictured for id_ in both}
    found = await pictures(request, owners, ARTWORK.c.kind == kind)
    return [found.get(own) or found.get(title) for own, title in pictured]


async def photos_of(request: Request, ids: Sequence[UUID], *, width: int | None = None) -> list[ArtworkRow | None]:
    check_width(width)
    return in_order(ids, await pictures(request, ids))


async def external_ids_of(request: Request, ids: Sequence[UUID]) -> list[list[ExternalIdRow]]:
    """Each title's ids in other catalogues, such as Wikidata's, by source."""
    x = EXTERNAL_ID.c
    statement = select(x.title_id, x.source, x.value).where(among(x.title_id, ids)).order_by(x.source)
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    found = grouped((title_id, ExternalIdRow(source, value)) for title_id, source, value in rows)
    return [found[id_] for id_ in ids]
