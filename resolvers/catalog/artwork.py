"""Pictures of titles, of what plays and of people: which one a viewer gets, in which size, and at which address."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from media.artwork import Picture, addresses_of
from models.catalog import ArtworkKind
from resolvers.catalog.keys import in_order
from resolvers.catalog.languages import preference
from resolvers.catalog.rows import ArtworkRow
from resolvers.catalog.tables import ARTWORK, CREDIT, PLAYABLE
from resolvers.visible import visible_to_anyone
from runtime.database import among
from runtime.errors import BadInput
from runtime.request import Request
from runtime.resources import Resources
from runtime.scalars import Url

Addressed = Callable[[Picture, int], Url]
"""Makes a picture's address, for a width in pixels."""
PICTURE = (ARTWORK.c.id, ARTWORK.c.object_key, ARTWORK.c.width, ARTWORK.c.height, ARTWORK.c.blurhash)


async def artwork_of(
    request: Request, ids: Sequence[UUID], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    """Each title's picture of one kind, at least `width` pixels wide unless the original isn't; None without one."""
    return in_order(ids, await best_pictures(request, ids, width, ARTWORK.c.kind == kind))


async def stills_of(
    request: Request, pictured: Sequence[tuple[UUID, UUID]], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    """An episode's or a trailer's picture, else its title's."""
    owners = {id_ for both in pictured for id_ in both}
    found = await best_pictures(request, owners, width, ARTWORK.c.kind == kind)
    return [found.get(own) or found.get(title) for own, title in pictured]


async def photos_of(request: Request, ids: Sequence[UUID], *, width: int | None = None) -> list[ArtworkRow | None]:
    return in_order(ids, await best_pictures(request, ids, width))


async def best_pictures(
    request: Request,
    owners: Iterable[UUID],
    width: int | None,
    *conditions: ColumnElement[bool],
    addressed: Addressed | None = None,
) -> dict[UUID, ArtworkRow]:
    """The best picture of each owner: in a wanted language, else without words, else the next best.

    Its address is public unless `addressed` says otherwise. BadInput for a width that is none.
    """
    if width is not None and width < 1:
        raise BadInput(f"`width` must be positive; it is {width}.")
    a = ARTWORK.c
    statement = (
        select(a.owner_id, a.alt, *PICTURE)
        .where(among(a.owner_id, list(owners)), *conditions)
        .ext(distinct_on(a.owner_id))
        .order_by(a.owner_id, preference(request, a.language), a.id)
    )
    async with request.read("catalog") as db:
        rows = (await db.execute(statement)).all()
    address = addressed or addresses_of(request.resources).public
    return {owner: artwork_row(Picture(*picture), alt, width, address) for owner, alt, *picture in rows}


def artwork_row(picture: Picture, alt: str, width: int | None, address: Addressed) -> ArtworkRow:
    across, down = picture.size_at(width)
    return ArtworkRow(address(picture, across), across, down, picture.blurhash, alt)


async def picture_at(resources: Resources, id_: UUID, now: datetime) -> tuple[Picture, bool] | None:
    """A picture by its own id, and whether any viewer anywhere may see now what it is of; None if there is none."""
    shown = visible_to_anyone(ARTWORK.c.owner_id, now)
    statement = select(*PICTURE, or_(shown, *through(now))).where(ARTWORK.c.id == id_)
    async with resources.database.read("catalog") as db:
        row = (await db.execute(statement)).one_or_none()
    return None if row is None else (Picture(*row[:-1]), row[-1])


def through(now: datetime) -> Iterable[Any]:
    """Whether the picture is of something that plays of such a title, or of a person who is credited for one."""
    owner = ARTWORK.c.owner_id
    yield exists().where(PLAYABLE.c.id == owner, visible_to_anyone(PLAYABLE.c.title_id, now))
    yield exists().where(CREDIT.c.person_id == owner, visible_to_anyone(CREDIT.c.title_id, now))
