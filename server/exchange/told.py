"""A title's document told as a line, and lines written: a file that is imported makes the same documents."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import IO, Any, Protocol
from uuid import UUID

import orjson

from models.catalog import PlayableKind
from resolvers.catalog.editing.changes import system_named
from resolvers.catalog.editing.document import (
    MarkerEntry,
    PlayableEntry,
    RatingEntry,
    SeasonEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
)
from server.exchange import lines
from server.exchange.lines import FIELDS, WORDS, Line
from server.exchange.sources import LISTS, NESTED

LEFT_OUT = {"texts", "year", "cast", "directors", "wikipedia"}
"""Columns of CSV that say nothing which others don't."""


def line_about(document: TitleDocument, people: Mapping[UUID, str], genres: Mapping[UUID, str]) -> Line:
    """The line of a title; `people` has names, `genres` slugs."""
    return Line(
        slug=document.slug,
        kind=document.kind,
        originalLanguage=document.original_language,
        status=document.status,
        releaseYear=document.release_year,
        texts=texts_of(document.texts),
        genres=[genres[id_] for id_ in document.genres],
        credits=[
            lines.Credit(person=people[x.person_id], role=x.role, character=x.character) for x in document.credits
        ],
        windows=[window_of(x) for x in document.windows],
        ratings=[rating_of(x, document) for x in document.ratings],
        externalIds=[lines.ExternalId(source=x.source, value=x.value) for x in document.external_ids],
        seasons=[season_of(x, document.playables) for x in document.seasons],
        trailers=[playable_of(x) for x in document.playables if x.kind is PlayableKind.TRAILER],
        markers=[m for x in document.playables if x.kind is PlayableKind.MOVIE for m in markers_of(x.markers)],
    )


def texts_of(texts: Iterable[TextEntry]) -> list[lines.Text]:
    return [lines.Text(language=x.language, name=x.name, synopsis=x.synopsis, tagline=x.tagline) for x in texts]


def window_of(window: WindowEntry) -> lines.Window:
    """Instants are told in UTC, however they were given."""
    until = window.until and in_utc(window.until)
    return lines.Window(**{"countries": list(window.countries), "from": in_utc(window.from_), "until": until})


def in_utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def rating_of(rating: RatingEntry, document: TitleDocument) -> lines.Rating:
    system = None if rating.system == system_named(rating.country, document.kind) else rating.system
    return lines.Rating(
        country=rating.country,
        code=rating.code,
        minimumAge=rating.minimum_age,
        system=system,
        advisories=list(rating.advisories),
    )


def season_of(season: SeasonEntry, playables: Sequence[PlayableEntry]) -> lines.Season:
    episodes = [playable_of(x) for x in playables if x.season == season.number]
    return lines.Season(number=season.number, names=dict(sorted(season.names.items())), episodes=episodes)


def playable_of(entry: PlayableEntry) -> lines.Playable:
    texts, markers = texts_of(entry.texts), markers_of(entry.markers)
    return lines.Playable(number=entry.number, texts=texts, airDate=entry.air_date, markers=markers)


def markers_of(markers: Iterable[MarkerEntry]) -> list[lines.Marker]:
    return [lines.Marker(kind=x.kind, startMs=x.start_ms, endMs=x.end_ms, label=x.label) for x in markers]


def values_of(line: Line) -> dict[str, Any]:
    """The line's values as JSON has them, without those that say nothing."""
    values = line.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return {key: value for key, value in values.items() if value != []}


class Writer(Protocol):
    def __call__(self, line: Line, /) -> None: ...


def json_writer(file: IO[bytes]) -> Writer:
    def write(line: Line) -> None:
        file.write(orjson.dumps(values_of(line), option=orjson.OPT_APPEND_NEWLINE))

    return write


def csv_writer(file: IO[bytes], languages: Iterable[str]) -> Writer:
    """A column for each field, and one for each word in each of the languages, in which titles have names."""
    translations = [f"{word}.{language}" for language in sorted(languages) for word in WORDS]
    columns = [column for column in FIELDS if column not in LEFT_OUT] + translations
    text = TextIOWrapper(file, "utf-8", newline="", write_through=True)
    rows = csv.DictWriter(text, columns)
    rows.writeheader()

    def write(line: Line) -> None:
        values = values_of(line)
        for entry in values.pop("texts", ()):
            end = "" if entry["language"] == line.original_language else f".{entry['language']}"
            values |= {f"{word}{end}": entry[word] for word in WORDS if word in entry}
        rows.writerow({column: cell_of(column, value) for column, value in values.items()})

    return write


def cell_of(column: str, value: Any) -> Any:
    if column in LISTS:
        return "; ".join(value)
    return orjson.dumps(value).decode() if column in NESTED else value
