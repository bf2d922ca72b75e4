"""Refusals of editors' changes in the languages that we speak: English is what is raised, the others name the rule."""

from collections.abc import Sequence

from oauth import refusals
from runtime.errors import UserErrorRow

TRANSLATED: dict[str, dict[str, str]] = {"de": {}, "es": {}}


def translated(languages: Sequence[str], error: UserErrorRow) -> UserErrorRow:
    """The refusal in whichever language that we speak suits who prefers these (BCP 47), best first."""
    return refusals.translated(languages, error, TRANSLATED)
