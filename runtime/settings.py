"""What may differ between two installations, read from the environment."""

import json
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

Subgraph = Literal["identity", "catalog", "viewing", "billing"]
SUBGRAPHS: tuple[Subgraph, ...] = ("identity", "catalog", "viewing", "billing")


class SettingsError(Exception):
    """A setting is missing or wrong; the message is one line that says which, and what to do."""


def environment(name: str) -> AliasChoices:
    return AliasChoices(name, name.lower())


class OpenIdProvider(BaseModel):
    """An outside OpenID provider: `name` stands in addresses, `label` on the button; it is found by its `issuer`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern="^[a-z0-9-]+$")
    label: str
    issuer: str
    client_id: str
    client_secret: str = ""


class Settings(BaseSettings):
    """The installation's settings. Unset addresses fall back to the embedded services that `marquee run` started."""

    model_config = SettingsConfigDict(env_prefix="MARQUEE_", populate_by_name=True, frozen=True, extra="ignore")

    data: Path = Field(Path(".marquee"), description="Folder of the embedded services, keys and local objects")
    database_url: str = Field("", validation_alias=environment("DATABASE_URL"))
    identity_database_url: str = Field("", validation_alias=environment("IDENTITY_DATABASE_URL"))
    catalog_database_url: str = Field("", validation_alias=environment("CATALOG_DATABASE_URL"))
    viewing_database_url: str = Field("", validation_alias=environment("VIEWING_DATABASE_URL"))
    billing_database_url: str = Field("", validation_alias=environment("BILLING_DATABASE_URL"))
    redis_url: str = Field("", validation_alias=environment("REDIS_URL"))
    storage_url: str = Field("", validation_alias=environment("STORAGE_URL"))
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    public_url: str = Field("", description="The address that viewers reach us at; http://HOST:PORT by default")
    development: bool = Field(False, description="Adds SQL statements to a response's extensions and details to errors")
    pool_size: int = Field(10, ge=1, description="Connections to Postgres for each subgraph that a process serves")
    default_country: str = Field("US", pattern="^[A-Z]{2}$")
    default_language: str = "en"
    smtp_url: str = Field("", description="smtp://USER:PASSWORD@HOST:PORT; without it mail goes to /dev/mail")
    mail_from: str = Field("Marquee <no-reply@marquee.example>", description="The sender of our mail")
    erasure_days: int = Field(30, ge=0, description="How long a household may still change its mind")
    openid_providers: tuple[OpenIdProvider, ...] = Field((), description="Outside providers to sign in through, JSON")
    experiments: list[dict[str, Any]] = Field(
        [], description="Experiments with the ranking, JSON (docs/recommendations.md)"
    )
    country_header: str = Field("", description="The header in which a trusted edge names the viewer's country")

    def database_of(self, subgraph: Subgraph) -> str:
        """The Postgres address of one subgraph: its own where it has one, else DATABASE_URL, else the embedded one."""
        own: str = getattr(self, f"{subgraph}_database_url")
        return own or self.database_url or self.embedded_address("DATABASE_URL")

    @property
    def valkey(self) -> str:
        """The Valkey or Redis address."""
        return self.redis_url or self.embedded_address("REDIS_URL")

    @property
    def storage(self) -> str:
        """The object store's address; a folder below `data` by default."""
        return self.storage_url or (self.data.resolve() / "storage").as_uri()

    @property
    def address(self) -> str:
        """Where viewers reach us, without a slash at the end: where `marquee run` serves, unless a setting says."""
        running = self.embedded.get("MARQUEE_PUBLIC_URL")
        return (self.public_url or running or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def services_file(self) -> Path:
        """Where `marquee run` notes the addresses of what it started, and its own, for the other commands."""
        return self.data / "services.json"

    @cached_property
    def embedded(self) -> dict[str, str]:
        if not self.services_file.exists():
            return {}
        noted: dict[str, str] = json.loads(self.services_file.read_text())
        return noted

    def embedded_address(self, name: str) -> str:
        if name not in self.embedded:
            raise SettingsError(f"{name} is not set and no embedded services run here: set it, or start `marquee run`.")
        return self.embedded[name]


def read_settings(**overrides: object) -> Settings:
    """The settings of this process; SettingsError names the variable that is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        name = name if name.endswith("_URL") and name != "PUBLIC_URL" else f"MARQUEE_{name}"
        raise SettingsError(f"{name}: {first['msg']} (it is {first['input']!r}).") from error
