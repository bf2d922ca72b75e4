"""Synopses of the length that a screen has room for, cut between sentences."""

import re

from resolvers.catalog.rows import TextLength

MEDIUM_CHARACTERS = 200
ABBREVIATIONS = (
    "Dr.",
    "Mr.",
    "Mrs.",
    "Ms.",
    "St.",
    "Sr.",
    "Jr.",
    "Prof.",
    "Capt.",
    "Lt.",
    "Sgt.",
    "Dra.",
    "Sra.",
    "vs.",
)
GAP = re.compile(r"""(?<=[.!?…])["'”’»)]*\s+""")
INITIAL = re.compile(r"\b[A-ZÀ-Þ]\.$")


def sentences(text: str) -> list[str]:
    """The text's sentences; titles of people and initials end none."""
    found: list[str] = []
    start = 0
    for gap in GAP.finditer(text):
        sentence = text[start : gap.end()].rstrip()
        if not sentence.endswith(ABBREVIATIONS) and not INITIAL.search(sentence):
            found.append(sentence)
            start = gap.end()
    return [*found, text[start:].rstrip()] if text[start:].strip() else found


def shortened(text: str, length: TextLength) -> str:
    """SHORT is the first sentence, MEDIUM as many as fit into 200 characters (at least one), LONG the whole text."""
    if length is TextLength.LONG or not text.strip():
        return text
    short, *others = sentences(text)
    if length is TextLength.SHORT:
        return short
    for sentence in others:
        if len(short) + 1 + len(sentence) > MEDIUM_CHARACTERS:
            break
        short = f"{short} {sentence}"
    return short
