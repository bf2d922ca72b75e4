"""What identity accepts as input; each check refuses with a code and the path of the field at fault."""

from babel import Locale, UnknownLocaleError
from email_validator import EmailNotValidError, validate_email

from oauth.addresses import normal_email
from runtime.errors import Refusal

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 256
LONGEST_NAME = 50
NOT_COUNTRIES = {"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB", "XK"}
COUNTRIES = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()} - NOT_COUNTRIES


def checked_email(email: str, *path: str) -> str:
    """The address in its normal form."""
    normal = normal_email(email)
    try:
        validate_email(normal, check_deliverability=False)
    except EmailNotValidError as error:
        raise Refusal("INVALID_EMAIL", f"This is not an e-mail address: {error}", *path) from error
    return normal


def checked_password(password: str, *path: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        message = f"A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters."
        raise Refusal("WEAK_PASSWORD", message, *path)
    return password


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


def checked_name(name: str, *path: str) -> str:
    """The name without spaces around it; it must have something to see in it."""
    stripped = name.strip()
    if not any(c.isalnum() for c in stripped) or len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise Refusal("INVALID_NAME", f"A name has 1 to {LONGEST_NAME} printable characters.", *path)
    return stripped
