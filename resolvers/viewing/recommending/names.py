"""Names in the viewer's language, for headings and explanations; nothing is asked for where none is wanted."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from models.published import PublishedGenre, PublishedPerson, PublishedTitle
from resolvers.texts import best
from runtime.database import among
from runtime.request import Request


async def names_of_genres(request: Request, ids: Sequence[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(col(PublishedGenre.genre_id), col(PublishedGenre.names))
    async with request.read("viewing") as db:
        rows = await db.execute(query.where(among(col(PublishedGenre.genre_id), ids)))
        return {row.genre_id: name for row in rows if (name := best(row.names, request.languages))}


async def names_of_titles(request: Request, ids: Sequence[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    title_id = col(PublishedTitle.title_id)
    query = select(title_id, col(PublishedTitle.names), col(PublishedTitle.original_language))
    async with request.read("viewing") as db:
        rows = await db.execute(query.where(among(title_id, ids)))
        found = ((r.title_id, best(r.names, request.languages, r.original_language)) for r in rows)
        return {id_: name for id_, name in found if name}


async def names_of_people(request: Request, ids: Sequence[UUID]) -> dict[UUID, str]:
    if not ids:
        return {}
    query = select(col(PublishedPerson.person_id), col(PublishedPerson.name))
    async with request.read("viewing") as db:
        rows = await db.execute(query.where(among(col(PublishedPerson.person_id), ids)))
        return {row.person_id: row.name for row in rows}
