"""Which language a viewer reads: the wanted one, its parent, another of its kind, then the next best."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeVar

from babel.core import get_global

T = TypeVar("T")
LAST_RESORT = "en"


def fallbacks(languages: Iterable[str], original: str | None = None) -> list[str]:
    """The languages to try, best first: each wanted one, then its parents (pt-BR, pt), the original, English."""
    chain = [tag for language in languages for tag in lineage(language)]
    return list(dict.fromkeys([*chain, *([original] if original else []), LAST_RESORT]))


def lineage(language: str) -> Iterator[str]:
    """The language and its parents as CLDR has them (UTS 35, section 4.1.3), then by RFC 4647, section 3.4: es-MX,
    es-419, es; and zh-TW, zh-Hant, zh, for its script goes without saying."""
    yield language
    above = "_".join(language.split("-"))
    script = get_global("likely_subtags").get(above, "").split("_")[1:2]
    parent = get_global("parent_exceptions").get(above)
    primary, _, rest = language.partition("-")
    if parent not in (None, "root"):
        yield from lineage(parent.replace("_", "-"))
    elif len(rest) == 2 and script:
        yield from lineage(f"{primary}-{script[0]}")
    elif rest:
        yield from lineage(language.rpartition("-")[0])


@lru_cache(maxsize=1000)
def choice(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The wanted languages and their parents, best first; `pt-*` stands for any other Portuguese."""
    tags = fallbacks(languages)
    return tuple(tags)


def best(texts: Mapping[str, T], languages: Iterable[str], original: str | None = None) -> T | None:
    """The text of the best language there is; None where there is none at all."""
    found = next((texts[language] for language in fallbacks(languages, original) if language in texts), None)
    return found if found is not None else next(iter(texts.values()), None)
