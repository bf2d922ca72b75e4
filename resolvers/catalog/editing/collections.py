"""Collections put together by editors; viewers see them at once."""

from resolvers.catalog.editing.inputs import CollectionInput
from resolvers.catalog.editing.rows import CollectionSaved
from runtime.request import Request
from runtime.scalars import Id


async def save_collection(request: Request, *, input: CollectionInput, id: Id | None = None) -> CollectionSaved:
    raise NotImplementedError
