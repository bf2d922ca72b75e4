"""`marquee catalog`: the catalogue out of a file, and into one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import typer

from models.catalog import TitleKind
from models.rating_systems import system_of
from resolvers.catalog.editing.document import WindowEntry
from resolvers.catalog.editing.rules import country_faults
from runtime.database import Database
from runtime.errors import UserErrorRow
from runtime.languages import canonical
from runtime.settings import Settings
from server.commands import Stop
from server.exchange.documents import Defaults
from server.exchange.exporting import export_file
from server.exchange.importing import Tally, Wishes, import_file, said
from server.run.screen import Screen


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says of lines that do not say it themselves."""

    language: str = "en"
    countries: str | None = None
    opens: datetime | None = None
    closes: datetime | None = None
    ratings: Sequence[str] = ()
    publish: bool = False
    known_genres: bool = False


async def import_catalogue(settings: Settings, file: Path, options: Options) -> Tally:
    """Imports the file, and says on stderr what is wrong with which line, and what came of it all."""
    wishes = Wishes(defaults_of(options), options.publish, options.known_genres)
    database = Database.connect(settings, ("catalog",))
    try:
        with Screen().steps() as report:
            tally = await import_file(
                database, file, wishes, tell, lambda done: report(f"Importing {file.name}", done, 0)
            )
    finally:
        await database.close()
    conclude(tally)
    return tally


def tell(number: int, error: UserErrorRow) -> None:
    typer.echo(f"line {number}: {'.'.join(error.path or ())}: {error.message} ({error.code})", err=True)


def conclude(tally: Tally) -> None:
    if tally.new_genres:
        typer.echo(f"New genres: {', '.join(tally.new_genres)}.", err=True)
    for problem, titles in sorted(tally.kept_back.items()):
        typer.echo(f"Not published, {problem}: {titles:,}.", err=True)
    typer.echo(f"{said(tally) or 'no lines'}.".capitalize(), err=True)


async def export_catalogue(settings: Settings, file: Path) -> int:
    """Writes every title to the file; how many they were."""
    database = Database.connect(settings, ("catalog",))
    try:
        with Screen().steps() as report:
            return await export_file(database, file, partial(report, f"Exporting {file.name}"))
    finally:
        await database.close()


def defaults_of(options: Options) -> Defaults:
    language = canonical(options.language)
    if language is None:
        raise Stop(f"--language: {options.language!r} is not a language tag of BCP 47.")
    windows: tuple[WindowEntry, ...] = ()
    if options.countries is not None:
        countries = tuple(checked_country("--countries", code.strip()) for code in options.countries.split(","))
        opens = aware(options.opens) or datetime.now(UTC).replace(microsecond=0)
        closes = aware(options.closes)
        if closes is not None and closes <= opens:
            raise Stop("--until: a window closes after it opens.")
        windows = (WindowEntry(countries, opens, closes),)
    return Defaults(language, windows, tuple(rating_of(rating) for rating in options.ratings))


def aware(moment: datetime | None) -> datetime | None:
    """The instant; one without an offset is in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment


def checked_country(option: str, code: str) -> str:
    if list(country_faults(code)):
        raise Stop(f"{option}: {code!r} is not a country of ISO 3166-1 alpha-2.")
    return code


def rating_of(rating: str) -> tuple[str, str, int]:
    """Country, code and minimum age of `US=PG-13` or, where we do not know the country's codes, `NO=12:12`."""
    country, equals, rest = rating.partition("=")
    code, _, age = rest.rpartition(":") if ":" in rest else (rest, "", "")
    checked_country("--rating", country)
    known = system_of(country, TitleKind.MOVIE)
    if known is not None and code in known.codes and not age:
        return country, code, known.codes[code]
    if not equals or not code or not age.isdigit():
        codes = f"; the codes of {country} are {', '.join(known.codes)}" if known else ""
        raise Stop(f"--rating: {rating!r} is not of the form US=PG-13, or XX=CODE:AGE for another country{codes}.")
    return country, code, int(age)
