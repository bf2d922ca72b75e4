"""The catalog's tables as SQLAlchemy Core sees them: reads select columns, never objects."""

from typing import cast

from sqlalchemy import Table
from sqlmodel import SQLModel

from models import catalog, published


def table(model: type[SQLModel]) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]  # SQLModel does not declare it


TITLE = table(catalog.Title)
TITLE_TEXT = table(catalog.TitleText)
GENRE = table(catalog.Genre)
TITLE_GENRE = table(catalog.TitleGenre)
PERSON = table(catalog.Person)
CREDIT = table(catalog.Credit)
RATING = table(catalog.Rating)
WINDOW = table(catalog.Window)
ARTWORK = table(catalog.Artwork)
EXTERNAL_ID = table(catalog.ExternalId)
SEASON = table(catalog.Season)
PLAYABLE = table(catalog.Playable)
PLAYABLE_TEXT = table(catalog.PlayableText)
MARKER = table(catalog.Marker)
MEDIA_ASSET = table(catalog.MediaAsset)
RENDITION = table(catalog.Rendition)
TITLE_DRAFT = table(catalog.TitleDraft)
TITLE_SCHEDULE = table(catalog.TitleSchedule)
TITLE_SHOWN = table(catalog.TitleShown)
TITLE_CHANGE = table(catalog.TitleChange)
SEARCH_NAME = table(catalog.SearchName)
SEARCH_TEXT = table(catalog.SearchText)
SEARCH_WORD = table(catalog.SearchWord)
COLLECTION = table(catalog.Collection)
COLLECTION_TITLE = table(catalog.CollectionTitle)
PUBLISHED_TITLE = table(published.PublishedTitle)
PUBLISHED_WINDOW = table(published.PublishedWindow)
PUBLISHED_PLAYABLE = table(published.PublishedPlayable)
PUBLISHED_GENRE = table(published.PublishedGenre)
PUBLISHED_PERSON = table(published.PublishedPerson)
PUBLISHED_REVISION = table(published.PublishedRevision)
POPULARITY = table(published.PublishedPopularity)
