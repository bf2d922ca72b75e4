"""Refusals of editors' changes: each has its words in every language, and its place in the documentation."""

import re
from pathlib import Path

from resolvers.catalog.editing.refusals import TRANSLATED

ROOT = Path(__file__).parent.parent.parent
RAISED = re.compile(r"""(?:Refusal|fault|UserErrorRow)\(\s*"([A-Z_]+)\"""")
CODES = {
    code
    for file in (ROOT / "resolvers" / "catalog" / "editing").glob("*.py")
    for code in RAISED.findall(file.read_text(encoding="utf-8"))
}
FIRST, LAST = "| `createTitle` |", "| `saveCollection` |"


def test_whatever_editors_are_refused_is_refused_in_every_language() -> None:
    assert len(CODES) > 30
    for language, texts in TRANSLATED.items():
        assert texts.keys() == CODES, language


def test_every_code_is_documented() -> None:
    documentation = (ROOT / "docs" / "refusals.md").read_text(encoding="utf-8")
    rows = documentation[documentation.index(FIRST) :]
    rows = rows[: rows.index("\n", rows.index(LAST))]
    assert set(re.findall(r"`([A-Z_]+)`", rows)) == CODES
