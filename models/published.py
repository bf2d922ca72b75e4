"""What one subgraph lets the others read: tables with stable columns, written by their owner in its own transactions.

Where subgraphs have databases of their own, logical replication feeds these tables to the others.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Index, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.catalog import PlayableKind, TitleKind
from models.columns import Instant, choice
from models.identity import AccountStatus, ProfileKind


class PublishedAccount(SQLModel, table=True):
    """Each account's standing: a token of an older `epoch` is no longer good."""

    __tablename__ = "published_account"
    __table_args__ = ({"schema": "identity"},)
    account_id: UUID = Field(primary_key=True)
    epoch: int
    status: AccountStatus = choice(AccountStatus)
    country: str


class PublishedProfile(SQLModel, table=True):
    __tablename__ = "published_profile"
    __table_args__ = (Index("published_profile_by_account", "account_id"), {"schema": "identity"})
    profile_id: UUID = Field(primary_key=True)
    account_id: UUID
    name: str
    kind: ProfileKind = choice(ProfileKind)
    maximum_age: int
    language: str
    audio_languages: list[str] = Field(sa_type=JSONB)
    subtitle_languages: list[str] = Field(sa_type=JSONB)
    subtitle_mode: str


class PublishedSession(SQLModel, table=True):
    """A sign-in that still stands: a token of one that is gone is no longer good. A client's own has no account.

    The device's name is for a household to tell its streams apart.
    """

    __tablename__ = "published_session"
    __table_args__ = ({"schema": "identity"},)
    session_id: UUID = Field(primary_key=True, foreign_key="identity.session.id", ondelete="CASCADE")
    account_id: UUID | None
    device_name: str | None


class PublishedTitle(SQLModel, table=True):
    """Each published title; where and for whom it is visible stands in PublishedWindow.

    `names` are by language; `person_ids` are those credited first, in billing order.
    """

    __tablename__ = "published_title"
    __table_args__ = (Index("published_title_by_genre", "genre_ids", postgresql_using="gin"), {"schema": "catalog"})
    title_id: UUID = Field(primary_key=True)
    kind: TitleKind = choice(TitleKind)
    genre_ids: list[UUID] = Field(sa_type=ARRAY(Uuid))
    release_year: int | None
    added_at: datetime = Field(sa_type=Instant)
    names: dict[str, str] = Field(default_factory=dict, sa_type=JSONB)
    original_language: str = "en"
    person_ids: list[UUID] = Field(default_factory=list, sa_type=ARRAY(Uuid))


class PublishedWindow(SQLModel, table=True):
    """When a title may be watched in one country, and how old its viewer must be there."""

    __tablename__ = "published_window"
    __table_args__ = (
        Index("published_window_by_country", "country", "opens_at", "title_id"),
        Index("published_window_by_close", "country", "closes_at", "title_id"),
        {"schema": "catalog"},
    )
    title_id: UUID = Field(primary_key=True)
    country: str = Field(primary_key=True)
    opens_at: datetime = Field(sa_type=Instant, primary_key=True)
    closes_at: datetime | None = Field(default=None, sa_type=Instant)
    minimum_age: int


class PublishedPlayable(SQLModel, table=True):
    """What can be played, in the order of its series; `prefix` is null until its media is ready."""

    __tablename__ = "published_playable"
    __table_args__ = (
        Index("published_playable_by_title", "title_id", "season_number", "number"),
        {"schema": "catalog"},
    )
    playable_id: UUID = Field(primary_key=True)
    kind: PlayableKind = choice(PlayableKind)
    title_id: UUID
    season_number: int | None = None
    number: int | None = None
    prefix: str | None = None
    duration_ms: int | None = None
    min_height: int | None = None
    max_height: int | None = None
    credits_start_ms: int | None = None
    audio_languages: list[str] = Field(sa_type=JSONB)
    subtitle_languages: list[str] = Field(sa_type=JSONB)


class PublishedGenre(SQLModel, table=True):
    __tablename__ = "published_genre"
    __table_args__ = ({"schema": "catalog"},)
    genre_id: UUID = Field(primary_key=True)
    slug: str
    names: dict[str, str] = Field(sa_type=JSONB)


class PublishedPerson(SQLModel, table=True):
    """Somebody credited for a title that is or was published."""

    __tablename__ = "published_person"
    __table_args__ = ({"schema": "catalog"},)
    person_id: UUID = Field(primary_key=True)
    name: str


class PublishedRevision(SQLModel, table=True):
    """One row: its number rises with each change of PublishedTitle and PublishedWindow, for whoever keeps them in
    memory."""

    __tablename__ = "published_revision"
    __table_args__ = ({"schema": "catalog"},)
    id: int = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)


class PublishedPopularity(SQLModel, table=True):
    """How much a title is watched: recent plays with a half-life, from 0 to 1."""

    __tablename__ = "published_popularity"
    __table_args__ = (Index("published_popularity_by_score", "score"), {"schema": "viewing"})
    title_id: UUID = Field(primary_key=True)
    score: float


class PublishedEntitlement(SQLModel, table=True):
    """What a household may do, until when: of its rows that are still valid the one of the highest `rank` counts."""

    __tablename__ = "published_entitlement"
    __table_args__ = (Index("published_entitlement_by_account", "account_id", "rank"), {"schema": "billing"})
    entitlement_id: UUID = Field(primary_key=True)
    account_id: UUID
    plan_id: UUID
    rank: int
    max_streams: int
    max_profiles: int
    max_devices: int
    max_height: int
    ads: bool
    valid_until: datetime | None = Field(default=None, sa_type=Instant)
