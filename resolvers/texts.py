"""Which language a viewer reads: the wanted one, its parents, another of its kind, then the next best."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from babel.core import get_global

T = TypeVar("T")
LAST_RESORT = "en"
OTHER = "-*"


@lru_cache(maxsize=1000)
def lineage(language: str) -> tuple[str, ...]:
    """The language (BCP 47) and its parents, the nearest first: those that CLDR names (UTS 35, section 4.1.3), such as
    es-MX, es-419, es; else by RFC 4647, section 3.4. A script that goes without saying is said: zh-TW, zh-Hant, zh."""
    key = language.replace("-", "_")
    parent = get_global("parent_exceptions").get(key, "root")
    shorter, _, last = language.rpartition("-")
    if parent == "root":
        unwritten = shorter == primary(language) and len(last) == 2
        parent = (unwritten and get_global("likely_subtags").get(key)) or shorter
    return language, *(lineage(parent.replace("_", "-")) if parent else ())


def fallbacks(languages: Iterable[str]) -> list[str]:
    """The languages to try, best first: each wanted one, then its parents."""
    return list(dict.fromkeys(tag for language in languages for tag in lineage(language)))


@lru_cache(maxsize=1000)
def choice(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The same, with `pt-*` for any other Portuguese, once nothing that is wanted of it is left."""
    tags = fallbacks(languages)
    last = {primary(tag): tag for tag in tags}
    others = {tag: (primary(tag) + OTHER,) for tag in last.values()}
    return tuple(name for tag in tags for name in (tag, *others.get(tag, ())))


def primary(tag: str) -> str:
    return tag.partition("-")[0]


def best(texts: Mapping[str, T], languages: Iterable[str], original: str | None = None) -> T | None:
    """The text of the best language there is: a wanted one, the original, English, any. None where there is none."""
    names = [*choice(tuple(languages)), *([original] if original else []), LAST_RESORT]
    tag = next((tag for name in names for tag in named(texts, name)), None) or min(texts, default=None)
    return None if tag is None else texts[tag]


def named(tags: Iterable[str], name: str) -> list[str]:
    """Those of the tags that a name in a `choice` stands for."""
    if name.endswith(OTHER):
        return sorted(tag for tag in tags if primary(tag) == primary(name))
    return [name] if name in tags else []
