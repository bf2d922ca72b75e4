"""Tags of languages, and which of them a browser asks for."""

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global

MOST_LANGUAGES = 10
LONGEST = 60
"""How many characters a tag may have; 35 do for all that are in use (RFC 5646, section 4.4.1)."""
QUALITY = re.compile(r"\s*q=([01](?:\.\d*)?)\s*", re.ASCII | re.IGNORECASE)
TAG = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|\d{3}))?((?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)", re.ASCII)
"""Language, script, region and variants; no extensions and nothing for private use."""
KNOWN = Locale("en")


def accepted_languages(header: str) -> list[str]:
    """The language tags of an Accept-Language header (RFC 9110, section 12.5.4), best first, as BCP 47 would have them
    written; what is none is left out."""
    weighted = []
    for part in header.split(",")[:MOST_LANGUAGES]:
        tag, _, parameters = part.partition(";")
        weight = QUALITY.fullmatch(parameters or "q=1")
        known = canonical(tag.strip())
        if known is not None and weight is not None and float(weight[1]) > 0:
            weighted.append((float(weight[1]), known))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def canonical(tag: str) -> str | None:
    """The tag as BCP 47 would have it written (RFC 5646, sections 2.1.1 and 4.5), such as pt-BR for `PT-br`.

    None for what is none, and for languages of two letters, scripts and regions that there are not. Languages of three
    letters are as many as ISO 639-3 has, of which we keep no list.
    """
    return spelt(tag.lower()) if len(tag) <= LONGEST else None


@lru_cache(maxsize=1000)
def spelt(tag: str) -> str | None:
    parts = TAG.fullmatch(tag)
    if parts is None:
        return None
    language, script, region, variants = (part or "" for part in parts.groups())
    language = preferred(language)
    script, region = script[1:].title(), region[1:].upper()
    if len(language) == 2 and language not in KNOWN.languages:
        return None
    if (script and script not in KNOWN.scripts) or (region and region not in KNOWN.territories):
        return None
    return "-".join(filter(None, (language, script, region, *variants.split("-"))))


def preferred(language: str) -> str:
    """The code by which CLDR replaces an old or a longer one, such as `en` for `eng` and `he` for `iw`."""
    replaced: str = get_global("language_aliases").get(language, language)
    return replaced if replaced.isalpha() else language
