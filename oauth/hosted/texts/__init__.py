"""What the hosted pages say, in the languages that they speak."""

from collections.abc import Sequence

from babel import negotiate_locale

from oauth.hosted.texts.english import ENGLISH
from oauth.hosted.texts.german import GERMAN
from oauth.hosted.texts.spanish import SPANISH

TEXTS = {"en": ENGLISH, "de": GERMAN, "es": SPANISH}


def spoken(languages: Sequence[str]) -> str:
    """Which of our languages suits who prefers these, best first."""
    return negotiate_locale(languages, list(TEXTS), sep="-") or "en"


def say(language: str, text: str, **values: object) -> str:
    """The text in one of our languages, with its values filled in."""
    return TEXTS[language][text].format(**values)
