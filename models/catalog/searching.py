"""What search looks things up in: written with what is published, by the functions of the migration."""

from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlmodel import Field, SQLModel

from models.columns import new_id

SCHEMA = {"schema": "catalog"}


class SearchName(SQLModel, table=True):
    """A name of a live title in any language, or of somebody credited in one.

    `name` is `label` as catalog.searchable() writes it: words in small letters without accents. `words` finds it by
    them, whatever their order.
    """

    __tablename__ = "search_name"
    __table_args__ = (
        Index("search_name_by_owner", "owner_id", "name", unique=True),
        Index("search_name_trigrams", text("name gin_trgm_ops"), postgresql_using="gin"),
        Index("search_name_words", "words", postgresql_using="gin"),
        Index("search_name_by_length", text("length(name)")),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID
    of_person: bool
    label: str
    name: str
    words: str = Field(sa_type=TSVECTOR)


class SearchText(SQLModel, table=True):
    """All that a live title says, for full-text search: its names, people, taglines and synopses, in that order of
    weight (A to D), the prose stemmed in its language."""

    __tablename__ = "search_text"
    __table_args__ = (Index("search_text_document", "document", postgresql_using="gin"), SCHEMA)
    title_id: UUID = Field(primary_key=True)
    document: str = Field(sa_type=TSVECTOR)


class SearchWord(SQLModel, table=True):
    """A word of a name, for those who mistype it. Words of names that are gone are removed once a day."""

    __tablename__ = "search_word"
    __table_args__ = (Index("search_word_by_length", text("length(word)")), SCHEMA)
    word: str = Field(primary_key=True)
