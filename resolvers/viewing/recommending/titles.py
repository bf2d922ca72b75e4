"""Lists of titles that a client sends."""

from collections.abc import Sequence
from uuid import UUID

from resolvers.viewing.messages import say
from resolvers.viewing.references import visible_titles
from runtime.errors import Refusal, UserErrorRow
from runtime.request import Request
from runtime.scalars import Id, uuid_of

MOST = 100


async def titles_named(request: Request, title_ids: Sequence[Id]) -> list[UUID]:
    """The ids in `titleIds`, all of titles that exist for the viewer. Refusals: TOO_MANY_TITLES, NOT_FOUND."""
    if len(title_ids) > MOST:
        message = say(request.languages, "TOO_MANY_TITLES", most=MOST, count=len(title_ids))
        raise Refusal("TOO_MANY_TITLES", message, "titleIds")
    ids = [uuid_of(id_) for id_ in title_ids]
    known = await visible_titles(request, [id_ for id_ in ids if id_])
    unknown = [str(n) for n, id_ in enumerate(ids) if id_ not in known]
    if unknown:
        message = say(request.languages, "UNKNOWN_TITLE")
        raise Refusal.of([UserErrorRow("NOT_FOUND", message, ("titleIds", n)) for n in unknown])
    return [id_ for id_ in ids if id_]
