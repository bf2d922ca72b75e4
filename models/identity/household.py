"""Households: accounts, their profiles, devices and sessions."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "identity"}


class AccountStatus(enum.Enum):
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    CLOSING = "CLOSING"


class ProfileKind(enum.Enum):
    ADULT = "ADULT"
    TEEN = "TEEN"
    KIDS = "KIDS"


class SubtitleMode(enum.Enum):
    OFF = "OFF"
    FORCED_ONLY = "FORCED_ONLY"
    FOREIGN_AUDIO = "FOREIGN_AUDIO"
    ALWAYS = "ALWAYS"


class SkipMode(enum.Enum):
    ASK = "ASK"
    AUTO = "AUTO"
    OFF = "OFF"


class DeviceKind(enum.Enum):
    WEB = "WEB"
    PHONE = "PHONE"
    TABLET = "TABLET"
    TV = "TV"
    CONSOLE = "CONSOLE"
    SET_TOP_BOX = "SET_TOP_BOX"


class AccountKey(SQLModel, table=True):
    """An account's own data key, wrapped by the key-encryption key `wrapped_by`: without it the account is erased."""

    __tablename__ = "account_key"
    __table_args__ = (SCHEMA,)
    account_id: UUID = Field(primary_key=True)
    wrapped_by: str
    wrapped: bytes


class Account(SQLModel, table=True):
    """A household. `email` is encrypted; `email_index` is its blind index, for look-ups and uniqueness.

    `language` is the one for mail. Without a password it signs in by a passkey or an outside provider.
    """

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    email: bytes = Field(sa_type=LargeBinary)
    email_index: bytes = Field(sa_type=LargeBinary, unique=True)
    email_verified: bool = False
    password_hash: str | None = None
    status: AccountStatus = choice(AccountStatus, default=AccountStatus.ACTIVE)
    country: str
    language: str = "en"
    epoch: int = 1
    roles: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    created_at: datetime = Field(sa_type=Instant)


class Profile(SQLModel, table=True):
    """Who in the household watches; languages are BCP 47 tags, best first."""

    __table_args__ = (Index("profile_by_account", "account_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    name: str
    avatar_id: UUID
    kind: ProfileKind = choice(ProfileKind, default=ProfileKind.ADULT)
    maximum_age: int = 18
    pin_hash: str | None = None
    language: str
    audio_languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    subtitle_mode: SubtitleMode = choice(SubtitleMode, default=SubtitleMode.FOREIGN_AUDIO)
    subtitle_languages: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    autoplay_next: bool = True
    autoplay_previews: bool = True
    skip_intro: SkipMode = choice(SkipMode, default=SkipMode.ASK)
    skip_recap: SkipMode = choice(SkipMode, default=SkipMode.ASK)
    skip_credits: SkipMode = choice(SkipMode, default=SkipMode.ASK)
    created_at: datetime = Field(sa_type=Instant)


class Device(SQLModel, table=True):
    __table_args__ = (Index("device_by_account", "account_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    name: str
    kind: DeviceKind = choice(DeviceKind)
    last_seen_at: datetime = Field(sa_type=Instant)


class Session(SQLModel, table=True):
    """A sign-in that still stands, and the profile that it is scoped to.

    One of a client of OAuth has its `client_id` and the `scope` that it was granted; a client's own, without anybody
    signed in, has no account. `cookie_hash` is the SHA-256 of the cookie by which the hosted pages know a browser.
    """

    __table_args__ = (Index("session_by_account", "account_id"), Index("session_by_expiry", "expires_at"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID | None = Field(default=None, foreign_key="identity.account.id", ondelete="CASCADE")
    device_id: UUID | None = Field(default=None, foreign_key="identity.device.id", ondelete="CASCADE")
    client_id: str | None = Field(default=None, foreign_key="identity.oauth_client.id", ondelete="CASCADE")
    scope: str | None = None
    cookie_hash: bytes | None = Field(default=None, sa_type=LargeBinary, unique=True)
    profile_id: UUID | None = Field(default=None, foreign_key="identity.profile.id", ondelete="SET NULL")
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class RefreshToken(SQLModel, table=True):
    """One of a session's refresh tokens, by its SHA-256. Used twice outside of the leeway it revokes the session."""

    __tablename__ = "refresh_token"
    __table_args__ = (Index("refresh_token_by_session", "session_id"), SCHEMA)
    token_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    session_id: UUID = Field(foreign_key="identity.session.id", ondelete="CASCADE")
    issued_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Avatar(SQLModel, table=True):
    """A picture that a profile may use."""

    __table_args__ = (SCHEMA,)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    object_key: str
    position: int
