"""The settings as environment variables, for the processes that we start."""

import json
import os

from pydantic import AliasChoices

from runtime.settings import Settings

PASSED_ON = ("data", "host", "port", "development", "database_url", "redis_url", "storage_url")
"""What the command line or `marquee run` itself may have set; the rest is in our own environment already."""


def environment_of(settings: Settings) -> dict[str, str]:
    """Our environment, with the variables from which a child reads the same settings."""
    given = settings.model_dump(mode="json", include=set(PASSED_ON) & settings.model_fields_set)
    variables = {
        variable(name): value if isinstance(value, str) else json.dumps(value) for name, value in given.items()
    }
    return os.environ | variables


def variable(field: str) -> str:
    """The name of the environment variable that sets a field of Settings."""
    alias = Settings.model_fields[field].validation_alias
    return str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"MARQUEE_{field.upper()}"
