"""Files of lines, read one line at a time however long they are: JSON Lines and CSV (RFC 4180), by gzip or not."""

import csv
import gzip
import shutil
import sys
import tempfile
import zlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import orjson

from resolvers.catalog.editing.rules import fault
from runtime.errors import UserErrorRow
from server.commands import Stop
from server.exchange.lines import FIELDS, TRANSLATED

LONGEST_LINE = 1_000_000
"""Bytes, of a record of CSV with all of its lines; a longer one is no title."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
SUFFIXES = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
LISTS: Sequence[str] = ("genres", "cast", "directors")
"""In a cell of CSV their words are separated by semicolons."""
NESTED: Sequence[str] = (
    "texts",
    "credits",
    "windows",
    "ratings",
    "externalIds",
    "seasons",
    "trailers",
    "markers",
)
"""In a cell of CSV these are JSON."""


@dataclass(frozen=True, slots=True)
class Read:
    """A line of a file by its number, from 1: its values, and what could not be read of it."""

    number: int
    values: Mapping[str, Any] | None
    wrong: Sequence[UserErrorRow] = ()


@dataclass
class Source:
    """A file, or standard input, that may be read again and again; `kind` is `jsonl` or `csv`."""

    name: str
    kind: str
    file: IO[bytes]

    def lines(self) -> Iterator[Read]:
        """The lines, blank ones left out. Stop for a file that can't be read any further."""
        self.file.seek(0)
        try:
            yield from json_lines(self.file) if self.kind == "jsonl" else csv_lines(self.file, self.name)
        except (OSError, EOFError, zlib.error) as error:
            raise Stop(f"{self.name}: {error}") from error


def format_of(path: Path) -> str:
    """`jsonl` or `csv`, by the file's name; Stop for another."""
    suffixes = path.suffixes[:-1] if path.suffix == ".gz" else path.suffixes
    found = SUFFIXES.get(suffixes[-1].lower()) if suffixes else None
    if found is None:
        raise Stop(f"{path}: the name ends in none of {', '.join(SUFFIXES)}, nor in one of them and .gz.")
    return found


@contextmanager
def source(path: Path, kind: str | None = None) -> Iterator[Source]:
    """The file, or standard input for `-`, which lies on the disk meanwhile. Stop for what can't be opened."""
    if str(path) == "-":
        if kind is None:
            raise Stop("--format: say whether standard input is jsonl or csv.")
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy)
            yield Source("standard input", kind, copy)
        return
    kind = kind or format_of(path)
    with ExitStack() as opened:
        try:
            file: Any = opened.enter_context(path.open("rb"))
        except OSError as error:
            raise Stop(f"{path}: {error.strerror or error}.") from error
        yield Source(path.name, kind, cast(IO[bytes], gzip.GzipFile(fileobj=file)) if path.suffix == ".gz" else file)


def physical_lines(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Each line with its number and without its end; None for one that is too long."""
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield number, None
        else:
            yield number, (line.removeprefix(BYTE_ORDER_MARK) if number == 1 else line).rstrip(b"\r\n")


def too_long() -> UserErrorRow:
    return fault("TOO_LONG", f"A line has at most {LONGEST_LINE:,} bytes.", "line")


def json_lines(file: IO[bytes]) -> Iterator[Read]:
    for number, line in physical_lines(file):
        if line is None:
            yield Read(number, None, [too_long()])
        elif line.strip():
            yield json_line(number, line)


def json_line(number: int, line: bytes) -> Read:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return Read(number, None, [fault("INVALID", f"This is not JSON: {error}.", "line")])
    if not isinstance(values, dict):
        return Read(number, None, [fault("INVALID", "A line is a JSON object.", "line")])
    return Read(number, values)


class LineTooLong(Exception):
    """The record that is being read has no end in sight."""


@dataclass
class Feed:
    """The lines of a CSV file as its reader takes them; `record` has those of the record at hand.

    Bytes that are no UTF-8 come as surrogates, by which the record is refused when it is whole (PEP 383).
    """

    lines: Iterator[tuple[int, bytes | None]]
    record: list[tuple[int, bytes | None]] = field(default_factory=list)
    again: deque[tuple[int, bytes | None]] = field(default_factory=deque)
    size: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        number, line = self.again.popleft() if self.again else next(self.lines)
        self.record.append((number, line))
        self.size += LONGEST_LINE if line is None else len(line) + 1
        if line is None or self.size > LONGEST_LINE:
            raise LineTooLong
        return line.decode(errors="surrogateescape") + "\n"

    def begin(self) -> None:
        """The record has ended, and another begins."""
        self.record, self.size = [], 0

    def give_back(self) -> None:
        """Reads the lines after the record's first once more: where a quotation mark is missing, they are records."""
        self.again.extendleft(reversed(self.record[1:]))


def csv_lines(file: IO[bytes], name: str) -> Iterator[Read]:
    """Each record by the number of its first line."""
    csv.field_size_limit(LONGEST_LINE)
    feed = Feed(physical_lines(file))
    reader = csv.reader(feed, strict=True)
    header = header_of(reader, name)
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, LineTooLong) as error:
            wrong = too_long() if isinstance(error, LineTooLong) else not_csv(error)
            yield Read(feed.record[0][0], None, [wrong])
            feed.give_back()
        else:
            if any(cell.strip() for cell in cells):
                yield csv_line(feed.record[0][0], header, cells)


def not_csv(error: Exception) -> UserErrorRow:
    return fault("INVALID", f"This is not CSV: {error}.", "line")


def header_of(reader: Iterator[list[str]], name: str) -> list[str]:
    """The names of the columns; Stop where one is unknown, or stands twice."""
    try:
        header = [column.strip() for column in next(reader, [])]
    except (csv.Error, LineTooLong) as error:
        raise Stop(f"{name}: line 1: the header can't be read: {error}") from error
    if not header:
        raise Stop(f"{name}: line 1: there is no header. Its columns are among {', '.join(FIELDS)}.")
    for column in header:
        if column not in FIELDS and not TRANSLATED.fullmatch(column):
            raise Stop(f"{name}: line 1: there is no column {column!r}. There are {', '.join(FIELDS)}, name.de, ….")
        if header.count(column) > 1:
            raise Stop(f"{name}: line 1: the column {column!r} stands there twice.")
    return header


def csv_line(number: int, header: Sequence[str], cells: Sequence[str]) -> Read:
    if len(cells) != len(header):
        message = f"The header has {len(header)} columns; this line has {len(cells)}."
        return Read(number, None, [fault("INVALID", message, "line")])
    values: dict[str, Any] = {}
    wrong = []
    for column, cell in zip(header, cells, strict=True):
        try:
            if cell.strip():
                values[column] = value_of(column, cell)
        except orjson.JSONDecodeError as error:
            wrong.append(fault("INVALID", f"This is not JSON: {error}.", column))
        except UnicodeEncodeError:
            wrong.append(fault("INVALID", "This is not UTF-8.", column))
    return Read(number, values, wrong)


def value_of(column: str, cell: str) -> Any:
    """The cell's value; UnicodeEncodeError where it is no UTF-8."""
    encoded = cell.encode()
    if column in NESTED:
        return orjson.loads(encoded)
    return [word.strip() for word in cell.split(";") if word.strip()] if column in LISTS else cell
