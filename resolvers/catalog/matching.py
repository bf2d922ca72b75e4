"""Names compared as people compare them: without accents and capitals."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal


def folded(text: Any) -> ColumnElement[str]:
    """Without accents and capitals, as the trigram indexes hold names."""
    return cast(func.public.folded(text), String)


def holds(name: Any, words: str) -> ColumnElement[bool]:
    """Whether the name has the words in it, each character standing for itself."""
    escaped = func.regexp_replace(folded(literal(words)), r"([\\%_])", r"\\\1", "g")  # folding makes % of wide ones
    return folded(name).like(literal("%") + escaped + literal("%"))
