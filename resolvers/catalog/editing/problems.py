"""What keeps a title from being published."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, union

from models.catalog import MediaAssetStatus, PlayableKind, TitleKind, UploadPurpose
from resolvers.catalog.editing.document import TitleDocument
from resolvers.catalog.editing.refusals import translated
from resolvers.catalog.editing.rows import EditorialTitleRow
from resolvers.catalog.editing.rules import fault
from resolvers.catalog.editing.stored import Reader
from resolvers.catalog.tables import MEDIA_ASSET, PLAYABLE
from runtime.database import among
from runtime.errors import UserErrorRow
from runtime.request import Request


async def problems_of(request: Request, titles: Sequence[EditorialTitleRow]) -> list[list[UserErrorRow]]:
    """Each title's problems if it were published now, in the language of the request."""
    async with request.read("catalog") as db:
        found = await problems_in(db, [title.document for title in titles], request.now)
    return [[translated(request.languages, problem) for problem in problems] for problems in found]


async def problems_in(db: Reader, documents: Sequence[TitleDocument], now: datetime) -> list[list[UserErrorRow]]:
    """Each document's problems if it were published at `now`; media are looked up for all of them at once."""
    plays = await with_media(db, [id_ for document in documents for id_ in features(document)])
    return [
        [*text_problems(document), *window_problems(document, now), *media_problems(document, plays)]
        for document in documents
    ]


def features(document: TitleDocument) -> list[UUID]:
    """What is watched of it, trailers left out."""
    return [entry.id for entry in document.playables if entry.kind is not PlayableKind.TRAILER]


def text_problems(document: TitleDocument) -> Iterator[UserErrorRow]:
    if document.original_language not in {text.language for text in document.texts}:
        message = f"It has no name in its original language, {document.original_language}."
        yield fault("NO_TEXT", message, "texts")
    if document.kind is TitleKind.SERIES and document.status is None:
        yield fault("NO_STATUS", "A series is upcoming, airing or ended: say which.", "status")


def window_problems(document: TitleDocument, now: datetime) -> Iterator[UserErrorRow]:
    """A window without a rating would show it to nobody there."""
    to_come = [window for window in document.windows if window.until is None or window.until > now]
    if not to_come:
        yield fault("NO_WINDOW", "It has no window that is open or will open.", "windows")
    rated = {rating.country for rating in document.ratings}
    for country in sorted({country for window in to_come for country in window.countries} - rated):
        yield fault("NO_RATING", f"A window opens in {country}, where it has no rating.", "ratings", country)


def media_problems(document: TitleDocument, plays: set[UUID]) -> Iterator[UserErrorRow]:
    """A series may go out with its first episode; those without media yet can't be played."""
    if not plays.intersection(features(document)):
        what = "The film has no media" if document.kind is TitleKind.MOVIE else "No episode has media"
        yield fault("NO_MEDIA", f"{what} that is ready to play.", "playables")


async def with_media(db: Reader, playable_ids: Sequence[UUID]) -> set[UUID]:
    """Which of the playables, published or drafted, have a video that is ready."""
    asset = MEDIA_ASSET.c
    ready = (asset.status == MediaAssetStatus.READY, asset.purpose == UploadPurpose.VIDEO)
    attached = select(PLAYABLE.c.id).join(MEDIA_ASSET, asset.id == PLAYABLE.c.asset_id)
    meant = select(asset.target_id).where(among(asset.target_id, playable_ids), *ready)
    both = union(attached.where(among(PLAYABLE.c.id, playable_ids), *ready), meant)
    return set((await db.execute(both)).scalars())
