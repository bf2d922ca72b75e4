"""Search and suggestions on the films of the test data, beside ILIKE and SQLite's FTS5; and how many misspelt names
lead to the film that was meant.

All are asked the same queries, one after another, each by each in turn: names as they are, and names with one edit. The
platform's answer comes from the catalog's schema, as for a client's query, without HTTP; the baselines' are rows of ids
and names. A misspelling counts as understood if one of the first ten hits has the name that was meant, accents,
capitals and punctuation aside; FTS5 and ILIKE are asked for the query's words, all of them, the last one begun.
"""

import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy import text

from benchmarks.films import MISSPELLINGS, Film, films, folded, misspelt, one_edit, publish_all, store
from benchmarks.stack import installation
from runtime.request import Request
from runtime.resources import Resources, open_resources
from schema.catalog import schema

SEED, MANY = 20, 500
SEARCH = "query ($q: String!) { search(query: $q, first: 10) { edges { node { ... on Title { id name } } } } }"
SUGGEST = "query ($q: String!) { suggest(prefix: $q) { text } }"
LIKE = text("""select t.title_id, t.name from catalog.title_text t
    join catalog.published_window w on w.title_id = t.title_id and w.country = 'US'
    where t.name ilike all (cast(:patterns as text[])) limit 10""")
FTS = "select rowid, name from film where film match ? order by bm25(film, 10.0, 5.0, 1.0) limit 10"
Search = Callable[[str], Awaitable[Sequence[str]]]
"""Names of the first ten hits."""


async def measure() -> None:
    """Prints how long storing and publishing takes; p50 and p95 in milliseconds; recall at 10."""
    wanted = films()
    async with installation() as settings, open_resources(settings) as resources:
        started = time.perf_counter()
        ids = await store(resources, wanted)
        stored = time.perf_counter()
        await publish_all(resources, ids)
        published = time.perf_counter()
        print(f"{len(wanted)} films: stored in {stored - started:.1f} s, published in {published - stored:.1f} s")
        async with resources.database.write("catalog") as session:
            await session.execute(text("analyze"))
        await compare(resources, wanted)


async def compare(resources: Resources, wanted: Sequence[Film]) -> None:
    names = list(dict.fromkeys(film["name"] for film in wanted))
    searches = {"marquee": marquee(resources, SEARCH), "ilike": ilike(resources), "fts5": fts5(wanted)}
    asked = misspelt(names, one_edit, MANY, SEED)
    await latency("search, names", searches, [name for name, _ in asked])
    await latency("search, one edit", searches, [wrong for _, wrong in asked])
    begun = searches | {"marquee": marquee(resources, SUGGEST)}
    for letters in (1, 2, 3, 4, 6, 8):
        await latency(f"suggest, {letters} letters", begun, [name[:letters] for name, _ in asked])
    await latency("suggest, all of these", begun, [name[: 1 + at % 10] for at, (name, _) in enumerate(asked)])
    for kind, (misspell, least) in MISSPELLINGS.items():
        queries = misspelt(names, misspell, MANY, SEED)
        found = [f"{name} {await recall(search, queries):.3f}" for name, search in searches.items()]
        print(f"recall at 10, {kind} ({len(queries)}, wanted {least}): {', '.join(found)}")


def marquee(resources: Resources, document: str) -> Search:
    async def ask(query: str) -> Sequence[str]:
        request = Request(None, "US", ("en",), datetime.now(UTC), resources)
        result = await schema.execute(document, context_value=request, variable_values={"q": query})
        if result.errors or not result.data:
            raise RuntimeError(f"{query!r}: {result.errors}")
        if "suggest" in result.data:
            return [one["text"] for one in result.data["suggest"]]
        return [edge["node"]["name"] for edge in result.data["search"]["edges"] if edge["node"]]

    return ask


def ilike(resources: Resources) -> Search:
    async def ask(query: str) -> Sequence[str]:
        patterns = [f"%{word}%" for word in query.replace("\\", "\\\\").replace("%", "\\%").split()]
        async with resources.database.read("catalog") as db:
            return [name for _, name in await db.execute(LIKE, {"patterns": patterns})]

    return ask


def fts5(wanted: Sequence[Film]) -> Search:
    """In memory, with names, people and synopses, accents folded."""
    memory = sqlite3.connect(":memory:")
    memory.execute("create virtual table film using fts5(name, people, synopsis, tokenize='unicode61', prefix='1 2 3')")
    rows = ((film["name"], " ".join(film["cast"]), film["synopsis"]) for film in wanted)
    memory.executemany("insert into film values (?, ?, ?)", rows)

    async def ask(query: str) -> Sequence[str]:
        quoted = " ".join('"' + word.replace('"', '""') + '"' for word in query.split())
        return [name for _, name in memory.execute(FTS, (quoted + "*",))] if quoted else []

    return ask


async def latency(label: str, searches: dict[str, Search], queries: Sequence[str]) -> None:
    spent: dict[str, list[float]] = {name: [] for name in searches}
    for search in searches.values():  # warm up: plans, caches, statements
        for query in queries[:20]:
            await search(query)
    for query in queries:
        for name, search in searches.items():
            started = time.perf_counter()
            await search(query)
            spent[name].append((time.perf_counter() - started) * 1e3)
    found = (f"{name} {percentiles(times)}" for name, times in spent.items())
    print(f"{label}, p50 and p95 in ms: {', '.join(found)}")


def percentiles(times: list[float]) -> str:
    times = sorted(times)
    return f"{times[len(times) // 2]:.1f} {times[len(times) * 95 // 100]:.1f}"


async def recall(search: Search, queries: Sequence[tuple[str, str]]) -> float:
    """The part of the queries that lead to the name within ten hits."""
    found = [folded(name) in map(folded, await search(wrong)) for name, wrong in queries]
    return sum(found) / len(found)
