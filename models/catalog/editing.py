"""How titles come to be: drafts, what is to go out by itself, curated lists, and the record of what changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, new_id

SCHEMA = {"schema": "catalog"}


class TitleDraft(SQLModel, table=True):
    """What editors changed since a title was last published: the whole title as it would be published.

    `document` is a resolvers.catalog.editing.document.TitleDocument as JSON; the slug is reserved by it, and `names`,
    its names a line each, are what editors search.
    """

    __tablename__ = "title_draft"
    __table_args__ = (
        Index("title_draft_name_trigrams", text("public.folded(names) gin_trgm_ops"), postgresql_using="gin"),
        SCHEMA,
    )
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    slug: str = Field(unique=True)
    names: str
    document: dict[str, Any] = Field(sa_type=JSONB)
    changed_at: datetime = Field(sa_type=Instant)


class TitleSchedule(SQLModel, table=True):
    """What goes out by itself at an instant: the title as it was when that was decided, whatever is edited since."""

    __tablename__ = "title_schedule"
    __table_args__ = (Index("title_schedule_by_time", "publish_at"), SCHEMA)
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    publish_at: datetime = Field(sa_type=Instant)
    revision: int
    document: dict[str, Any] = Field(sa_type=JSONB)


class TitleChange(SQLModel, table=True):
    """When what viewers see of a title last changed by somebody's doing; windows change it too, by themselves."""

    __tablename__ = "title_change"
    __table_args__ = (Index("title_change_by_time", "changed_at", "title_id"), SCHEMA)
    title_id: UUID = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=Instant)


class TitleShown(SQLModel, table=True):
    """Where a title has ever been visible, and from which age on: whoever saw it is told when it goes, and no other."""

    __tablename__ = "title_shown"
    __table_args__ = (SCHEMA,)
    title_id: UUID = Field(primary_key=True)
    country: str = Field(primary_key=True)
    minimum_age: int


class Collection(SQLModel, table=True):
    """A curated list; `names` maps languages to its name."""

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    names: dict[str, str] = Field(sa_type=JSONB)
    position: int


class CollectionTitle(SQLModel, table=True):
    __tablename__ = "collection_title"
    __table_args__ = (SCHEMA,)
    collection_id: UUID = Field(foreign_key="catalog.collection.id", primary_key=True, ondelete="CASCADE")
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    position: int
