"""The choice of `resolvers.texts.best`, made by Postgres, so that one text a title travels; and a few words of ours."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from resolvers.texts import LAST_RESORT, best, fallbacks
from runtime.request import Request

UNSAID = "und"
SEASON = {"en": "Season {}", "de": "Staffel {}", "es": "Temporada {}", "fr": "Saison {}"}
SPECIALS = {"en": "Specials", "de": "Extras", "es": "Especiales", "fr": "Hors-série"}
EPISODE = {"en": "Episode {}", "de": "Folge {}", "es": "Episodio {}", "fr": "Épisode {}"}
TRAILER = {"en": "Trailer", "de": "Trailer", "es": "Tráiler", "fr": "Bande-annonce"}


def wanted(request: Request) -> list[str]:
    """The request's languages and their parents, best first, without what is tried after them."""
    chain = fallbacks(request.languages, UNSAID)
    return chain[: chain.index(UNSAID)]


def preference(request: Request, language: Any, original: Any = None) -> ColumnElement[int]:
    """A sort key that is least for the language `texts.best` would take; a picture without words (null) comes next."""
    chain = wanted(request)
    last = len(chain)
    later = [(language.is_(None), last + 1)]
    later += [] if original is None else [(language == original, last + 2)]
    later += [(language == LAST_RESORT, last + 3)]
    return func.coalesce(func.array_position(literal(chain, ARRAY(Text)), language), case(*later, else_=last + 4))


def say(words: Mapping[str, str], request: Request, *values: object) -> str:
    """One of our own phrases in the request's language, with its gaps filled."""
    return (best(words, request.languages) or "").format(*values)
