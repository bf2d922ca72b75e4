"""Titles made and changed: each change raises the title's revision, and reaches nobody before it is published."""

from models.catalog import TitleKind
from resolvers.catalog.editing.inputs import PlayableInput, TitleInput
from resolvers.catalog.editing.rows import EditorialTitleChanged
from runtime.request import Request
from runtime.scalars import Id, LanguageTag


async def create_title(
    request: Request, *, kind: TitleKind, original_language: LanguageTag, input: TitleInput
) -> EditorialTitleChanged:
    raise NotImplementedError


async def update_title(request: Request, *, id: Id, revision: int, input: TitleInput) -> EditorialTitleChanged:
    raise NotImplementedError


async def save_playable(
    request: Request, *, title_id: Id, revision: int, input: PlayableInput, id: Id | None = None
) -> EditorialTitleChanged:
    raise NotImplementedError


async def remove_playable(request: Request, *, id: Id, revision: int) -> EditorialTitleChanged:
    raise NotImplementedError
