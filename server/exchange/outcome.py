"""What came of the lines: a report of those that something is to be said of, and counts of all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import IO, Any, TextIO

import orjson

from runtime.errors import UserErrorRow

COUNTS = ("created", "changed", "unchanged", "published", "refused", "repeated", "not published")


@dataclass(frozen=True, slots=True)
class Remark:
    """Of a line: `what` is `refused`, `held` (not published) or `note`."""

    line: int
    what: str
    code: str
    message: str
    field: str

    def __str__(self) -> str:
        said = f"{self.field}: {self.message}" if self.what == "refused" else f"{self.what}: {self.message}"
        return f"line {self.line}: " + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in said)


@dataclass
class Outcome:
    """`reasons` counts the titles that were not published by the codes of their problems."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    genres: list[str] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)

    def refuse(self, line: int, errors: Iterable[UserErrorRow]) -> None:
        self.counts["refused"] += 1
        self.remark(line, "refused", errors)

    def hold(self, line: int, problems: Iterable[UserErrorRow]) -> None:
        problems = list(problems)
        self.counts["not published"] += 1
        self.reasons.update({problem.code for problem in problems})
        self.remark(line, "held", problems)

    def note(self, line: int, code: str, message: str) -> None:
        self.remark(line, "note", [UserErrorRow(code, message, None)])

    def remark(self, line: int, what: str, errors: Iterable[UserErrorRow]) -> None:
        self.remarks += [Remark(line, what, x.code, x.message, ".".join(x.path or ())) for x in errors]

    def add(self, other: "Outcome") -> None:
        """Adds what came of further lines; their remarks are not kept."""
        self.counts += other.counts
        self.reasons += other.reasons
        self.genres += other.genres

    @property
    def changes(self) -> int:
        return self.counts["created"] + self.counts["changed"] + self.counts["published"]

    def summary(self) -> dict[str, Any]:
        return {name: self.counts[name] for name in COUNTS} | {"reasons": dict(self.reasons), "genres": self.genres}

    def in_words(self) -> str:
        """The counts in one line."""
        return ", ".join(f"{self.counts[name]} {name}" for name in COUNTS)

    def in_lines(self) -> str:
        """The counts, a line each."""
        lines = [f"{name}: {self.counts[name]}" for name in COUNTS]
        lines += [f"not published, {code}: {count}" for code, count in sorted(self.reasons.items())]
        return "\n".join(lines + [f"new genre: {genre}" for genre in self.genres])


@dataclass
class Report:
    """Says refusals and notes in lines of text, and all remarks in JSON Lines where they are wanted."""

    text: TextIO
    file: IO[bytes] | None = None

    def say(self, remarks: Iterable[Remark]) -> None:
        """Says them in the order of their lines."""
        for remark in sorted(remarks, key=attrgetter("line")):
            if remark.what != "held":
                self.text.write(f"{remark}\n")
            self.write({name: getattr(remark, name) for name in Remark.__slots__})
        self.text.flush()

    def close(self, outcome: Outcome) -> None:
        self.text.write(outcome.in_lines() + "\n")
        self.write({"summary": outcome.summary()})

    def write(self, values: Mapping[str, Any]) -> None:
        if self.file is not None:
            self.file.write(orjson.dumps(values, option=orjson.OPT_APPEND_NEWLINE))
