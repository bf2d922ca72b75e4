"""What makes a title unacceptable even as a draft. Pure: nothing is looked up."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import TypeVar

from models.catalog import PlayableKind, TitleKind
from models.rating_systems import system_of
from resolvers.catalog.editing.document import (
    CreditEntry,
    ExternalIdEntry,
    MarkerEntry,
    PlayableEntry,
    RatingEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
)
from runtime.countries import COUNTRIES
from runtime.errors import UserErrorRow
from runtime.languages import canonical

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and symbols that show nothing."""
LONGEST_SLUG = 100
CONTROL = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\ud800-\\udfff]")
"""Unicode's categories Cc and Cs, but for the tab and the end of a line."""
LONGEST: Mapping[str, int] = {"name": 500, "synopsis": 10_000, "tagline": 500}
LONGEST_WORD = 200
"""Of a character's name, a label, an external id."""
LONGEST_CODE = 20
YEARS = (1888, 2200)
"""From the first film there is; windows lie between these years too."""
OLDEST = 21
MOST: Mapping[str, int] = {
    "texts": 100,
    "genres": 20,
    "credits": 1000,
    "windows": 100,
    "ratings": 250,
    "externalIds": 20,
    "markers": 200,
    "playables": 10_000,
}
HIGHEST_NUMBER = 100_000
LONGEST_MS = 7 * 24 * 3_600_000
T = TypeVar("T")
Faults = Iterator[UserErrorRow]


def fault(code: str, message: str, *path: object) -> UserErrorRow:
    return UserErrorRow(code, message, tuple(map(str, path)))


def faults(document: TitleDocument) -> list[UserErrorRow]:
    """Everything that is wrong with it, each with its path in the document."""
    return list(
        chain(
            slug_faults(document.slug, "slug"),
            head_faults(document),
            text_faults(document.texts, "texts"),
            too_many(document.genres, "genres"),
            credit_faults(document.credits),
            window_faults(document.windows),
            rating_faults(document.ratings, document.kind),
            external_id_faults(document.external_ids),
            too_many(document.playables, "playables"),
            season_faults(document),
            *(playable_faults(entry, "playables", n) for n, entry in enumerate(document.playables)),
        )
    )


def slug_faults(slug: str, *path: object) -> Faults:
    if not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        message = f"A slug has 1 to {LONGEST_SLUG} small letters, digits and single hyphens between them."
        yield fault("INVALID_SLUG", message, *path)


def head_faults(document: TitleDocument) -> Faults:
    yield from language_faults(document.original_language, "originalLanguage")
    year = document.release_year
    if year is not None and not YEARS[0] <= year <= YEARS[1]:
        yield fault("OUT_OF_RANGE", f"A release year lies from {YEARS[0]} to {YEARS[1]}.", "releaseYear")
    if document.status is not None and document.kind is not TitleKind.SERIES:
        yield fault("NOT_APPLICABLE", "Only a series has a status.", "status")


def language_faults(language: str, *path: object) -> Faults:
    if canonical(language) != language:
        yield fault("UNKNOWN_LANGUAGE", f"{language!r} is not a language tag of BCP 47.", *path)


def text_faults(texts: Sequence[TextEntry], *path: object) -> Faults:
    yield from too_many(texts, *path)
    for n, twice in repeated(text.language for text in texts):
        yield fault("DUPLICATE_LANGUAGE", f"The language {twice} stands here twice.", *path, n, "language")
    for n, text in enumerate(texts):
        yield from language_faults(text.language, *path, n, "language")
        yield from name_faults(text.name, *path, n, "name")
        for field, value in (("synopsis", text.synopsis), ("tagline", text.tagline)):
            if value is not None:
                yield from words_faults(value, LONGEST[field], *path, n, field)


def name_faults(name: str, *path: object) -> Faults:
    """A name must show something: marks that combine with nothing, spaces and controls do not."""
    readable = any(unicodedata.category(c)[0] in "LNPS" and c not in BLANK for c in name[: LONGEST["name"]])
    if not readable or "\n" in name:
        yield fault("INVALID_NAME", "A name is one line with something to read in it.", *path)
    yield from words_faults(name, LONGEST["name"], *path)


def words_faults(words: str, longest: int, *path: object) -> Faults:
    if len(words) > longest:
        yield fault("TOO_LONG", f"At most {longest:,} characters fit here; these are {len(words):,}.", *path)
    elif CONTROL.search(words):
        yield fault("INVALID_TEXT", "There is a control character in this text.", *path)


def word_faults(word: str, longest: int, *path: object) -> Faults:
    """Of short texts that must say something, such as a code."""
    if not word.strip():
        yield fault("INVALID_TEXT", "Something must stand here.", *path)
    yield from words_faults(word, longest, *path)


def credit_faults(credits: Sequence[CreditEntry]) -> Faults:
    yield from too_many(credits, "credits")
    for n, credit in enumerate(credits):
        if credit.character is not None:
            yield from words_faults(credit.character, LONGEST_WORD, "credits", n, "character")


def window_faults(windows: Sequence[WindowEntry]) -> Faults:
    yield from too_many(windows, "windows")
    for n, window in enumerate(windows):
        if not window.countries:
            yield fault("NO_COUNTRY", "A window is for at least one country.", "windows", n, "countries")
        for place, country in enumerate(window.countries):
            yield from country_faults(country, "windows", n, "countries", place)
        for place, twice in repeated(window.countries):
            yield fault("DUPLICATE_COUNTRY", f"{twice} stands here twice.", "windows", n, "countries", place)
        for field, moment in (("from", window.from_), ("until", window.until)):
            if moment is not None:
                yield from moment_faults(moment, "windows", n, field)
        if window.until is not None and window.until <= window.from_:
            yield fault("INVERTED_WINDOW", "A window closes after it opens.", "windows", n, "until")


def moment_faults(moment: datetime, *path: object) -> Faults:
    """Before or after these years, an instant may have no date in another time zone."""
    first, last = (datetime(year, 1, 1, tzinfo=UTC) for year in YEARS)
    if not first <= moment <= last:
        yield fault("OUT_OF_RANGE", f"An instant lies from {YEARS[0]} to {YEARS[1]}.", *path)


def country_faults(country: str, *path: object) -> Faults:
    if country not in COUNTRIES:
        yield fault("UNKNOWN_COUNTRY", f"{country!r} is not a country of ISO 3166-1 alpha-2.", *path)


def rating_faults(ratings: Sequence[RatingEntry], kind: TitleKind) -> Faults:
    yield from too_many(ratings, "ratings")
    for n, twice in repeated(rating.country for rating in ratings):
        yield fault("DUPLICATE_COUNTRY", f"{twice} stands here twice.", "ratings", n, "country")
    for n, rating in enumerate(ratings):
        yield from country_faults(rating.country, "ratings", n, "country")
        yield from code_faults(rating, kind, "ratings", n)
        for place, advisory in enumerate(rating.advisories):
            yield from word_faults(advisory, LONGEST_WORD, "ratings", n, "advisories", place)


def code_faults(rating: RatingEntry, kind: TitleKind, *path: object) -> Faults:
    """A country whose system we know has no other codes, nor other ages for them; elsewhere any may be right."""
    known = system_of(rating.country, kind)
    if known is None:
        yield from word_faults(rating.code, LONGEST_CODE, *path, "code")
        if not 0 <= rating.minimum_age <= OLDEST:
            yield fault("OUT_OF_RANGE", f"A minimum age lies from 0 to {OLDEST}.", *path, "minimumAge")
    elif rating.code not in known.codes:
        yield fault("UNKNOWN_RATING", f"The codes of {known.system} are {', '.join(known.codes)}.", *path, "code")
    elif rating.minimum_age != (age := known.codes[rating.code]):
        yield fault("UNKNOWN_RATING", f"{rating.code} of {known.system} is from {age} on.", *path, "minimumAge")


def external_id_faults(ids: Sequence[ExternalIdEntry]) -> Faults:
    yield from too_many(ids, "externalIds")
    for n, twice in repeated(external.source for external in ids):
        yield fault("DUPLICATE_SOURCE", f"{twice} stands here twice.", "externalIds", n, "source")
    for n, external in enumerate(ids):
        yield from slug_faults(external.source, "externalIds", n, "source")
        yield from word_faults(external.value, LONGEST_WORD, "externalIds", n, "value")


def season_faults(document: TitleDocument) -> Faults:
    for n, twice in repeated(season.number for season in document.seasons):
        yield fault("DUPLICATE_NUMBER", f"There are two seasons {twice}.", "seasons", n, "number")
    for n, season in enumerate(document.seasons):
        if not 0 <= season.number <= HIGHEST_NUMBER:
            yield fault("OUT_OF_RANGE", f"A season's number lies from 0 to {HIGHEST_NUMBER}.", "seasons", n, "number")
        for language, name in season.names.items():
            yield from language_faults(language, "seasons", n, "names", language)
            yield from name_faults(name, "seasons", n, "names", language)
    episodes = [(entry.season, entry.number) if entry.season is not None else None for entry in document.playables]
    for n, place in repeated(episodes):
        if place is not None:
            message = f"Season {place[0]} has two episodes {place[1]}."
            yield fault("DUPLICATE_NUMBER", message, "playables", n, "number")


def playable_faults(entry: PlayableEntry, *path: object) -> Faults:
    """What is wrong with a film's own playable, an episode or a trailer, its paths below `path`."""
    is_episode, is_film = entry.kind is PlayableKind.EPISODE, entry.kind is PlayableKind.MOVIE
    for field, value in (("season", entry.season), ("number", entry.number)):
        if is_episode and value is None:
            yield fault("REQUIRED", f"An episode has a {field}.", *path, field)
        if value is not None and (is_film or (field == "season" and not is_episode)):
            yield fault("NOT_APPLICABLE", f"A {entry.kind.value.lower()} has no {field}.", *path, field)
        if value is not None and not 0 <= value <= HIGHEST_NUMBER:
            yield fault("OUT_OF_RANGE", f"It lies from 0 to {HIGHEST_NUMBER}.", *path, field)
    if is_film and entry.texts:
        yield fault("NOT_APPLICABLE", "A film's texts are its title's.", *path, "texts")
    if entry.air_date is not None:
        yield from air_date_faults(entry.air_date, is_episode, *path, "airDate")
    for n, text in enumerate(entry.texts):
        if text.tagline is not None:
            yield fault("NOT_APPLICABLE", "Only titles have taglines.", *path, "texts", n, "tagline")
    yield from text_faults(entry.texts, *path, "texts")
    yield from marker_faults(entry.markers, *path, "markers")


def air_date_faults(day: date, is_episode: bool, *path: object) -> Faults:
    if not is_episode:
        yield fault("NOT_APPLICABLE", "Only an episode is aired.", *path)
    if not YEARS[0] <= day.year <= YEARS[1]:
        yield fault("OUT_OF_RANGE", f"A date lies from {YEARS[0]} to {YEARS[1]}.", *path)


def marker_faults(markers: Sequence[MarkerEntry], *path: object) -> Faults:
    yield from too_many(markers, *path)
    for n, _ in repeated((marker.kind, marker.start_ms) for marker in markers):
        yield fault("DUPLICATE_MARKER", "Another of its kind begins there.", *path, n, "startMs")
    for n, marker in enumerate(markers):
        if not 0 <= marker.start_ms < marker.end_ms <= LONGEST_MS:
            yield fault("INVERTED_MARKER", "A marker begins at 0 or later, and ends after that.", *path, n, "endMs")
        if marker.label is not None:
            yield from words_faults(marker.label, LONGEST_WORD, *path, n, "label")


def too_many(values: Sequence[object], *path: object) -> Faults:
    most = MOST[str(path[-1])]
    if len(values) > most:
        yield fault("TOO_MANY", f"At most {most:,} fit here; these are {len(values):,}.", *path)


def repeated(values: Iterable[T]) -> Iterator[tuple[int, T]]:
    """The values that stood before, each with its place."""
    seen = set[T]()
    for place, value in enumerate(values):
        if value in seen:
            yield place, value
        seen.add(value)
