"""What identity accepts as input; each check refuses with a code and the path of the field at fault."""

from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email

from oauth.addresses import normal_email
from runtime.countries import COUNTRIES
from runtime.errors import Refusal


def checked_email(email: str, *path: str) -> str:
    """The address in its normal form."""
    normal = normal_email(email)
    try:
        validate_email(normal, check_deliverability=False)
    except EmailNotValidError as error:
        raise Refusal("INVALID_EMAIL", f"This is not an e-mail address: {error}", *path) from error
    return normal


def checked_country(country: str, *path: str) -> str:
    if country not in COUNTRIES:
        raise Refusal("UNKNOWN_COUNTRY", f"{country!r} is not a country of ISO 3166-1 alpha-2.", *path)
    return country


def checked_language(language: str, *path: str) -> str:
    try:
        Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise Refusal("UNKNOWN_LANGUAGE", f"{language!r} is not a language tag of BCP 47.", *path) from error
    return language
