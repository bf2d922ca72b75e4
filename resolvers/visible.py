"""What a viewer may see: the one predicate that every path to a title goes through, in whichever subgraph."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_
from sqlmodel import col

from models.columns import Instant
from models.published import PublishedWindow as Window
from runtime.request import Request


@dataclass(frozen=True, slots=True)
class Asker:
    """Stands for a request in a statement that is built once: `asked_by` gives its values when it is executed."""

    country: Any
    maximum_age: Any
    now: Any


ASKER = Asker(bindparam("country"), bindparam("maximum_age"), bindparam("now", type_=Instant()))


def asked_by(request: Request) -> dict[str, Any]:
    """The parameters of a statement that is about `ASKER`."""
    return {"country": request.country, "maximum_age": request.maximum_age, "now": request.now}


def visible(title_id: Any, request: Request | Asker) -> ColumnElement[bool]:
    """Whether the title exists for the viewer: published, in a window of the country that is open or will open, and
    rated there for the viewer's age."""
    return exists().where(*in_window(title_id, request))


def playable_now(title_id: Any, request: Request | Asker) -> ColumnElement[bool]:
    """Whether the title exists for the viewer and one of its windows is open."""
    return exists().where(*in_window(title_id, request), col(Window.opens_at) <= request.now)


def visible_to_anyone(title_id: Any, now: datetime) -> ColumnElement[bool]:
    """Whether the title exists for some viewer in some country."""
    return exists().where(col(Window.title_id) == title_id, not_over(now))


def in_window(title_id: Any, request: Request | Asker) -> list[ColumnElement[bool]]:
    return [*for_viewer(title_id, request), not_over(request.now)]


def for_viewer(title_id: Any, request: Request | Asker) -> list[ColumnElement[bool]]:
    """What makes a window of the title one for the viewer, though it may be over."""
    return [
        col(Window.title_id) == title_id,
        col(Window.country) == request.country,
        col(Window.minimum_age) <= request.maximum_age,
    ]


def not_over(now: Any) -> ColumnElement[bool]:
    return or_(col(Window.closes_at).is_(None), col(Window.closes_at) > now)
