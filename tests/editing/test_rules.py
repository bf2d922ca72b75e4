"""What a document may say, to the limit: the last that is accepted, and the first that is not."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from models.catalog import CreditRole, MarkerKind, PlayableKind, SeriesStatus, TitleKind
from models.columns import new_id
from models.rating_systems import SYSTEMS, system_of
from resolvers.catalog.editing.document import (
    CreditEntry,
    ExternalIdEntry,
    MarkerEntry,
    PlayableEntry,
    RatingEntry,
    SeasonEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
)
from resolvers.catalog.editing.rules import faults
from resolvers.catalog.editing.stored import published_documents
from resolvers.catalog.tables import TITLE
from runtime.countries import COUNTRIES
from runtime.resources import open_resources
from runtime.settings import Settings

FILM = TitleDocument(TitleKind.MOVIE, "metropolis", "de", playables=(PlayableEntry(new_id(), PlayableKind.MOVIE),))
SERIES = TitleDocument(TitleKind.SERIES, "flash-gordon", "en", status=SeriesStatus.ENDED)
START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def found(document: TitleDocument) -> list[tuple[str, str]]:
    return [(error.code, ".".join(error.path or ())) for error in faults(document)]


def film(**given: Any) -> TitleDocument:
    return replace(FILM, **given)


def text(name: str = "A", language: str = "en", **given: Any) -> TitleDocument:
    return film(texts=(TextEntry(language, name, **given),))


def texts(count: int) -> TitleDocument:
    return film(texts=tuple(TextEntry(f"en-{country}", "A") for country in sorted(COUNTRIES)[:count]))


def window(*countries: str, opens: datetime = START, closes: datetime | None = None) -> TitleDocument:
    return film(windows=(WindowEntry(countries, opens, closes),))


def rating(country: str, code: str, age: int, kind: TitleKind = TitleKind.MOVIE, **given: Any) -> TitleDocument:
    return film(kind=kind, ratings=(RatingEntry(country, code, age, "X", **given),))


def ratings(*countries: str) -> TitleDocument:
    return film(ratings=tuple(RatingEntry(country, "12", 12, "X") for country in countries))


def external(value: str, *sources: str) -> TitleDocument:
    return film(external_ids=tuple(ExternalIdEntry(source, value) for source in sources or ("imdb",)))


def credits(count: int, character: str = "") -> TitleDocument:
    return film(credits=(CreditEntry(new_id(), CreditRole.ACTOR, character),) * count)


def marked(*stretches: tuple[int, int], label: str | None = None) -> TitleDocument:
    entries = tuple(MarkerEntry(MarkerKind.CHAPTER, start, end, label) for start, end in stretches)
    return film(playables=(replace(FILM.playables[0], markers=entries),))


def episodes(*places: tuple[int | None, int | None], **given: Any) -> TitleDocument:
    entries = tuple(PlayableEntry(new_id(), PlayableKind.EPISODE, *place, **given) for place in places)
    return replace(SERIES, playables=entries)


def trailer(**given: Any) -> TitleDocument:
    return replace(SERIES, playables=(PlayableEntry(new_id(), PlayableKind.TRAILER, **given),))


def seasons(*numbers: int) -> TitleDocument:
    return replace(SERIES, seasons=tuple(SeasonEntry(number, new_id(), {"en": "A"}) for number in numbers))


def season_named(language: str, name: str) -> TitleDocument:
    return replace(SERIES, seasons=(SeasonEntry(1, new_id(), {language: name}),))


LAST = datetime(2200, 1, 1, tzinfo=UTC)
LIMITS: list[tuple[Callable[..., TitleDocument], Sequence[Any], Sequence[Any], list[tuple[str, str]]]] = [
    (lambda x: film(slug=x), ["a", "a-1", "9", "x" * 100], ["", "A", "a--b", "-a", "a-", "é", "x" * 101, "a\n"],
     [("INVALID_SLUG", "slug")]),
    (lambda x: film(original_language=x), ["de", "yua", "zxx", "pt-BR", "zh-Hant-TW", "es-419", "de-1996"],
     ["", "xx", "pt-br", "pt_BR", "iw", "eng", "klingon", "en-UK", "de-Nope", "en-"],
     [("UNKNOWN_LANGUAGE", "originalLanguage")]),
    (lambda x: film(release_year=x), [1888, 2200, None], [1887, 2201, -(2**31)], [("OUT_OF_RANGE", "releaseYear")]),
    (lambda x: film(status=x), [None], list(SeriesStatus), [("NOT_APPLICABLE", "status")]),
    (text, ["A", "?", "½", "東", "x" * 500, "e\u0301", "👩\u200d🚀"],
     ["", " ", "\u0301", "\u200b\u00ad", "\ufe0f", "\u3164", "\u2028", "A\nB"], [("INVALID_NAME", "texts.0.name")]),
    (text, [], ["A\0", "\x1bA", "A\x85"], [("INVALID_TEXT", "texts.0.name")]),
    (text, [], ["x" * 501], [("TOO_LONG", "texts.0.name")]),
    (lambda x: text(synopsis=x), ["x" * 10_000, "A\n\tB", None], ["x" * 10_001], [("TOO_LONG", "texts.0.synopsis")]),
    (lambda x: text(synopsis=x), [], ["A\0B", "\x07"], [("INVALID_TEXT", "texts.0.synopsis")]),
    (lambda x: text(tagline=x), ["x" * 500], ["x" * 501], [("TOO_LONG", "texts.0.tagline")]),
    (lambda x: text(language=x), ["en"], ["english"], [("UNKNOWN_LANGUAGE", "texts.0.language")]),
    (lambda x: film(texts=(TextEntry("en", "A"), TextEntry(x, "A"))), ["en-GB"], ["en"],
     [("DUPLICATE_LANGUAGE", "texts.1.language")]),
    (texts, [0, 100], [101], [("TOO_MANY", "texts")]),
    (lambda x: film(genres=(new_id(),) * x), [20], [21], [("TOO_MANY", "genres")]),
    (credits, [1000], [1001], [("TOO_MANY", "credits")]),
    (lambda x: credits(1, x), ["", "x" * 200], ["x" * 201], [("TOO_LONG", "credits.0.character")]),
    (lambda x: credits(1, x), [], ["A\0"], [("INVALID_TEXT", "credits.0.character")]),
    (lambda x: window(*x), [["US", "DE"], sorted(COUNTRIES)], [[]], [("NO_COUNTRY", "windows.0.countries")]),
    (lambda x: window("US", x), ["DE"], ["us", "", "XK", "EU", "USA"], [("UNKNOWN_COUNTRY", "windows.0.countries.1")]),
    (lambda x: window("US", x), [], ["US"], [("DUPLICATE_COUNTRY", "windows.0.countries.1")]),
    (lambda x: window("US", closes=x), [None, START + timedelta(microseconds=1), LAST], [START, START - DAY],
     [("INVERTED_WINDOW", "windows.0.until")]),
    (lambda x: window("US", closes=x), [], [LAST + DAY], [("OUT_OF_RANGE", "windows.0.until")]),
    (lambda x: window("US", opens=x), [datetime(1888, 1, 1, tzinfo=UTC), LAST], [datetime(1887, 12, 31, tzinfo=UTC)],
     [("OUT_OF_RANGE", "windows.0.from")]),
    (lambda x: film(windows=(WindowEntry(("US",), START),) * x), [100], [101], [("TOO_MANY", "windows")]),
    (lambda x: rating(*x),
     [("US", "PG-13", 13), ("DE", "0", 0), ("SE", "15", 15), ("US", "TV-MA", 17, TitleKind.SERIES)],
     [("US", "PG13", 13), ("DE", "PG-13", 13), ("US", "TV-MA", 17), ("US", "R", 17, TitleKind.SERIES), ("US", "", 0)],
     [("UNKNOWN_RATING", "ratings.0.code")]),
    (lambda x: rating("US", "PG-13", x), [13], [12, 14, -1, 99], [("UNKNOWN_RATING", "ratings.0.minimumAge")]),
    (lambda x: rating("SE", "15", x), [0, 21], [-1, 22], [("OUT_OF_RANGE", "ratings.0.minimumAge")]),
    (lambda x: rating("SE", x, 15), ["x" * 20], ["x" * 21], [("TOO_LONG", "ratings.0.code")]),
    (lambda x: rating("SE", x, 15), [], ["", " ", "\0"], [("INVALID_TEXT", "ratings.0.code")]),
    (lambda x: rating("SE", "15", 15, advisories=("sex", x)), ["drugs"], ["", "\0"],
     [("INVALID_TEXT", "ratings.0.advisories.1")]),
    (lambda x: rating(x, "12", 12), ["SE"], ["XX", "se"], [("UNKNOWN_COUNTRY", "ratings.0.country")]),
    (lambda x: ratings("DE", x), ["AT"], ["DE"], [("DUPLICATE_COUNTRY", "ratings.1.country")]),
    (external, ["tt0017136", "x" * 200], ["x" * 201], [("TOO_LONG", "externalIds.0.value")]),
    (external, [], ["", " ", "A\0"], [("INVALID_TEXT", "externalIds.0.value")]),
    (lambda x: external("1", "imdb", x), ["tmdb"], ["imdb"], [("DUPLICATE_SOURCE", "externalIds.1.source")]),
    (lambda x: external("1", x), ["a-1"], ["", "IMDb", "a b"], [("INVALID_SLUG", "externalIds.0.source")]),
    (lambda x: external("1", *(f"s{n}" for n in range(x))), [20], [21], [("TOO_MANY", "externalIds")]),
    (lambda x: marked((5, x)), [6, 7 * 24 * 3_600_000], [5, 4, -1, 7 * 24 * 3_600_000 + 1],
     [("INVERTED_MARKER", "playables.0.markers.0.endMs")]),
    (lambda x: marked((x, 5)), [0], [-1], [("INVERTED_MARKER", "playables.0.markers.0.endMs")]),
    (lambda x: marked((0, 5), (x, 9)), [1], [0], [("DUPLICATE_MARKER", "playables.0.markers.1.startMs")]),
    (lambda x: marked((0, 5), label=x), ["x" * 200], ["x" * 201], [("TOO_LONG", "playables.0.markers.0.label")]),
    (lambda x: marked(*((n, n + 1) for n in range(x))), [200], [201], [("TOO_MANY", "playables.0.markers")]),
    (lambda x: episodes((x, 1)), [0, 100_000], [-1, 100_001], [("OUT_OF_RANGE", "playables.0.season")]),
    (lambda x: episodes((1, x)), [0, 100_000], [-1, 100_001], [("OUT_OF_RANGE", "playables.0.number")]),
    (lambda x: episodes((1, x)), [], [None], [("REQUIRED", "playables.0.number")]),
    (lambda x: episodes((1, 1), x), [(1, 2), (2, 1)], [(1, 1)], [("DUPLICATE_NUMBER", "playables.1.number")]),
    (lambda x: episodes((1, 1), air_date=x), [date(1888, 1, 1), date(2200, 12, 31)], [date.min, date.max],
     [("OUT_OF_RANGE", "playables.0.airDate")]),
    (lambda x: trailer(air_date=x), [None], [date(2026, 1, 1)], [("NOT_APPLICABLE", "playables.0.airDate")]),
    (lambda x: trailer(season=x), [None], [0, 1], [("NOT_APPLICABLE", "playables.0.season")]),
    (lambda x: trailer(texts=(TextEntry("en", "A", None, x),)), [None], ["A"],
     [("NOT_APPLICABLE", "playables.0.texts.0.tagline")]),
    (lambda x: trailer(texts=(TextEntry("en", x),)), ["A"], ["\u0301"],
     [("INVALID_NAME", "playables.0.texts.0.name")]),
    (lambda x: episodes(*((1, n) for n in range(x))), [10_000], [10_001], [("TOO_MANY", "playables")]),
    (lambda x: seasons(1, x), [0, 2, 100_000], [1], [("DUPLICATE_NUMBER", "seasons.1.number")]),
    (lambda x: seasons(x), [], [-1, 100_001], [("OUT_OF_RANGE", "seasons.0.number")]),
    (lambda x: season_named("de", x), ["Staffel 1"], ["", "\u0301"], [("INVALID_NAME", "seasons.0.names.de")]),
    (lambda x: season_named(x, "Extras"), ["de"], ["xx"], [("UNKNOWN_LANGUAGE", "seasons.0.names.xx")]),
]  # fmt: skip


@pytest.mark.parametrize(("made", "good", "bad", "wrong"), LIMITS)
def test_each_limit_is_where_it_is_said_to_be(
    made: Callable[..., TitleDocument], good: Sequence[Any], bad: Sequence[Any], wrong: list[tuple[str, str]]
) -> None:
    for value in good:
        assert found(made(value)) == [], value
    for value in bad:
        assert wrong[0] in found(made(value)), value
        assert {path for _, path in found(made(value))} == {wrong[0][1]}, value


def test_all_faults_are_told_at_once() -> None:
    document = film(slug="", release_year=1, windows=(WindowEntry((), START, START),), texts=(TextEntry("xx", ""),))
    assert {path for _, path in found(document)} == {
        "slug", "releaseYear", "windows.0.countries", "windows.0.until", "texts.0.language", "texts.0.name"
    }  # fmt: skip


def test_what_can_be_chosen_is_said() -> None:
    (error,) = faults(rating("DE", "PG-13", 13))
    assert error.message == "The codes of FSK are 0, 6, 12, 16, 18."


def test_rating_systems_are_of_countries_and_one_for_each_kind() -> None:
    assert {system.country for system in SYSTEMS} <= COUNTRIES
    assert len({(system.country, system.kind) for system in SYSTEMS}) == len(SYSTEMS)
    kinds = [(system_of("US", kind) or SYSTEMS[0]).system for kind in TitleKind]
    assert kinds == ["MPA", "TV Parental Guidelines"]
    assert system_of("DE", TitleKind.MOVIE) == system_of("DE", TitleKind.SERIES)
    assert system_of("SE", TitleKind.MOVIE) is None


async def test_nothing_is_wrong_with_the_starter_catalogue(seeded: Settings) -> None:
    async with open_resources(seeded) as resources, resources.database.read("catalog") as db:
        ids: Sequence[UUID] = (await db.execute(select(TITLE.c.id))).scalars().all()
        documents = await published_documents(db, ids)
    assert len(documents) > 150
    assert [(document.slug, found(document)) for document in documents.values() if found(document)] == []
