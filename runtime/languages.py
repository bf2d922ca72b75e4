"""Which languages a browser asks for."""

MOST_LANGUAGES = 10


def accepted_languages(header: str) -> list[str]:
    """The language tags of an Accept-Language header (RFC 9110, section 12.5.4), best first."""
    weighted = []
    for part in header.split(",")[:MOST_LANGUAGES]:
        tag, _, parameters = part.partition(";")
        quality = parameters.partition("q=")[2].strip() or "1"
        if tag.strip() not in ("", "*") and quality.replace(".", "", 1).isdigit() and float(quality) > 0:
            weighted.append((float(quality), tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]
