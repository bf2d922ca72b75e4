"""Who rates films and series where."""

from collections.abc import Mapping

from models.catalog import TitleKind

SYSTEMS: Mapping[str, str] = {
    "AT": "JMK",
    "AU": "ACB",
    "BR": "ClassInd",
    "CA": "CHVRS",
    "CH": "JIF",
    "DE": "FSK",
    "ES": "ICAA",
    "FR": "Arcom",
    "GB": "BBFC",
    "IE": "IFCO",
    "IN": "CBFC",
    "JP": "Eirin",
    "KR": "KMRB",
    "MX": "RTC",
    "NL": "Kijkwijzer",
    "US": "MPA",
}
OF_SERIES: Mapping[str, str] = {"US": "TV Parental Guidelines", "JP": "BPO"}


def system_of(country: str, kind: TitleKind) -> str:
    """The body whose ratings the country knows; the country's code where we know of none."""
    films = SYSTEMS.get(country, country)
    return OF_SERIES.get(country, films) if kind is TitleKind.SERIES else films
