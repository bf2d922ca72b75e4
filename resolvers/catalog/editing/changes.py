"""What an editor sent, put into a document. Of a change, what was not given stays as it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

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
MAY_BE_EMPTIED = {"status", "release_year"}


async def changed(db: AsyncSession, document: TitleDocument, input: inputs.TitleInput) -> TitleDocument:
    """The document as the editor wants it; Refusal of all that is wrong with it, by paths below `input`."""
    wrong = [*credit_faults(input.credits or ()), *await genre_faults(db, input.genre_ids or ())]
    wrong += await person_faults(db, input.credits or ())
    if wrong:
        raise Refusal.of(wrong)
    new: dict[str, Any] = {
        name: getattr(input, name)
        for name in PLAIN
        if getattr(input, name) is not None or (name in input.given and name in MAY_BE_EMPTIED)
    }
    if input.texts is not None:
        new["texts"] = text_entries(input.texts)
    if input.genre_ids is not None:
        new["genres"] = tuple(UUID(id_) for id_ in input.genre_ids)
    if input.credits is not None:
        new["credits"] = await credit_entries(db, input.credits)
    if input.windows is not None:
        new["windows"] = tuple(WindowEntry(tuple(x.countries), x.from_, x.until) for x in input.windows)
    if input.ratings is not None:
        new["ratings"] = rating_entries(document, input.ratings)
    if input.external_ids is not None:
        new["external_ids"] = tuple(ExternalIdEntry(x.source, x.value.strip()) for x in input.external_ids)
    made = replace(document, **new)
    check_document(made)
    return ordered(made)


def check_document(document: TitleDocument) -> None:
    """Refusal of all that is wrong with it, by paths below `input`."""
    wrong = [below(error, "input") for error in faults(document)]
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
    return (text and text.strip()) or None


def marker_entries(markers: Sequence[inputs.MarkerInput]) -> tuple[MarkerEntry, ...]:
    return tuple(MarkerEntry(x.kind, x.start_ms, x.end_ms, x.label) for x in markers)


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


def credit_faults(credits: Sequence[inputs.CreditInput]) -> Faults:
    for n, credit in enumerate(credits):
        if (credit.person_id is None) == (credit.person_name is None):
            yield fault("REQUIRED", "Give either `personId` or `personName`.", "input", "credits", n, "personId")
        elif credit.person_name is not None:
            yield from name_faults(spelt(credit.person_name), "input", "credits", n, "personName")


async def person_faults(db: AsyncSession, credits: Sequence[inputs.CreditInput]) -> list[UserErrorRow]:
    named = {n: credit.person_id for n, credit in enumerate(credits) if credit.person_id is not None}
    known = set(await existing(db, PERSON, list(named.values())))
    return [
        fault("UNKNOWN_PERSON", "There is no such person.", "input", "credits", n, "personId")
        for n, id_ in named.items()
        if uuid_of(id_) not in known
    ]


async def credit_entries(db: AsyncSession, credits: Sequence[inputs.CreditInput]) -> tuple[CreditEntry, ...]:
    people = await people_named(db, [x.person_name for x in credits if x.person_name is not None])
    return tuple(
        CreditEntry(
            UUID(x.person_id) if x.person_id is not None else people[x.person_name or ""],
            x.role,
            prose(x.character),
        )
        for x in credits
    )
