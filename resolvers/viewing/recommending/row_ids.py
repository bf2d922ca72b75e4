"""The ids of home's rows, by which clients say where a title was shown or picked from."""

from uuid import UUID

from resolvers.viewing.recommending.rows import HomeRowKind
from runtime.scalars import uuid_of

ABOUT = {HomeRowKind.GENRE, HomeRowKind.BECAUSE_YOU_WATCHED}
"""Rows of which there are several: by genre, and by the title that they stem from."""


def row_id(profile_id: UUID, kind: HomeRowKind, about: UUID | None = None) -> str:
    return ":".join(["row", str(profile_id), kind.name, *([str(about)] if about else [])])


def is_row_of(profile_id: UUID, id_: str) -> bool:
    """Whether this is the id of one of the profile's rows, whatever it shows by now."""
    start, *of = id_.split(":")
    if start != "row" or not 2 <= len(of) <= 3 or of[0] != str(profile_id) or of[1] not in HomeRowKind.__members__:
        return False
    about = uuid_of(of[2]) if len(of) == 3 else None
    kind = HomeRowKind[of[1]]
    return id_ == row_id(profile_id, kind, about) and (kind in ABOUT) == (about is not None)
