"""Languages as players want them: BCP 47 tags, and their names in themselves."""

from babel import Locale
from babel.core import UnknownLocaleError, get_global

UNDETERMINED = "und"


def tag(language: str | None) -> str:
    """The BCP 47 tag of a language as files give it (`eng`, `ger`, `pt_BR`); `und` where they give none."""
    if not language:
        return UNDETERMINED
    primary, *rest = language.replace("_", "-").split("-")
    primary = primary.lower()
    return "-".join([get_global("language_aliases").get(primary, primary), *rest])


def name(language: str) -> str:
    """A language's name in itself, such as `Deutsch` or `English`; its tag where nobody knows the name."""
    try:
        found = Locale.parse(language, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        return language
    return found[:1].upper() + found[1:] if found else language
