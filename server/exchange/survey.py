"""A file read through before anything is imported: which lines stand twice, and what tells titles apart."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import orjson

from server.exchange.lines import Line
from server.exchange.sources import Read


@dataclass
class Survey:
    """`repeats` maps lines that stood before to their first; `ids` are the external ids that stand in one line alone.

    By an external id that several lines have, none of them is known.
    """

    lines: int = 0
    repeats: dict[int, int] = field(default_factory=dict)
    slugs: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)


def survey(lines: Iterable[Read]) -> Survey:
    found, first, ids = Survey(), dict[bytes, int](), Counter[str]()
    for read in lines:
        found.lines += 1
        if read.values is None:
            continue
        content = orjson.dumps(read.values, option=orjson.OPT_SORT_KEYS)
        earlier = first.setdefault(blake2b(content, digest_size=16).digest(), read.number)
        if earlier != read.number:
            found.repeats[read.number] = earlier
            continue
        ids.update(set(ids_in(read.values)))
        if isinstance(slug := read.values.get("slug"), str):
            found.slugs.add(slug)
    found.ids = {key for key, lines in ids.items() if lines == 1}
    return found


def ids_in(values: Mapping[str, Any]) -> Iterator[str]:
    """The external ids of a line of which nothing is checked yet."""
    if isinstance(page := values.get("wikipedia"), str):
        yield key_of("wikipedia", page)
    listed = values.get("externalIds")
    for entry in listed if isinstance(listed, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("source"), str) and isinstance(entry.get("value"), str):
            yield key_of(entry["source"], entry["value"])


def ids_of(line: Line) -> list[str]:
    pages = [] if line.wikipedia is None else [key_of("wikipedia", line.wikipedia)]
    return pages + [key_of(entry.source, entry.value) for entry in line.external_ids or ()]


def key_of(source: str, value: str) -> str:
    return f"{source} {value.strip()}"
