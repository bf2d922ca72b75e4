"""Titles published, now or at an instant, and withdrawn."""

from datetime import datetime

from resolvers.catalog.editing.rows import EditorialTitleChanged
from runtime.request import Request
from runtime.scalars import Id


async def publish_title(
    request: Request, *, id: Id, revision: int, at: datetime | None = None
) -> EditorialTitleChanged:
    raise NotImplementedError


async def unpublish_title(request: Request, *, id: Id) -> EditorialTitleChanged:
    raise NotImplementedError
