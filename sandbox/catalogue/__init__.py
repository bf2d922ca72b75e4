"""The starter catalogue: films and series of our own description, as JSON lines beside this file."""

from sandbox.catalogue.entries import (
    Collection,
    Credit,
    CreditRole,
    Episode,
    ExternalId,
    Genre,
    Kind,
    Rating,
    Season,
    SeriesStatus,
    StarterTitle,
    Text,
    Window,
)
from sandbox.catalogue.reader import CatalogueError, StarterCatalogue, read

__all__ = [
    "CatalogueError",
    "Collection",
    "Credit",
    "CreditRole",
    "Episode",
    "ExternalId",
    "Genre",
    "Kind",
    "Rating",
    "Season",
    "SeriesStatus",
    "StarterCatalogue",
    "StarterTitle",
    "Text",
    "Window",
    "read",
]
