"""A title as a viewer would see it then and there."""

from collections.abc import Sequence
from datetime import datetime

from models.catalog import ArtworkKind
from resolvers.catalog.editing.rows import EditorialTitleRow, PreviewRow
from resolvers.catalog.rows import ArtworkRow, TextLength
from runtime.request import Request
from runtime.scalars import CountryCode, LanguageTag


async def previews_of(
    request: Request,
    titles: Sequence[EditorialTitleRow],
    *,
    country: CountryCode,
    language: LanguageTag | None = None,
    at: datetime | None = None,
    maximum_age: int | None = None,
) -> list[PreviewRow | None]:
    raise NotImplementedError


async def preview_synopses_of(
    request: Request, previews: Sequence[PreviewRow], *, length: TextLength = TextLength.MEDIUM
) -> list[str | None]:
    raise NotImplementedError


async def preview_artwork_of(
    request: Request, previews: Sequence[PreviewRow], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    raise NotImplementedError
