"""The choice of `resolvers.texts.best`, made by Postgres, so that one text a title travels; and a few words of ours."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, case, func, literal
from sqlalchemy.dialects.postgresql import ARRAY

from resolvers.texts import LAST_RESORT, OTHER, best, choice, fallbacks
from runtime.request import Request

SEASON = {"en": "Season {}", "de": "Staffel {}", "es": "Temporada {}", "fr": "Saison {}"}
SPECIALS = {"en": "Specials", "de": "Extras", "es": "Especiales", "fr": "Hors-série"}
EPISODE = {"en": "Episode {}", "de": "Folge {}", "es": "Episodio {}", "fr": "Épisode {}"}
TRAILER = {"en": "Trailer", "de": "Trailer", "es": "Tráiler", "fr": "Bande-annonce"}


def wanted(request: Request) -> list[str]:
    """The request's languages and their parents, best first."""
    return fallbacks(request.languages)


def preference(request: Request, language: Any, original: Any = None) -> ColumnElement[int]:
    """A sort key that is least for the language `texts.best` would take; a picture without words (null) comes next."""
    chain = choice(request.languages)
    last, names = len(chain), literal(list(chain), ARRAY(Text))
    other = func.split_part(language, "-", 1).concat(OTHER)
    later = [(language.is_(None), last + 1)]
    later += [] if original is None else [(language == original, last + 2)]
    later += [(language == LAST_RESORT, last + 3)]
    places = (func.array_position(names, tag) for tag in (language, other))
    return func.coalesce(*places, case(*later, else_=last + 4))


def say(words: Mapping[str, str], request: Request, *values: object) -> str:
    """One of our own phrases in the request's language, with its gaps filled."""
    return (best(words, request.languages) or "").format(*values)
