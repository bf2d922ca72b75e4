"""A title as a viewer would see it then and there, made of its document: nothing of it need be published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from operator import attrgetter

from models.catalog import ArtworkKind, PlayableKind
from resolvers.catalog.availability import availability_at, badges_at
from resolvers.catalog.details import artwork_of
from resolvers.catalog.editing.document import TitleDocument
from resolvers.catalog.editing.rows import EditorialTitleRow, PreviewRow
from resolvers.catalog.rows import ArtworkRow, MaturityRow, TextLength
from resolvers.catalog.synopsis import shortened
from resolvers.texts import best
from runtime.errors import BadInput
from runtime.request import UNRESTRICTED_AGE, Request
from runtime.scalars import CountryCode, LanguageTag


async def previews_of(
    request: Request,
    titles: Sequence[EditorialTitleRow],
    *,
    country: CountryCode,
    language: LanguageTag | None = None,
    at: datetime | None = None,
    maximum_age: int | None = None,
) -> list[PreviewRow | None]:
    """Each title as it would be if it were published as it stands here; None where it would be invisible.

    Without `language` in the request's languages, without `at` now, without `maximumAge` for all ages.
    """
    if maximum_age is not None and maximum_age < 0:
        raise BadInput(f"`maximumAge` must be at least 0; it is {maximum_age}.")
    viewer = replace(
        request,
        country=country,
        languages=(language,) if language else request.languages,
        now=at or request.now,
    )
    age = UNRESTRICTED_AGE if maximum_age is None else maximum_age
    return [preview(viewer, title, age) for title in titles]


def preview(viewer: Request, title: EditorialTitleRow, maximum_age: int) -> PreviewRow | None:
    document = title.document
    rating = next((rating for rating in document.ratings if rating.country == viewer.country), None)
    if rating is None or rating.minimum_age > maximum_age:
        return None
    availability = availability_at(viewer.now, sorted(windows(document, viewer), key=lambda window: window[0]))
    name = text_of(document, "name", viewer.languages)
    if availability is None or name is None:
        return None
    return PreviewRow(
        title.id,
        document,
        viewer,
        name,
        text_of(document, "tagline", viewer.languages),
        MaturityRow(rating.system, rating.code, rating.minimum_age, list(rating.advisories)),
        availability,
        badges_at(viewer.now, availability, title.added_at or viewer.now, last_aired(document, viewer.now)),
    )


def windows(document: TitleDocument, viewer: Request) -> list[tuple[datetime, datetime | None]]:
    """When it may be watched in the viewer's country, as far as that is not over."""
    return [
        (window.from_, window.until)
        for window in document.windows
        if viewer.country in window.countries and (window.until is None or window.until > viewer.now)
    ]


def text_of(document: TitleDocument, field: str, languages: Sequence[str]) -> str | None:
    """The text of the best language that has one."""
    field_of = attrgetter(field)
    texts = {text.language: field_of(text) for text in sorted(document.texts, key=attrgetter("language"))}
    return best({tag: text for tag, text in texts.items() if text is not None}, languages, document.original_language)


def last_aired(document: TitleDocument, now: datetime) -> date | None:
    aired = (entry.air_date for entry in document.playables if entry.kind is PlayableKind.EPISODE and entry.air_date)
    return max((day for day in aired if day <= now.date()), default=None)


async def preview_synopses_of(
    request: Request, previews: Sequence[PreviewRow], *, length: TextLength = TextLength.MEDIUM
) -> list[str | None]:
    texts = [text_of(preview.document, "synopsis", preview.viewer.languages) for preview in previews]
    return [None if text is None else shortened(text, length) for text in texts]


async def preview_artwork_of(
    request: Request, previews: Sequence[PreviewRow], *, kind: ArtworkKind, width: int | None = None
) -> list[ArtworkRow | None]:
    """Each title's picture of one kind as viewers of that language get it; a statement a language."""
    found: dict[PreviewRow, ArtworkRow | None] = {}
    for languages in {preview.viewer.languages for preview in previews}:
        alike = [preview for preview in previews if preview.viewer.languages == languages]
        pictures = await artwork_of(alike[0].viewer, [preview.id for preview in alike], kind=kind, width=width)
        found |= dict(zip(alike, pictures, strict=True))
    return [found[preview] for preview in previews]
