"""A title as a viewer would see it then and there, made of its document: nothing of it need be published."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from operator import attrgetter

from media.artwork import addresses_of
from models.catalog import ArtworkKind, PlayableKind
from resolvers.catalog.artwork import best_pictures
from resolvers.catalog.availability import availability_at, badges_at
from resolvers.catalog.editing.document import TitleDocument
from resolvers.catalog.editing.rows import EditorialTitleRow, PreviewRow
from resolvers.catalog.rows import ArtworkRow, MaturityRow, TextLength
from resolvers.catalog.synopsis import shortened
from resolvers.catalog.tables import ARTWORK
from resolvers.texts import best
from runtime.countries import COUNTRIES
from runtime.errors import BadInput
from runtime.languages import canonical
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

    Without `language` in the request's languages, without `at` now, without `maximumAge` for all ages. BadInput for a
    country, a language or an age that there is not.
    """
    check_country(country)
    if maximum_age is not None and maximum_age < 0:
        raise BadInput(f"`maximumAge` must be at least 0; it is {maximum_age}.")
    viewer = replace(
        request,
        country=country,
        languages=request.languages if language is None else languages_of(request, language),
        now=at or request.now,
    )
    age = UNRESTRICTED_AGE if maximum_age is None else maximum_age
    return [preview(viewer, title, age, title.added_at or title.publish_at or request.now) for title in titles]


def check_country(country: str) -> None:
    if country not in COUNTRIES:
        raise BadInput(f"`country` must be a country of ISO 3166-1 alpha-2; it is {country!r}.")


def languages_of(request: Request, language: str) -> tuple[str, ...]:
    """The languages of a viewer who asks for this one alone."""
    tag = canonical(language)
    if tag is None:
        raise BadInput(f"`language` must be a language tag of BCP 47; it is {language!r}.")
    return tuple(dict.fromkeys([tag, request.resources.settings.default_language]))


def preview(viewer: Request, title: EditorialTitleRow, maximum_age: int, added_at: datetime) -> PreviewRow | None:
    """The title for that viewer, were it added to the catalogue at `added_at`."""
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
        badges_at(viewer.now, availability, added_at, last_aired(document, viewer.now)),
    )


def windows(document: TitleDocument, viewer: Request) -> list[tuple[datetime, datetime | None]]:
    """When it may be watched in the viewer's country."""
    return [(window.from_, window.until) for window in document.windows if viewer.country in window.countries]


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
    """Each title's picture of one kind as viewers of that language get it; a statement a language.

    Its address shows it for an hour or two, published or not.
    """
    found: dict[PreviewRow, ArtworkRow | None] = {}
    addressed = partial(addresses_of(request.resources).editorial, now=request.now)
    of_kind = ARTWORK.c.kind == kind
    for languages in {preview.viewer.languages for preview in previews}:
        alike = [preview for preview in previews if preview.viewer.languages == languages]
        owners = [preview.id for preview in alike]
        pictures = await best_pictures(alike[0].viewer, owners, width, of_kind, addressed=addressed)
        found |= {preview: pictures.get(preview.id) for preview in alike}
    return [found[preview] for preview in previews]
