"""What keeps a title from being published."""

from collections.abc import Sequence

from resolvers.catalog.editing.rows import EditorialTitleRow
from runtime.errors import UserErrorRow
from runtime.request import Request


async def problems_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[UserErrorRow]]:
    raise NotImplementedError
