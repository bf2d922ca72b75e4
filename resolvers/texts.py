"""Which language a viewer reads: the wanted one, its parent, then the next best."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")
LAST_RESORT = "en"


def fallbacks(languages: Iterable[str], original: str | None = None) -> list[str]:
    """The languages to try, best first: each wanted one, then its parents (pt-BR, pt), the original, English."""
    chain: list[str] = []
    for language in languages:
        parts = language.split("-")
        chain += ["-".join(parts[:n]) for n in range(len(parts), 0, -1)]
    return list(dict.fromkeys([*chain, *([original] if original else []), LAST_RESORT]))


def best(texts: Mapping[str, T], languages: Iterable[str], original: str | None = None) -> T | None:
    """The text of the best language there is; None where there is none at all."""
    found = next((texts[language] for language in fallbacks(languages, original) if language in texts), None)
    return found if found is not None else next(iter(texts.values()), None)
