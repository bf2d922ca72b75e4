"""Titles as editors see them, drafts and published ones alike."""

from collections.abc import Sequence
from uuid import UUID

from models.catalog import PublicationState
from resolvers.catalog.editing.document import PlayableEntry
from resolvers.catalog.editing.rows import EditorialArtworkRow, EditorialTitleRow
from resolvers.catalog.rows import CreditRow, GenreRow
from resolvers.paging import Page
from runtime.request import Request
from runtime.scalars import Id


async def editorial_title(request: Request, *, id: Id) -> EditorialTitleRow | None:
    raise NotImplementedError


async def editorial_titles(
    request: Request,
    *,
    state: PublicationState | None = None,
    query: str | None = None,
    first: int | None = 20,
    after: str | None = None,
) -> Page[EditorialTitleRow]:
    raise NotImplementedError


async def editorial_genres_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[GenreRow]]:
    raise NotImplementedError


async def editorial_credits_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[CreditRow]]:
    raise NotImplementedError


async def editorial_artwork_of(request: Request, ids: Sequence[UUID]) -> list[list[EditorialArtworkRow]]:
    raise NotImplementedError


async def editorial_playables_of(
    request: Request,
    titles: Sequence[EditorialTitleRow],
    *,
    season: int | None = None,
    first: int | None = 50,
    after: str | None = None,
) -> list[Page[PlayableEntry]]:
    raise NotImplementedError


async def media_lengths_of(request: Request, ids: Sequence[UUID]) -> list[int | None]:
    """Milliseconds of each playable's media, published or not; None until it is ready."""
    raise NotImplementedError
