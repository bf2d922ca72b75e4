"""The API's scalars as Python sees them: strings with a meaning."""

from typing import NewType
from uuid import UUID

Id = NewType("Id", str)
"""An opaque identifier: a UUID inside, but clients may send anything."""
CountryCode = NewType("CountryCode", str)
"""ISO 3166-1 alpha-2."""
CurrencyCode = NewType("CurrencyCode", str)
"""ISO 4217."""
LanguageTag = NewType("LanguageTag", str)
"""BCP 47."""
Url = NewType("Url", str)
"""An absolute http(s) address."""


def uuid_of(id_: str) -> UUID | None:
    """The UUID that an id holds; None for an id that we never gave."""
    try:
        return UUID(id_)
    except ValueError:
        return None
