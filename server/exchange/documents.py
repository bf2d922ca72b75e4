"""What a line says, put into a title's document. What it does not say stays as it is."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from uuid import UUID

from models.catalog import CreditRole, PlayableKind, TitleKind
from models.columns import new_id
from resolvers.catalog.editing.changes import NOBODY, prose, system_named
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
    ordered,
)
from resolvers.catalog.editing.people import spelt
from resolvers.catalog.editing.rules import fault, faults, name_faults
from resolvers.catalog.editing.stored import in_place
from runtime.errors import UserErrorRow
from runtime.languages import canonical
from server.exchange import lines
from server.exchange.lines import Line
from server.exchange.options import Options

T = TypeVar("T")
Path = tuple[str, ...]
Place = Callable[[Path], Path]
"""Makes the path of something within an entry of the document the path of where the line said it."""


@dataclass
class Said(Generic[T]):
    """Entries of a document, each with its place in the line."""

    entries: list[T]
    places: list[Place]

    @classmethod
    def as_it_was(cls, entries: Sequence[T], name: str) -> "Said[T]":
        return cls(list(entries), [below(name, n) for n in range(len(entries))])

    def add(self, entry: T, place: Place) -> None:
        self.entries.append(entry)
        self.places.append(place)

    def without(self, unwanted: Callable[[T], bool]) -> "Said[T]":
        kept = [(e, p) for e, p in zip(self.entries, self.places, strict=True) if not unwanted(e)]
        return Said([entry for entry, _ in kept], [place for _, place in kept])


def below(*path: object) -> Place:
    return lambda rest: (*map(str, path), *rest)


def at(*path: object) -> Place:
    return lambda rest: tuple(map(str, path))


def empty_document(line: Line, title_id: UUID, slug: str, options: Options) -> TitleDocument:
    """What a title is before anything is said of it but its kind and language."""
    kind = line.kind or TitleKind.MOVIE
    own = (PlayableEntry(title_id, PlayableKind.MOVIE),) if kind is TitleKind.MOVIE else ()
    return TitleDocument(kind, slug, options.language, playables=own)


def put_in(line: Line, before: TitleDocument, options: Options) -> tuple[TitleDocument, list[UserErrorRow]]:
    """The document with what the line says, and everything that is wrong with it, by the paths of the line.

    Of people and genres there are as many as there will be, but not yet which.
    """
    new: dict[str, Any] = {}
    for name, value in (("slug", line.slug), ("status", line.status), ("release_year", line.known_year)):
        if value is not None:
            new[name] = value
    language = before.original_language if line.original_language is None else tag(line.original_language)
    texts, wrong = all_texts(line, before, language)
    playables = all_playables(line, before)
    said: dict[str, Said[Any]] = {
        "texts": texts,
        "credits": all_credits(line, before),
        "windows": all_windows(line, before, options),
        "external_ids": all_external_ids(line, before),
        "ratings": all_ratings(line, before, options),
        "playables": playables,
    }
    new |= {name: tuple(part.entries) for name, part in said.items()}
    new |= {"original_language": language, "seasons": all_seasons(line, before)}
    if line.genres is not None:
        new["genres"] = (NOBODY,) * len(line.genres)
    document = replace(before, **new)
    places = {"externalIds" if name == "external_ids" else name: part.places for name, part in said.items()}
    wrong += names_said(line)
    wrong += [told(error, places) for error in faults(document)] + list(misplaced(line, before))
    return document, [error for error in wrong if error.path and error.path[-1] != "season"]  # its season says so too


def told(error: UserErrorRow, places: Mapping[str, Sequence[Place]]) -> UserErrorRow:
    path = error.path or ()
    if len(path) > 1 and path[0] in places:
        return replace(error, path=places[path[0]][int(path[1])](path[2:]))
    return replace(error, path=("year",)) if path == ("releaseYear",) else error


def misplaced(line: Line, before: TitleDocument) -> Iterator[UserErrorRow]:
    """What a film has not, or a series."""
    if line.kind not in (None, before.kind):
        yield fault("NOT_APPLICABLE", f"It is a {before.kind.value}, and stays one.", "kind")
    if line.seasons and before.kind is TitleKind.MOVIE:
        yield fault("NOT_APPLICABLE", "A film has no episodes.", "seasons")
    if line.markers and before.kind is TitleKind.SERIES:
        yield fault("NOT_APPLICABLE", "A series has no markers; its episodes have.", "markers")


def names_said(line: Line) -> list[UserErrorRow]:
    """What is wrong with the names of people and genres."""
    named: list[tuple[str, Path]] = [
        (x.person, ("credits", str(n), "person")) for n, x in enumerate(line.credits or ())
    ]
    for field in ("cast", "directors", "genres"):
        named += [(name, (field, str(n))) for n, name in enumerate(getattr(line, field) or ())]
    return [error for name, path in named for error in name_faults(spelt(name), *path)]


def all_texts(line: Line, before: TitleDocument, language: str) -> tuple[Said[TextEntry], list[UserErrorRow]]:
    """The texts, and which of the flat ones lack a name."""
    said = Said.as_it_was(before.texts if line.texts is None else text_entries(line.texts), "texts")
    wrong = []
    for end, words in line.words().items():
        own = tag(end[1:]) if end else language
        old = next((text for text in before.texts if text.language == own), None) if line.texts is None else None
        name = spelt(words["name"]) if "name" in words else old.name if old else None
        if name is None:
            wrong.append(fault("REQUIRED", "A synopsis or a tagline needs a name beside it.", f"name{end}"))
            continue
        prosaic = {word: prose(words[word]) for word in ("synopsis", "tagline") if word in words}
        entry = TextEntry(own, name, *(prosaic.get(w, getattr(old, w, None)) for w in ("synopsis", "tagline")))
        said = said.without(lambda text, old=old: text is old)  # type: ignore[misc]  # a lambda has no types
        said.add(entry, flat(end))
    return said, wrong


def flat(end: str) -> Place:
    """`name` and `synopsis.de` are fields of a text; what is wrong with its language is so with the name's key."""
    own = f"name{end}" if end else "originalLanguage"
    return lambda rest: (own if rest == ("language",) else f"{rest[0]}{end}", *rest[1:])


def all_credits(line: Line, before: TitleDocument) -> Said[CreditEntry]:
    """The credits, people left open. `cast` and `directors` say who acts and directs, and nothing of the others."""
    if line.credits is not None:
        entries = [CreditEntry(NOBODY, x.role, prose(x.character)) for x in line.credits]
        said = Said.as_it_was(entries, "credits")
    else:
        said = Said.as_it_was(before.credits, "credits").without(lambda x: x.role in roles_named(line))
    for field, role, names in short_credits(line):
        for n, _ in enumerate(names):
            said.add(CreditEntry(NOBODY, role), below(field, n))
    return said


def short_credits(line: Line) -> Iterator[tuple[str, CreditRole, Sequence[str]]]:
    """The fields of the flat form that name people, foremost first."""
    if line.directors is not None:
        yield "directors", CreditRole.DIRECTOR, line.directors
    if line.cast is not None:
        yield "cast", CreditRole.ACTOR, line.cast


def roles_named(line: Line) -> set[CreditRole]:
    return {role for _, role, _ in short_credits(line)}


def people_of(line: Line) -> list[str]:
    """Everybody whom the line names."""
    return [x.person for x in line.credits or ()] + [name for _, _, names in short_credits(line) for name in names]


def finished(document: TitleDocument) -> TitleDocument:
    return ordered(replace(document, playables=in_place(document.playables)))


def with_people(
    document: TitleDocument, line: Line, before: TitleDocument, people: Mapping[str, UUID]
) -> TitleDocument:
    """The document with the people named, by the ids of `people`. Whom the flat form names twice is there once, and
    keeps the character from before."""
    if line.credits is None and not roles_named(line):
        return document
    if line.credits is None:
        credits = [entry for entry in before.credits if entry.role not in roles_named(line)]
    else:
        credits = [CreditEntry(people[x.person], x.role, prose(x.character)) for x in line.credits]
    old = {(entry.person_id, entry.role): entry for entry in reversed(before.credits)}
    for _, role, names in short_credits(line):
        for person in dict.fromkeys(people[name] for name in names):
            credits.append(old.get((person, role)) or CreditEntry(person, role))
    return replace(document, credits=tuple(credits))


def all_windows(line: Line, before: TitleDocument, options: Options) -> Said[WindowEntry]:
    entries = before.windows
    if line.windows is not None:
        entries = tuple(WindowEntry(tuple(x.countries), x.from_, x.until) for x in line.windows)
    return Said.as_it_was(entries or (options.windows if line.windows is None else ()), "windows")


def all_ratings(line: Line, before: TitleDocument, options: Options) -> Said[RatingEntry]:
    entries = before.ratings
    if line.ratings is not None:
        entries = tuple(
            RatingEntry(
                x.country,
                x.code.strip(),
                x.minimum_age,
                x.system or system_named(x.country, before.kind),
                tuple(x.advisories),
            )
            for x in line.ratings
        )
    return Said.as_it_was(entries or (options.ratings(before.kind) if line.ratings is None else ()), "ratings")


def all_external_ids(line: Line, before: TitleDocument) -> Said[ExternalIdEntry]:
    if line.external_ids is not None:
        said = Said.as_it_was([ExternalIdEntry(x.source, x.value.strip()) for x in line.external_ids], "externalIds")
    else:
        said = Said.as_it_was(before.external_ids, "externalIds")
    if line.wikipedia is not None:
        if line.external_ids is None:
            said = said.without(lambda x: x.source == "wikipedia")
        said.add(ExternalIdEntry("wikipedia", line.wikipedia.strip()), at("wikipedia"))
    return said


def all_seasons(line: Line, before: TitleDocument) -> tuple[SeasonEntry, ...]:
    if line.seasons is None:
        return before.seasons
    known = {season.number: season.id for season in before.seasons}
    return tuple(SeasonEntry(x.number, known.get(x.number) or new_id(), x.names) for x in line.seasons)


def all_playables(line: Line, before: TitleDocument) -> Said[PlayableEntry]:
    """Episodes and trailers are known by their numbers, those of one number by their order: they keep their ids, and so
    their media."""
    said: Said[PlayableEntry] = Said([], [])
    for entry in before.playables:
        if entry.kind is PlayableKind.MOVIE:
            markers = entry.markers if line.markers is None else marker_entries(line.markers)
            said.add(replace(entry, markers=markers), below())
        elif (line.seasons if entry.kind is PlayableKind.EPISODE else line.trailers) is None:
            said.add(entry, below("playables"))
    known = defaultdict[Any, list[UUID]](list)
    for entry in before.playables:
        known[entry.kind, entry.season, entry.number].append(entry.id)

    def add(playable: lines.Playable, kind: PlayableKind, season: int | None, place: Place) -> None:
        ids = known[kind, season, playable.number]
        said.add(entry_of(playable, ids.pop(0) if ids else new_id(), kind, season), place)

    for i, season in enumerate(line.seasons or ()):
        for j, episode in enumerate(season.episodes):
            add(episode, PlayableKind.EPISODE, season.number, below("seasons", i, "episodes", j))
    for n, trailer in enumerate(line.trailers or ()):
        add(trailer, PlayableKind.TRAILER, None, below("trailers", n))
    return said


def entry_of(playable: lines.Playable, id_: UUID, kind: PlayableKind, season: int | None) -> PlayableEntry:
    texts, markers = text_entries(playable.texts), marker_entries(playable.markers)
    return PlayableEntry(id_, kind, season, playable.number, texts, playable.air_date, markers)


def text_entries(texts: Sequence[lines.Text]) -> tuple[TextEntry, ...]:
    return tuple(TextEntry(tag(x.language), spelt(x.name), prose(x.synopsis), prose(x.tagline)) for x in texts)


def marker_entries(markers: Sequence[lines.Marker]) -> tuple[MarkerEntry, ...]:
    return tuple(MarkerEntry(x.kind, x.start_ms, x.end_ms, prose(x.label)) for x in markers)


def tag(language: str) -> str:
    return canonical(language) or language
