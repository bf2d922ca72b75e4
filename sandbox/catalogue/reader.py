"""Reads and checks the whole catalogue: what a single line can't know is checked here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from models.catalog import TitleKind
from models.rating_systems import system_of
from sandbox.catalogue.entries import Collection, Genre, Kind, StarterTitle

FOLDER = Path(__file__).parent


class CatalogueError(ValueError):
    """Says which file, which line and which field is wrong, and what is wrong with it."""

    def __init__(self, where: str, field: str, problem: str) -> None:
        super().__init__(f"{where}: {field}: {problem}")


@dataclass(frozen=True)
class StarterCatalogue:
    """Everything to be seeded, checked; titles in the order of the files, which is no order to be shown."""

    genres: tuple[Genre, ...]
    collections: tuple[Collection, ...]
    titles: tuple[StarterTitle, ...]

    @cached_property
    def by_slug(self) -> dict[str, StarterTitle]:
        return {title.slug: title for title in self.titles}

    @cached_property
    def people(self) -> tuple[str, ...]:
        """Everyone credited, once each, in order of first mention; a name is one person."""
        return tuple(dict.fromkeys(credit.person for title in self.titles for credit in title.credits))


def read(folder: Path = FOLDER, *, now: datetime | None = None) -> StarterCatalogue:
    """The catalogue in a folder, windows that are relative to the day of seeding resolved against ``now`` (aware).

    Raises CatalogueError that names file, line and field of the first thing wrong.
    """
    now = now or datetime.now(UTC)
    if now.tzinfo is None:
        raise ValueError("now must be an aware datetime")
    lines = list(_titles(folder, now))
    catalogue = StarterCatalogue(
        genres=_whole(folder / "genres.json", tuple[Genre, ...]),
        collections=_whole(folder / "collections.json", tuple[Collection, ...]),
        titles=tuple(title for _, title in lines),
    )
    _check_titles(lines, catalogue)
    _check_collections(folder / "collections.json", catalogue)
    return catalogue


Whole = TypeVar("Whole")


def _whole(file: Path, shape: type[Whole]) -> Whole:
    try:
        return TypeAdapter(shape).validate_json(file.read_bytes())
    except ValidationError as error:
        raise _explained(file.name, error) from error


def _titles(folder: Path, now: datetime) -> Iterator[tuple[str, StarterTitle]]:
    title = TypeAdapter(StarterTitle)
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            where = f"{file.name}:{number}"
            try:
                yield where, title.validate_json(line, context={"now": now.astimezone(UTC)})
            except ValidationError as error:
                raise _explained(where, error) from error


def _explained(where: str, error: ValidationError) -> CatalogueError:
    first = error.errors()[0]
    return CatalogueError(where, ".".join(str(part) for part in first["loc"]) or "line", first["msg"])


def _check_titles(lines: Iterable[tuple[str, StarterTitle]], catalogue: StarterCatalogue) -> None:
    seen: dict[str, str] = {}
    for where, title in lines:
        if title.slug in seen:
            raise CatalogueError(where, "slug", f"{title.slug} is already in {seen[title.slug]}")
        seen[title.slug] = where
        for check in TITLE_CHECKS:
            for field, problem in check(title, catalogue):
                raise CatalogueError(where, field, f"{problem} ({title.slug})")


Problems = Iterator[tuple[str, str]]


def _texts(title: StarterTitle, _: StarterCatalogue) -> Problems:
    languages = [text.language for text in title.texts]
    if len(languages) != len(set(languages)):
        yield "texts", "a language stands twice"
    if title.original_language not in languages:
        yield "texts", f"the name in the original language, {title.original_language}, is missing"
    english = title.text("en")
    if english is None or english.synopsis is None or english.tagline is None:
        yield "texts", "an English name, synopsis and tagline are needed"


def _genres(title: StarterTitle, catalogue: StarterCatalogue) -> Problems:
    known = {genre.slug for genre in catalogue.genres}
    for position, slug in enumerate(title.genres):
        if slug not in known:
            yield f"genres.{position}", f"{slug} is not in genres.json"


def _ratings(title: StarterTitle, _: StarterCatalogue) -> Problems:
    countries = [rating.country for rating in title.ratings]
    if len(countries) != len(set(countries)):
        yield "ratings", "a country stands twice"
    for missing in sorted({country for window in title.windows for country in window.countries} - set(countries)):
        yield "ratings", f"none for {missing}, where a window opens"
    for position, rating in enumerate(title.ratings):
        system = system_of(rating.country, TitleKind(title.kind.value))
        if system is None:
            yield f"ratings.{position}.country", f"no rating system for {title.kind} in {rating.country}"
        elif system.codes.get(rating.code) != rating.minimum_age:
            yield (
                f"ratings.{position}.code",
                f"{rating.code} from {rating.minimum_age} is no code of {system.system}",
            )


def _series(title: StarterTitle, _: StarterCatalogue) -> Problems:
    if (title.kind is Kind.SERIES) != bool(title.seasons):
        yield "seasons", "a series needs them, a film has none"
    if (title.kind is Kind.SERIES) != (title.status is not None):
        yield "status", "a series needs one, a film has none"
    if [season.number for season in title.seasons] != list(range(1, len(title.seasons) + 1)):
        yield "seasons", "numbers must run from 1 without a gap"
    for position, season in enumerate(title.seasons):
        if [episode.number for episode in season.episodes] != list(range(1, len(season.episodes) + 1)):
            yield f"seasons.{position}.episodes", "numbers must run from 1 without a gap"


def _collections(title: StarterTitle, catalogue: StarterCatalogue) -> Problems:
    listed = {collection.slug for collection in catalogue.collections if title.slug in collection.titles}
    for slug in sorted(listed ^ set(title.collections)):
        yield "collections", f"{slug}: the title and collections.json disagree"


TITLE_CHECKS: tuple[Callable[[StarterTitle, StarterCatalogue], Problems], ...] = (
    _texts,
    _genres,
    _ratings,
    _series,
    _collections,
)


def _check_collections(file: Path, catalogue: StarterCatalogue) -> None:
    _check_named(file.name, "collections", catalogue.collections)
    _check_named("genres.json", "genres", catalogue.genres)
    for collection in catalogue.collections:
        for slug in collection.titles:
            if slug not in catalogue.by_slug:
                raise CatalogueError(file.name, f"{collection.slug}.titles", f"there is no title {slug}")


def _check_named(where: str, what: str, named: Iterable[Any]) -> None:
    seen: set[str] = set()
    for entry in named:
        if entry.slug in seen:
            raise CatalogueError(where, what, f"{entry.slug} stands twice")
        if "en" not in entry.names:
            raise CatalogueError(where, f"{entry.slug}.names", "the English name is missing")
        seen.add(entry.slug)
