"""What an editor sent, put into a document. Of a change, what was not given stays as it is."""

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from pydantic.alias_generators import to_camel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import TitleKind
from models.rating_systems import system_of
from resolvers.catalog.editing import inputs
from resolvers.catalog.editing.document import (
    CreditEntry,
    ExternalIdEntry,
    MarkerEntry,
    RatingEntry,
    TextEntry,
    TitleDocument,
    WindowEntry,
    ordered,
)
from resolvers.catalog.editing.people import people_named, spelt
from resolvers.catalog.editing.rules import Faults, fault, faults, name_faults, repeated
from resolvers.catalog.tables import GENRE, PERSON
from runtime.database import among
from runtime.errors import Refusal, UserErrorRow
from runtime.languages import canonical
from runtime.scalars import Id, uuid_of

PLAIN = ("slug", "status", "release_year")
NULLABLE = {"status", "release_year", "kind", "season", "number", "air_date"}
NOBODY = UUID(int=0)
"""Stands in for people who are looked up or made only when nothing is wrong."""


async def changed(db: AsyncSession, document: TitleDocument, input: inputs.TitleInput) -> TitleDocument:
    """The document as the editor wants it; Refusal of all that is wrong with it, by paths below `input`."""
    parts = given_parts(document, input)
    made = replace(document, **parts)
    wrong = [*await genre_faults(db, input.genre_ids or ()), *await person_faults(db, input.credits or ())]
    given = {to_camel(name) for name in parts}  # what was there before is nothing that this editor said
    wrong += [below(error, "input") for error in faults(made) if error.path and error.path[0] in given]
    if wrong:
        raise Refusal.of(wrong)
    if input.credits is not None:
        made = replace(made, credits=await with_people(db, made.credits, input.credits))
    return ordered(made)


def given_parts(document: TitleDocument, input: inputs.TitleInput) -> dict[str, Any]:
    """The parts of the document that were given, as they would be stored."""
    new: dict[str, Any] = {
        name: getattr(input, name)
        for name in PLAIN
        if getattr(input, name) is not None or (name in input.given and name in NULLABLE)
    }
    if input.texts is not None:
        new["texts"] = text_entries(input.texts)
    if input.genre_ids is not None:
        new["genres"] = tuple(uuid_of(id_) or NOBODY for id_ in input.genre_ids)
    if input.credits is not None:
        new["credits"] = tuple(
            CreditEntry(uuid_of(x.person_id or "") or NOBODY, x.role, prose(x.character)) for x in input.credits
        )
    if input.windows is not None:
        new["windows"] = tuple(WindowEntry(tuple(x.countries), x.from_, x.until) for x in input.windows)
    if input.ratings is not None:
        new["ratings"] = rating_entries(document, input.ratings)
    if input.external_ids is not None:
        new["external_ids"] = tuple(ExternalIdEntry(x.source, x.value.strip()) for x in input.external_ids)
    return new


def check_nulls(input: inputs.TitleInput | inputs.PlayableInput) -> None:
    """Refusal REQUIRED of what can't be emptied by null, though it may be left out of a change."""
    wrong = [
        fault("REQUIRED", "This can't be null; leave it out to keep it as it is.", "input", to_camel(name))
        for name in sorted(input.given - NULLABLE)
        if getattr(input, name) is None
    ]
    if wrong:
        raise Refusal.of(wrong)


def below(error: UserErrorRow, *path: str) -> UserErrorRow:
    return replace(error, path=(*path, *(error.path or ())))


def text_entries(texts: Sequence[inputs.LocalizedTextInput]) -> tuple[TextEntry, ...]:
    """Composed (NFC) and without spaces around; a blank synopsis or tagline is none."""
    return tuple(
        TextEntry(canonical(x.language) or x.language, spelt(x.name), prose(x.synopsis), prose(x.tagline))
        for x in texts
    )


def prose(text: str | None) -> str | None:
    return (text and unicodedata.normalize("NFC", text).strip()) or None


def marker_entries(markers: Sequence[inputs.MarkerInput]) -> tuple[MarkerEntry, ...]:
    return tuple(MarkerEntry(x.kind, x.start_ms, x.end_ms, prose(x.label)) for x in markers)


def rating_entries(document: TitleDocument, ratings: Sequence[inputs.TerritoryRatingInput]) -> tuple[RatingEntry, ...]:
    """A rating that stays as it was keeps what the editors' API does not tell: its system and advisories."""
    before = {(x.country, x.code, x.minimum_age): x for x in document.ratings}
    return tuple(
        before.get((x.country, x.code.strip(), x.minimum_age))
        or RatingEntry(x.country, x.code.strip(), x.minimum_age, system_named(x.country, document.kind))
        for x in ratings
    )


def system_named(country: str, kind: TitleKind) -> str:
    """The body whose ratings the country knows; the country's code where we know of none."""
    known = system_of(country, kind)
    return known.system if known else country


async def genre_faults(db: AsyncSession, ids: Sequence[Id]) -> list[UserErrorRow]:
    known = set(await existing(db, GENRE, ids))
    wrong = [
        fault("UNKNOWN_GENRE", "There is no such genre.", "input", "genreIds", n)
        for n, id_ in enumerate(ids)
        if uuid_of(id_) not in known
    ]
    twice = repeated(map(uuid_of, ids))
    return wrong + [fault("DUPLICATE_GENRE", "It stands here twice.", "input", "genreIds", n) for n, _ in twice]


async def existing(db: AsyncSession, table: Any, ids: Sequence[Id]) -> Sequence[UUID]:
    """Which of the ids the table has."""
    keys = [key for key in map(uuid_of, ids) if key is not None]
    found: Sequence[UUID] = (await db.execute(select(table.c.id).where(among(table.c.id, keys)))).scalars().all()
    return found


async def person_faults(db: AsyncSession, credits: Sequence[inputs.CreditInput]) -> list[UserErrorRow]:
    known = set(await existing(db, PERSON, [x.person_id for x in credits if x.person_id is not None]))
    return [error for n, credit in enumerate(credits) for error in credit_faults(credit, known, "input", "credits", n)]


def credit_faults(credit: inputs.CreditInput, known: set[UUID], *path: object) -> Faults:
    """What is wrong with who is credited."""
    if (credit.person_id is None) == (credit.person_name is None):
        yield fault("REQUIRED", "Give either `personId` or `personName`.", *path, "personId")
    elif credit.person_name is not None:
        yield from name_faults(spelt(credit.person_name), *path, "personName")
    elif uuid_of(credit.person_id or "") not in known:
        yield fault("UNKNOWN_PERSON", "There is no such person.", *path, "personId")


async def with_people(
    db: AsyncSession, entries: Sequence[CreditEntry], credits: Sequence[inputs.CreditInput]
) -> tuple[CreditEntry, ...]:
    """The entries with those people who were named."""
    people = await people_named(db, [x.person_name for x in credits if x.person_name is not None])
    return tuple(
        entry if x.person_name is None else replace(entry, person_id=people[x.person_name])
        for entry, x in zip(entries, credits, strict=True)
    )
