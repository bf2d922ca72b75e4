"""Episodes and trailers of a draft, and the markers of a film."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import cast, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from models.catalog import PlayableKind, TitleKind
from models.columns import new_id
from resolvers.catalog.editing.changes import below, check_nulls, marker_entries, text_entries
from resolvers.catalog.editing.commands import keep
from resolvers.catalog.editing.document import PlayableEntry, SeasonEntry, TitleDocument, ordered
from resolvers.catalog.editing.drafts import locked, stale
from resolvers.catalog.editing.inputs import PlayableInput
from resolvers.catalog.editing.rows import EditorialTitleChanged
from resolvers.catalog.editing.rules import MOST, fault, playable_faults
from resolvers.catalog.editing.stored import in_place
from resolvers.catalog.tables import PLAYABLE, TITLE_DRAFT
from runtime.errors import Refusal
from runtime.request import Request
from runtime.scalars import Id, uuid_of

PLAIN = ("season", "number", "air_date")


async def save_playable(
    request: Request, *, title_id: Id, revision: int, input: PlayableInput, id: Id | None = None
) -> EditorialTitleChanged:
    """The title with a new episode or trailer, or with one changed, one revision on.

    Refusals: TITLE_NOT_FOUND (`titleId`), STALE_REVISION (`revision`), PLAYABLE_NOT_FOUND (`id`), and below `input`
    those of `rules.playable_faults`, DUPLICATE_NUMBER, TOO_MANY.
    """
    async with request.write("catalog") as db:
        title = await locked(db, title_id, "titleId")
        if title.revision != revision:
            return stale(request, title)
        if id is None:
            entry = new_entry(title.document, input)
        else:
            entry = entry_of(title.document, id)
            check_nulls(input)
        entry = put_in(entry, input)
        check_entry(title.document, entry)
        return await keep(db, request, title, with_playable(title.document, entry))


async def remove_playable(request: Request, *, id: Id, revision: int) -> EditorialTitleChanged:
    """The title without an episode or a trailer, one revision on.

    Refusals: PLAYABLE_NOT_FOUND (`id`), STALE_REVISION (`revision`), NOT_APPLICABLE (`id`: a film is its own playable).
    """
    async with request.write("catalog") as db:
        owner = await title_of(db, id)
        title = await locked(db, Id(str(owner)))
        if title.revision != revision:
            return stale(request, title)
        gone = entry_of(title.document, id)
        if gone.kind is PlayableKind.MOVIE:
            raise Refusal("NOT_APPLICABLE", "A film is its own playable: it can't be removed.", "id")
        left = tuple(entry for entry in title.document.playables if entry.id != gone.id)
        return await keep(db, request, title, with_seasons(replace(title.document, playables=left)))


def not_found() -> Refusal:
    return Refusal("PLAYABLE_NOT_FOUND", "There is no such episode or trailer.", "id")


def entry_of(document: TitleDocument, id: Id) -> PlayableEntry:
    """The document's playable; Refusal PLAYABLE_NOT_FOUND (`id`)."""
    found = next((entry for entry in document.playables if entry.id == uuid_of(id)), None)
    if found is None:
        raise not_found()
    return found


async def title_of(db: AsyncSession, id: Id) -> UUID:
    """Whose playable it is, published or drafted; Refusal PLAYABLE_NOT_FOUND (`id`)."""
    key = uuid_of(id)
    drafted = TITLE_DRAFT.c.document.contains(cast({"playables": [{"id": str(key)}]}, JSONB))
    either = union_all(
        select(PLAYABLE.c.title_id).where(PLAYABLE.c.id == key),
        select(TITLE_DRAFT.c.title_id).where(drafted),
    )
    owner: UUID | None = None if key is None else await db.scalar(either.limit(1))
    if owner is None:
        raise not_found()
    return owner


def new_entry(document: TitleDocument, input: PlayableInput) -> PlayableEntry:
    """An empty one of the kind that is asked for; Refusal REQUIRED or NOT_APPLICABLE (`input.kind`)."""
    if input.kind is None:
        raise Refusal("REQUIRED", "Say whether it is an EPISODE or a TRAILER.", "input", "kind")
    if input.kind is PlayableKind.MOVIE:
        raise Refusal("NOT_APPLICABLE", "A film is its own playable: there is no other.", "input", "kind")
    if input.kind is PlayableKind.EPISODE and document.kind is TitleKind.MOVIE:
        raise Refusal("NOT_APPLICABLE", "A film has no episodes.", "input", "kind")
    return PlayableEntry(new_id(), input.kind)


def put_in(entry: PlayableEntry, input: PlayableInput) -> PlayableEntry:
    """The entry with what was given; Refusal NOT_APPLICABLE (`input.kind`) where it would become another kind."""
    if input.kind not in (None, entry.kind):
        raise Refusal("NOT_APPLICABLE", f"It is a {entry.kind.value}, and stays one.", "input", "kind")
    new: dict[str, Any] = {name: getattr(input, name) for name in PLAIN if name in input.given}
    if input.texts is not None:
        new["texts"] = text_entries(input.texts)
    if input.markers is not None:
        new["markers"] = marker_entries(input.markers)
    return replace(entry, **new)


def check_entry(document: TitleDocument, entry: PlayableEntry) -> None:
    """Refusal of all that is wrong with it, by paths below `input`."""
    wrong = [below(error, "input") for error in playable_faults(entry)]
    others = [other for other in document.playables if other.id != entry.id]
    place = (entry.season, entry.number)
    if entry.kind is PlayableKind.EPISODE and place in {(other.season, other.number) for other in others}:
        wrong.append(fault("DUPLICATE_NUMBER", "Another episode has this number.", "input", "number"))
    if len(others) >= MOST["playables"]:
        wrong.append(fault("TOO_MANY", f"A title has at most {MOST['playables']:,} of them.", "titleId"))
    if wrong:
        raise Refusal.of(wrong)


def with_playable(document: TitleDocument, entry: PlayableEntry) -> TitleDocument:
    others = (other for other in document.playables if other.id != entry.id)
    return ordered(with_seasons(replace(document, playables=in_place([*others, entry]))))


def with_seasons(document: TitleDocument) -> TitleDocument:
    """With the seasons that its episodes are of: a season comes with its first episode and goes with its last."""
    known = {season.number: season for season in document.seasons}
    numbers = sorted({entry.season for entry in document.playables if entry.season is not None})
    return replace(document, seasons=tuple(known.get(n) or SeasonEntry(n, new_id(), {}) for n in numbers))
