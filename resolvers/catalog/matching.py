"""Names compared as people compare them: without accents and capitals."""

from typing import Any

from sqlalchemy import ColumnElement, String, cast, func, literal


def folded(text: Any) -> ColumnElement[str]:
    """Without accents and capitals, as the trigram indexes hold names."""
    return cast(func.public.folded(text), String)


def pattern(words: str) -> ColumnElement[str]:
    """The folded words as LIKE takes them: every character stands for itself."""
    return folded(literal(words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")))


def holds(name: Any, words: str) -> ColumnElement[bool]:
    """Whether the name has the words in it."""
    return folded(name).like(literal("%") + pattern(words) + literal("%"))


def begins(name: Any, prefix: str) -> ColumnElement[bool]:
    """Whether a word of the name begins with `prefix`."""
    start = pattern(prefix) + literal("%")
    return folded(name).like(start) | folded(name).like(literal("% ") + start)
