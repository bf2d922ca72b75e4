"""Titles: films and series with their texts, people, ratings, windows and pictures."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "catalog"}


class TitleKind(enum.Enum):
    MOVIE = "MOVIE"
    SERIES = "SERIES"


class SeriesStatus(enum.Enum):
    UPCOMING = "UPCOMING"
    AIRING = "AIRING"
    ENDED = "ENDED"


class PublicationState(enum.Enum):
    DRAFT = "DRAFT"
    SCHEDULED = "SCHEDULED"
    PUBLISHED = "PUBLISHED"
    UNPUBLISHED = "UNPUBLISHED"


class CreditRole(enum.Enum):
    ACTOR = "ACTOR"
    DIRECTOR = "DIRECTOR"
    WRITER = "WRITER"
    CREATOR = "CREATOR"
    PRODUCER = "PRODUCER"
    COMPOSER = "COMPOSER"


class ArtworkKind(enum.Enum):
    POSTER = "POSTER"
    BACKDROP = "BACKDROP"
    LOGO = "LOGO"
    STILL = "STILL"


class Title(SQLModel, table=True):
    """A film or a series; a film is its own playable and lends it its id.

    `revision` counts what editors saved; `published_revision` is what viewers see of it, null while they see none.
    """

    __table_args__ = (Index("title_by_state", "state", "id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: TitleKind = choice(TitleKind)
    slug: str = Field(unique=True)
    original_language: str
    release_year: int | None = None
    status: SeriesStatus | None = choice(SeriesStatus, nullable=True, default=None)
    state: PublicationState = choice(PublicationState, default=PublicationState.DRAFT)
    revision: int = 1
    published_revision: int | None = None
    added_at: datetime = Field(sa_type=Instant)


class TitleText(SQLModel, table=True):
    """What a title is called and about, in one language (BCP 47)."""

    __tablename__ = "title_text"
    __table_args__ = (
        Index("title_text_name_trigrams", text("public.folded(name) gin_trgm_ops"), postgresql_using="gin"),
        SCHEMA,
    )
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    language: str = Field(primary_key=True)
    name: str
    synopsis: str | None = None
    tagline: str | None = None


class Genre(SQLModel, table=True):
    """A genre; `names` maps languages to its name."""

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    slug: str = Field(unique=True)
    names: dict[str, str] = Field(sa_type=JSONB)


class TitleGenre(SQLModel, table=True):
    __tablename__ = "title_genre"
    __table_args__ = (Index("title_genre_by_genre", "genre_id", "title_id"), SCHEMA)
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    genre_id: UUID = Field(foreign_key="catalog.genre.id", primary_key=True)
    position: int


class Person(SQLModel, table=True):
    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(index=True)


class Credit(SQLModel, table=True):
    """Who did what for a title, in billing order."""

    __table_args__ = (
        Index("credit_by_title", "title_id", "position"),
        Index("credit_by_person", "person_id", "title_id"),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title_id: UUID = Field(foreign_key="catalog.title.id", ondelete="CASCADE")
    person_id: UUID = Field(foreign_key="catalog.person.id")
    role: CreditRole = choice(CreditRole)
    character: str | None = None
    position: int


class Rating(SQLModel, table=True):
    """A territory's rating of a title; without one a title is invisible there."""

    __table_args__ = (SCHEMA,)
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    country: str = Field(primary_key=True)
    system: str
    code: str
    minimum_age: int
    advisories: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))


class Window(SQLModel, table=True):
    """When a title may be watched in some countries: from `opens_at` on, until just before `closes_at`."""

    __table_args__ = (
        Index("window_by_title", "title_id"),
        CheckConstraint("closes_at > opens_at", name="window_not_inverted"),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    title_id: UUID = Field(foreign_key="catalog.title.id", ondelete="CASCADE")
    countries: list[str] = Field(sa_type=ARRAY(Text))
    opens_at: datetime = Field(sa_type=Instant)
    closes_at: datetime | None = Field(default=None, sa_type=Instant)


class Artwork(SQLModel, table=True):
    """A picture of a title, an episode or a person: `object_key` is where the original lies in object storage."""

    __table_args__ = (Index("artwork_by_owner", "owner_id", "kind"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    owner_id: UUID
    kind: ArtworkKind = choice(ArtworkKind)
    language: str | None = None
    object_key: str
    width: int
    height: int
    blurhash: str | None = None
    alt: str


class ExternalId(SQLModel, table=True):
    __tablename__ = "external_id"
    __table_args__ = (Index("external_id_by_value", "source", "value"), SCHEMA)
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    source: str = Field(primary_key=True)
    value: str
