"""What plays: films, episodes and trailers, and the media that was made of a file."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "catalog"}


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
