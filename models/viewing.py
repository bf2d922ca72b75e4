"""The viewing subgraph's tables: playback sessions, progress, continue-watching, lists and thumbs."""

import enum
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "viewing"}


class ContinueReason(enum.Enum):
    IN_PROGRESS = "IN_PROGRESS"
    NEXT_EPISODE = "NEXT_EPISODE"
    NEW_EPISODE = "NEW_EPISODE"


class Thumb(enum.Enum):
    DOWN = "DOWN"
    UP = "UP"
    DOUBLE_UP = "DOUBLE_UP"


class PlayerState(enum.Enum):
    PLAYING = "PLAYING"
    PAUSED = "PAUSED"
    BUFFERING = "BUFFERING"
    ENDED = "ENDED"


class StreamingProtocol(enum.Enum):
    HLS = "HLS"
    DASH = "DASH"


class PlaybackDenialReason(enum.Enum):
    NO_SUBSCRIPTION = "NO_SUBSCRIPTION"
    PLAN_TOO_LOW = "PLAN_TOO_LOW"
    STREAM_LIMIT = "STREAM_LIMIT"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    DEVICE_NOT_SUPPORTED = "DEVICE_NOT_SUPPORTED"
    NOT_READY = "NOT_READY"
    PROFILE_REQUIRED = "PROFILE_REQUIRED"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"
    SESSION_ENDED = "SESSION_ENDED"


class PlaybackCommandKind(enum.Enum):
    STOP = "STOP"
    PAUSE = "PAUSE"


class PlaybackCommandReason(enum.Enum):
    TAKEN_OVER = "TAKEN_OVER"
    NO_SUBSCRIPTION = "NO_SUBSCRIPTION"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    DEVICE_REVOKED = "DEVICE_REVOKED"
    SIGNED_OUT = "SIGNED_OUT"
    ACCOUNT_SUSPENDED = "ACCOUNT_SUSPENDED"


class AccountLock(SQLModel, table=True):
    """One row an account, locked while its stream slots are counted."""

    __tablename__ = "account_lock"
    __table_args__ = (SCHEMA,)
    account_id: UUID = Field(primary_key=True)


class PlaybackSession(SQLModel, table=True):
    """One play of a playable on a device: a lease of a stream slot until `lease_until`, renewed by heartbeats.

    `sign_in_id` is identity's session, with which the play ends; `country` is where the right to watch is looked up
    (null: it began before that was kept). `row_id` is the row of home that it was picked from, `buckets` the arms of
    experiments that the profile was in.
    What its first heartbeat found of the playable's progress is kept in `found_watched` and `found_at` (when that last
    counted), `counted` is whether this play counts as one: so each heartbeat replaces the last one's doing. Quality of
    experience: `bitrate` (bit/s) is the last, `bits` how many were played, `rebuffers` how many heartbeats told of a
    stall and `rebuffer_ms` for how long playing stalled.
    """

    __tablename__ = "playback_session"
    __table_args__ = (
        Index("playback_session_live", "account_id", "lease_until", postgresql_where=text("ended_at is null")),
        Index("playback_session_by_profile", "profile_id", "started_at"),
        Index("playback_session_by_sign_in", "sign_in_id", postgresql_where=text("ended_at is null")),
        Index("playback_session_idempotency", "profile_id", "idempotency_key", unique=True),
        SCHEMA,
    )
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID
    profile_id: UUID
    playable_id: UUID
    title_id: UUID
    sign_in_id: UUID | None = None
    device_name: str
    idempotency_key: str
    request_hash: bytes
    sequence: int = 0
    position_ms: int = 0
    watched_ms: int = 0
    state: PlayerState = choice(PlayerState, default=PlayerState.PLAYING)
    bitrate: int | None = None
    bits: int = Field(default=0, sa_type=BigInteger)
    rebuffers: int = 0
    rebuffer_ms: int = Field(default=0, sa_type=BigInteger)
    found_watched: bool = False
    found_at: datetime | None = Field(default=None, sa_type=Instant)
    counted: bool = False
    country: str | None = None
    max_height: int
    row_id: str | None = None
    buckets: str | None = None
    started_at: datetime = Field(sa_type=Instant)
    beat_at: datetime = Field(sa_type=Instant)
    lease_until: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    end_reason: PlaybackCommandReason | None = choice(PlaybackCommandReason, nullable=True, default=None)
    ended_by: str | None = None


class Progress(SQLModel, table=True):
    """How far a profile is in a playable, in milliseconds.

    `counted_at` is when it was last watched beyond 5 %: by it continue-watching knows what of a title to go on with.
    """

    __table_args__ = (
        CheckConstraint("position_ms >= 0", name="position_not_negative"),
        Index("progress_by_title", "profile_id", "title_id"),
        Index("progress_of_title", "title_id", "profile_id"),
        SCHEMA,
    )
    profile_id: UUID = Field(primary_key=True)
    playable_id: UUID = Field(primary_key=True)
    title_id: UUID
    position_ms: int
    duration_ms: int
    watched: bool
    play_count: int
    updated_at: datetime = Field(sa_type=Instant)
    counted_at: datetime | None = Field(default=None, sa_type=Instant)


class ProfileState(SQLModel, table=True):
    """A profile's `revision` rises with every change of its continue-watching list: the cursor of the push."""

    __tablename__ = "profile_state"
    __table_args__ = (SCHEMA,)
    profile_id: UUID = Field(primary_key=True)
    revision: int


class ContinueWatching(SQLModel, table=True):
    """What to go on with: one row a title, so one a series."""

    __tablename__ = "continue_watching"
    __table_args__ = (Index("continue_watching_newest", "profile_id", "updated_at"), SCHEMA)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    playable_id: UUID
    reason: ContinueReason = choice(ContinueReason)
    updated_at: datetime = Field(sa_type=Instant)


class Removal(SQLModel, table=True):
    """A title that a profile took out of continue-watching: it stays out until it is watched later than that."""

    __table_args__ = (SCHEMA,)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    removed_at: datetime = Field(sa_type=Instant)


class NotInterested(SQLModel, table=True):
    """A title that a profile does not want to be shown among what it may like."""

    __tablename__ = "not_interested"
    __table_args__ = (SCHEMA,)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    said_at: datetime = Field(sa_type=Instant)


class ListItem(SQLModel, table=True):
    """A title on a profile's own list."""

    __tablename__ = "list_item"
    __table_args__ = (Index("list_item_newest", "profile_id", "added_at"), SCHEMA)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    added_at: datetime = Field(sa_type=Instant)


class TitleThumb(SQLModel, table=True):
    __tablename__ = "title_thumb"
    __table_args__ = (SCHEMA,)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    thumb: Thumb = choice(Thumb)
    rated_at: datetime = Field(sa_type=Instant)


class TasteSeed(SQLModel, table=True):
    """A title that a new profile picked, so that its first rows fit."""

    __tablename__ = "taste_seed"
    __table_args__ = (SCHEMA,)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    chosen_at: datetime = Field(sa_type=Instant)


class Impression(SQLModel, table=True):
    """How often a title of a home row was on a profile's screen on one day (UTC), in which arms of experiments."""

    __table_args__ = (Index("impression_by_day", "day"), SCHEMA)
    profile_id: UUID = Field(primary_key=True)
    title_id: UUID = Field(primary_key=True)
    row_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    count: int
    buckets: str


class TrainedModel(SQLModel, table=True):
    """A model whose artifact lies in object storage; the one that was activated last is the one that ranks.

    `watermark` is the newest event that it was trained on.
    """

    __tablename__ = "trained_model"
    __table_args__ = (Index("trained_model_active", "activated_at"), SCHEMA)
    version: str = Field(primary_key=True)
    watermark: datetime = Field(sa_type=Instant)
    interactions: int
    metrics: dict[str, float] = Field(sa_type=JSONB)
    trained_at: datetime = Field(sa_type=Instant)
    activated_at: datetime = Field(sa_type=Instant)


class PopularityRevision(SQLModel, table=True):
    """One row: its number rises with each change of PublishedPopularity."""

    __tablename__ = "popularity_revision"
    __table_args__ = (SCHEMA,)
    id: int = Field(primary_key=True)
    revision: int = Field(sa_type=BigInteger)
