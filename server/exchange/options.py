"""What an operator says of a whole file: what its lines don't say, and what becomes of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from models.catalog import TitleKind
from models.rating_systems import SYSTEMS, system_of
from resolvers.catalog.editing.changes import system_named
from resolvers.catalog.editing.document import RatingEntry, TitleDocument, WindowEntry
from resolvers.catalog.editing.rules import faults
from runtime.languages import canonical
from server.commands import Stop


@dataclass(frozen=True)
class Options:
    """`windows` and `rated` are for titles that have none; of the ratings each kind takes its own.

    `publish` shows viewers whatever lacks nothing, `known_genres` refuses new genres, `dry_run` changes nothing.
    """

    language: str = "en"
    windows: tuple[WindowEntry, ...] = ()
    rated: tuple[tuple[TitleKind, RatingEntry], ...] = ()
    publish: bool = False
    known_genres: bool = False
    dry_run: bool = False

    def ratings(self, kind: TitleKind) -> tuple[RatingEntry, ...]:
        return tuple(rating for of, rating in self.rated if of is kind)


def checked_options(
    language: str, countries: str, opens: str, until: str, ratings: Sequence[str], **flags: bool
) -> Options:
    """The options out of the words of the command line; Stop names the one that makes no sense."""
    tag = canonical(language)
    if tag is None:
        raise Stop(f"--language: {language!r} is not a language tag of BCP 47.")
    rated = tuple(rating for said in ratings for rating in ratings_of(said))
    options = Options(tag, windows_of(countries, opens, until), rated, **flags)
    for kind in TitleKind:
        check(TitleDocument(kind, "slug", tag, windows=options.windows, ratings=options.ratings(kind)))
    return options


def check(document: TitleDocument) -> None:
    options = {"countries": "--countries", "from": "--from", "until": "--until", "ratings": "--rating"}
    for error in faults(document):
        name = next(option for part, option in options.items() if part in (error.path or ()))
        raise Stop(f"{name}: {error.message}")


def windows_of(countries: str, opens: str, until: str) -> tuple[WindowEntry, ...]:
    if not countries and not opens and not until:
        return ()
    if not countries or not opens:
        raise Stop("--countries and --from: a window has both.")
    names = tuple(country.strip() for country in countries.split(","))
    return (WindowEntry(names, instant("--from", opens), instant("--until", until) if until else None),)


def instant(option: str, text: str) -> datetime:
    """The instant (RFC 3339, with an offset); Stop for what is none."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Stop(f"{option}: {text!r} is no instant such as 2026-01-31T18:00:00Z.") from error
    raise Stop(f"{option}: {text!r} does not say in which time zone: write 2026-01-31T18:00:00Z or +01:00.")


def ratings_of(said: str) -> list[tuple[TitleKind, RatingEntry]]:
    """The rating that `US=PG-13` or, where we know no system, `CC=CODE:AGE` says, for each kind that has it."""
    country, equals, code = said.partition("=")
    if not equals or not code:
        raise Stop(f"--rating: {said!r} is not of the form US=PG-13.")
    if any(system.country == country for system in SYSTEMS):
        found = [(kind, system) for kind in TitleKind if (system := system_of(country, kind)) and code in system.codes]
        if not found:
            codes = sorted({code for system in SYSTEMS if system.country == country for code in system.codes})
            raise Stop(f"--rating: {code!r} is no rating of {country}; there are {', '.join(codes)}.")
        return [(kind, RatingEntry(country, code, system.codes[code], system.system)) for kind, system in found]
    code, colon, age = code.rpartition(":")
    if not colon or not age.isascii() or not age.isdigit():
        raise Stop(f"--rating: we know no ratings of {country}: write {country}=CODE:AGE, such as {country}=12A:12.")
    return [(kind, RatingEntry(country, code, int(age), system_named(country, kind))) for kind in TitleKind]
