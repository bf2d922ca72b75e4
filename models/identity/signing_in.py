"""What signing in takes beside a password: clients of OAuth, codes, mailed tokens, passkeys, outside identities."""

import enum
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Index, LargeBinary, Text
from sqlmodel import Field, SQLModel

from models.columns import Instant, choice, new_id

SCHEMA = {"schema": "identity"}


class MailTokenPurpose(enum.Enum):
    VERIFY_EMAIL = "VERIFY_EMAIL"
    RESET_PASSWORD = "RESET_PASSWORD"  # noqa: S105  a purpose


class Client(SQLModel, table=True):
    """A client of OAuth (RFC 6749, section 2); without a secret it is public. `scopes` are what it may ask for.

    A first party's household is not asked for its consent; `country` is where a partner's requests come from.
    """

    __tablename__ = "oauth_client"
    __table_args__ = (SCHEMA,)
    id: str = Field(primary_key=True)
    name: str
    secret_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    redirect_uris: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    grant_types: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    scopes: list[str] = Field(default_factory=list, sa_type=ARRAY(Text))
    first_party: bool = False
    country: str | None = None
    created_at: datetime = Field(sa_type=Instant)


class AuthorizationCode(SQLModel, table=True):
    """A code (RFC 6749, section 4.1) by its SHA-256; kept after its use, so that a replay revokes what it gave."""

    __tablename__ = "authorization_code"
    __table_args__ = (Index("authorization_code_by_expiry", "expires_at"), SCHEMA)
    code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    client_id: str = Field(foreign_key="identity.oauth_client.id", ondelete="CASCADE")
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    redirect_uri: str
    scope: str
    nonce: str | None = None
    challenge: str
    auth_time: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)
    session_id: UUID | None = Field(default=None, foreign_key="identity.session.id", ondelete="SET NULL")


class DeviceGrant(SQLModel, table=True):
    """A device that waits for approval (RFC 8628): its code by SHA-256, the code on its screen by a blind index."""

    __tablename__ = "device_grant"
    __table_args__ = (Index("device_grant_by_expiry", "expires_at"), SCHEMA)
    device_code_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    user_code_index: bytes = Field(sa_type=LargeBinary, unique=True)
    client_id: str = Field(foreign_key="identity.oauth_client.id", ondelete="CASCADE")
    device_name: str
    scope: str
    expires_at: datetime = Field(sa_type=Instant)
    interval_seconds: int = 5
    polled_at: datetime | None = Field(default=None, sa_type=Instant)
    denied: bool = False
    device_id: UUID | None = Field(default=None, foreign_key="identity.device.id", ondelete="CASCADE")


class Ceremony(SQLModel, table=True):
    """Something begun in a browser and not finished: `data` is sealed, and deleted by whoever takes it up, once."""

    __table_args__ = (Index("ceremony_by_expiry", "expires_at"), SCHEMA)
    id_hash: bytes = Field(sa_type=LargeBinary, primary_key=True)
    data: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=Instant)


class MailToken(SQLModel, table=True):
    """A link that was mailed: the token is this id with our MAC, so nothing here opens anything.

    `email` is a new address to verify, sealed, with its blind index; null for the account's own.
    """

    __tablename__ = "mail_token"
    __table_args__ = (Index("mail_token_by_account", "account_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    purpose: MailTokenPurpose = choice(MailTokenPurpose)
    email: bytes | None = Field(default=None, sa_type=LargeBinary)
    email_index: bytes | None = Field(default=None, sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class Throttle(SQLModel, table=True):
    """A leaky bucket: `level` attempts at `updated_at`. Its key is a blind index of whom and what it limits."""

    __table_args__ = (Index("throttle_by_time", "updated_at"), SCHEMA)
    key: bytes = Field(sa_type=LargeBinary, primary_key=True)
    level: float
    updated_at: datetime = Field(sa_type=Instant)


class KnownAddress(SQLModel, table=True):
    """A network address, as a blind index, from which an account signed in before."""

    __tablename__ = "known_address"
    __table_args__ = (SCHEMA,)
    account_id: UUID = Field(primary_key=True, foreign_key="identity.account.id", ondelete="CASCADE")
    address_index: bytes = Field(sa_type=LargeBinary, primary_key=True)
    seen_at: datetime = Field(sa_type=Instant)


class Passkey(SQLModel, table=True):
    """A WebAuthn credential: only its public half."""

    __table_args__ = (Index("passkey_by_account", "account_id"), SCHEMA)
    id: UUID = Field(default_factory=new_id, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    credential_id: bytes = Field(sa_type=LargeBinary, unique=True)
    public_key: bytes = Field(sa_type=LargeBinary)
    sign_count: int
    name: str
    created_at: datetime = Field(sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)


class OutsideIdentity(SQLModel, table=True):
    """Whom an outside OpenID provider knows as one of our accounts: a blind index of its issuer and subject."""

    __tablename__ = "outside_identity"
    __table_args__ = (Index("outside_identity_by_account", "account_id"), SCHEMA)
    subject_index: bytes = Field(sa_type=LargeBinary, primary_key=True)
    account_id: UUID = Field(foreign_key="identity.account.id", ondelete="CASCADE")
    provider: str
    created_at: datetime = Field(sa_type=Instant)
