"""What can go wrong, in the words that clients see."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UserErrorRow:
    """`code` is stable and SCREAMING_SNAKE_CASE, `message` is for people, `path` is the input path at fault."""

    code: str
    message: str
    path: tuple[str, ...] | None


class Refusal(Exception):
    """A mutation that a rule forbids: it changed nothing, and its payload's `userErrors` say why."""

    def __init__(self, code: str, message: str, *path: str) -> None:
        super().__init__(message)
        self.errors = [UserErrorRow(code, message, path or None)]

    @classmethod
    def of(cls, errors: Sequence[UserErrorRow]) -> "Refusal":
        """Of all that is wrong with an input, of which there is something."""
        first = errors[0]
        refusal = cls(first.code, first.message, *(first.path or ()))
        refusal.errors = list(errors)
        return refusal

    @property
    def error(self) -> UserErrorRow:
        """What is wrong first of all."""
        return self.errors[0]


class Fault(Exception):
    """An error that clients may see as it is: a GraphQL error with this `code` in its extensions."""

    code = "INTERNAL_SERVER_ERROR"


class BadInput(Fault):
    """A query's argument is out of range or malformed; the message names it."""

    code = "BAD_USER_INPUT"


class Unauthenticated(Fault):
    """The field needs a valid access token."""

    code = "UNAUTHENTICATED"


class Forbidden(Fault):
    """The access token lacks a scope."""

    code = "FORBIDDEN"


class NotFound(Fault):
    """There is no such thing, or this viewer may not know of it."""

    code = "NOT_FOUND"


class Unavailable(Fault):
    """Something that we depend on does not answer."""

    code = "SERVICE_UNAVAILABLE"
