"""The catalog's tables: titles with their texts, windows, ratings, people, pictures, and the media that plays."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Float, Index, Text, text
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


class PlayableKind(enum.Enum):
    MOVIE = "MOVIE"
    EPISODE = "EPISODE"
    TRAILER = "TRAILER"


class MarkerKind(enum.Enum):
    INTRO = "INTRO"
    RECAP = "RECAP"
    CREDITS = "CREDITS"
    CHAPTER = "CHAPTER"
    AD_CUE = "AD_CUE"


class UploadPurpose(enum.Enum):
    VIDEO = "VIDEO"
    SUBTITLES = "SUBTITLES"
    ARTWORK = "ARTWORK"


class MediaAssetStatus(enum.Enum):
    AWAITING_UPLOAD = "AWAITING_UPLOAD"
    QUEUED = "QUEUED"
    PROCESSING = "PROCESSING"
    READY = "READY"
    FAILED = "FAILED"


class IngestStage(enum.Enum):
    PROBE = "PROBE"
    TRANSCODE = "TRANSCODE"
    PACKAGE = "PACKAGE"
    PUBLISH = "PUBLISH"


class RenditionKind(enum.Enum):
    VIDEO = "VIDEO"
    AUDIO = "AUDIO"
    SUBTITLE = "SUBTITLE"
    THUMBNAIL = "THUMBNAIL"


class SubtitleKind(enum.Enum):
    SUBTITLES = "SUBTITLES"
    CAPTIONS = "CAPTIONS"
    FORCED = "FORCED"


class Title(SQLModel, table=True):
    """A film or a series; a film is its own playable and lends it its id."""

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: TitleKind = choice(TitleKind)
    slug: str = Field(unique=True)
    original_language: str
    release_year: int | None = None
    status: SeriesStatus | None = choice(SeriesStatus, nullable=True, default=None)
    state: PublicationState = choice(PublicationState, default=PublicationState.DRAFT)
    revision: int = 1
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
    __table_args__ = (
        Index("person_name_trigrams", text("public.folded(name) gin_trgm_ops"), postgresql_using="gin"),
        SCHEMA,
    )
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
    __table_args__ = (SCHEMA,)
    title_id: UUID = Field(foreign_key="catalog.title.id", primary_key=True, ondelete="CASCADE")
    source: str = Field(primary_key=True)
    value: str


class Season(SQLModel, table=True):
    """A series' season; `names` maps languages to a name of its own, which most have not. Number 0 holds specials."""

    __table_args__ = (Index("season_by_series", "series_id", "number", unique=True), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    series_id: UUID = Field(foreign_key="catalog.title.id", ondelete="CASCADE")
    number: int
    names: dict[str, str] = Field(default_factory=dict, sa_type=JSONB)


class Playable(SQLModel, table=True):
    """Whatever a player plays. A film's has the film's id; `asset_id` is the media that plays, shared by some."""

    __table_args__ = (
        Index("playable_by_title", "title_id", "kind"),
        Index("playable_by_season", "season_id", "number", unique=True),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: PlayableKind = choice(PlayableKind)
    title_id: UUID = Field(foreign_key="catalog.title.id", ondelete="CASCADE")
    season_id: UUID | None = Field(default=None, foreign_key="catalog.season.id", ondelete="CASCADE")
    number: int | None = None
    air_date: date | None = None
    asset_id: UUID | None = Field(default=None, foreign_key="catalog.media_asset.id")


class PlayableText(SQLModel, table=True):
    """An episode's or a trailer's name in one language; a film's texts are its title's."""

    __tablename__ = "playable_text"
    __table_args__ = (SCHEMA,)
    playable_id: UUID = Field(foreign_key="catalog.playable.id", primary_key=True, ondelete="CASCADE")
    language: str = Field(primary_key=True)
    name: str
    synopsis: str | None = None


class Marker(SQLModel, table=True):
    """A stretch of a playable, in milliseconds from its start."""

    __table_args__ = (CheckConstraint("end_ms > start_ms and start_ms >= 0", name="marker_not_inverted"), SCHEMA)
    playable_id: UUID = Field(foreign_key="catalog.playable.id", primary_key=True, ondelete="CASCADE")
    kind: MarkerKind = choice(MarkerKind, primary_key=True)
    start_ms: int = Field(primary_key=True)
    end_ms: int
    label: str | None = None


class MediaAsset(SQLModel, table=True):
    """A mezzanine file and all that was made of it; `prefix` is where its segments lie in object storage."""

    __tablename__ = "media_asset"
    __table_args__ = (Index("media_asset_by_target", "target_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    target_id: UUID
    purpose: UploadPurpose = choice(UploadPurpose, default=UploadPurpose.VIDEO)
    filename: str
    source_key: str
    status: MediaAssetStatus = choice(MediaAssetStatus, default=MediaAssetStatus.QUEUED)
    stage: IngestStage | None = choice(IngestStage, nullable=True, default=None)
    progress: float = Field(default=0.0, sa_type=Float)
    attempts: int = 0
    error: str | None = None
    duration_ms: int | None = None
    prefix: str | None = None
    created_at: datetime = Field(sa_type=Instant)


class Rendition(SQLModel, table=True):
    """One encoded track of an asset; `label`, `channels` and `descriptive` are for audio, `subtitle_kind` for text."""

    __table_args__ = (Index("rendition_by_asset", "asset_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    asset_id: UUID = Field(foreign_key="catalog.media_asset.id", ondelete="CASCADE")
    kind: RenditionKind = choice(RenditionKind)
    codec: str
    bitrate: int | None = None
    width: int | None = None
    height: int | None = None
    language: str | None = None
    label: str | None = None
    channels: int | None = None
    descriptive: bool = False
    subtitle_kind: SubtitleKind | None = choice(SubtitleKind, nullable=True, default=None)


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
