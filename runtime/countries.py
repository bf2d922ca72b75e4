"""Which countries there are."""

from babel import Locale

NOT_COUNTRIES = {"ZZ", "EU", "EZ", "UN", "QO", "XA", "XB", "XK"}
COUNTRIES = {code for code in map(str, Locale("en").territories) if len(code) == 2 and code.isalpha()} - NOT_COUNTRIES
"""Their codes of ISO 3166-1 alpha-2."""
