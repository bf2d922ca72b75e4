"""The feed of changes, for partners."""

from datetime import datetime

import strawberry

from schema.catalog.titles import Title
from schema.shared import PageInfo


@strawberry.type
class TitleChange:
    title_id: strawberry.ID
    at: datetime
    title: Title | None = strawberry.field(description="Null where it is no longer visible.")


@strawberry.type
class TitleChangeEdge:
    node: TitleChange
    cursor: str


@strawberry.type
class TitleChangeConnection:
    edges: list[TitleChangeEdge]
    page_info: PageInfo
