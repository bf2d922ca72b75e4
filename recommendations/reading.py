"""Interactions and features out of files, for measuring: CSV or TSV with a header, RecBole's `name:type` as well."""

import csv
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from recommendations.features import matrix_of
from recommendations.interactions import Features, Interactions

if TYPE_CHECKING:
    from _csv import Reader

COLUMNS = {
    "user": ("user", "user_id", "userid", "profile", "profile_id"),
    "item": ("item", "item_id", "itemid", "movie", "movie_id", "movieid", "title_id"),
    "rating": ("rating",),
    "timestamp": ("timestamp",),
}
YEAR = ("year", "release_year")
NAMES = ("title", "movie_title", "name")
KINDS = {"class": "genre", "genres": "genre", "categories": "genre"}
"""What a column of features is called here, where that isn't its own name."""


class Tabs(csv.excel_tab):
    """Where a quotation mark is a character like any other."""

    quoting = csv.QUOTE_NONE


class BadFile(ValueError):
    """Says which file, and as far as there is one which line and column, and what is wrong with it."""


@dataclass(frozen=True)
class Row:
    file: Path
    line: int
    cells: dict[str, str]

    def text(self, column: str) -> str:
        """BadFile where it is empty."""
        if not self.cells[column]:
            raise self.bad(column, "is empty")
        return self.cells[column]

    def number(self, column: str) -> float:
        """BadFile where it isn't one, or isn't finite."""
        try:
            value = float(self.text(column))
        except ValueError as error:
            raise error if isinstance(error, BadFile) else self.bad(column, "is not a number") from error
        if not math.isfinite(value):
            raise self.bad(column, "is not a finite number")
        return value

    def bad(self, column: str, what: str) -> BadFile:
        return BadFile(f"{self.file}, line {self.line}, column {column}: {self.cells[column]!r} {what}.")


def read_interactions(path: Path) -> tuple[Interactions, Sequence[str]]:
    """Every pair of the file once, as liked, with its newest time; and the names of the titles, in order.

    It needs columns for user and item; rating and timestamp may be there (or else times are 0). BadFile otherwise.
    """
    pairs: dict[tuple[str, str], float] = {}
    for row in rows(path, interaction_columns):
        if "rating" in row.cells:
            row.number("rating")
        time = row.number("timestamp") if "timestamp" in row.cells else 0.0
        pair = (row.text("user"), row.text("item"))
        pairs[pair] = max(time, pairs.get(pair, time))
    if not pairs:
        raise BadFile(f"{path}: it has no interactions.")
    profiles, who = np.unique(np.array([user for user, _ in pairs]), return_inverse=True)
    titles, what = np.unique(np.array([item for _, item in pairs]), return_inverse=True)
    order, times = np.lexsort((what, who)), np.array(list(pairs.values()))
    weights = np.ones(len(pairs), np.float32)
    return Interactions(who[order], what[order], weights, times[order], (len(profiles), len(titles))), titles.tolist()


def interaction_columns(path: Path, header: Sequence[str]) -> Sequence[str]:
    """Each column by its usual name; BadFile without a user's or an item's."""
    known = {name: usual for usual, names in COLUMNS.items() for name in names}
    columns = [known.get(name, name) for name in header]
    for needed in ("user", "item"):
        if columns.count(needed) != 1:
            raise BadFile(f"{path}, line 1: one column must be called {needed}; there are {', '.join(header)}.")
    return columns


def read_features(path: Path, titles: Sequence[str]) -> Features:
    """The features of these titles: a year makes an era and a year, any other column as many as it has words.

    Lists are separated by | or, where a cell has none, by spaces. BadFile without an item's column.
    """
    having: dict[str, list[str]] = {title: [] for title in titles}
    for row in rows(path, feature_columns):
        if row.text("item") in having:
            having[row.text("item")] += names_of(row)
    return matrix_of(list(having.values()))


def feature_columns(path: Path, header: Sequence[str]) -> Sequence[str]:
    columns = ["item" if name in COLUMNS["item"] else name for name in header]
    if columns.count("item") != 1:
        raise BadFile(f"{path}, line 1: one column must be called item; there are {', '.join(header)}.")
    return columns


def names_of(row: Row) -> Iterator[str]:
    """`era:1990`, `year:1994`, `genre:Comedy` and so on; a year that isn't one gives nothing."""
    for column, cell in row.cells.items():
        if column in YEAR:
            if re.fullmatch(r"\d{4}", cell):
                yield from (f"era:{cell[:3]}0", f"year:{cell}")
        elif column not in ("item", *NAMES):
            words = map(str.strip, cell.split("|" if "|" in cell else None))
            yield from (f"{KINDS.get(column, column)}:{word}" for word in words if word)


def no_features(titles: Sequence[str]) -> Features:
    return Features([], csr_array(np.zeros((len(titles), 0), np.float32)))


def rows(path: Path, columns_of: Callable[[Path, Sequence[str]], Sequence[str]]) -> Iterator[Row]:
    """The lines below the header, with the cells by column; BadFile where the file or a line can't be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            first = file.readline()
            file.seek(0)
            if not first.strip():
                raise BadFile(f"{path}, line 1: it has no header.")
            lines = csv.reader(file, Tabs if "\t" in first else csv.excel, strict=True)
            columns = columns_of(path, [name.split(":")[0].strip().lower() for name in next(lines)])
            yield from numbered(path, lines, columns)
    except OSError as error:
        raise BadFile(f"{path}: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadFile(f"{path}: it is not UTF-8 text (byte {error.start}).") from error


def numbered(path: Path, lines: "Reader", columns: Sequence[str]) -> Iterator[Row]:
    try:
        for cells in lines:
            if cells and len(cells) != len(columns):
                wrong = f"{len(cells)} columns, where the header has {len(columns)}"
                raise BadFile(f"{path}, line {lines.line_num}: {wrong}.")
            if cells:
                yield Row(path, lines.line_num, dict(zip(columns, map(str.strip, cells), strict=True)))
    except csv.Error as error:
        raise BadFile(f"{path}, line {lines.line_num}: {error}.") from error
