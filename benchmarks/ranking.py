"""Home's ranking for one profile at 1,000, 10,000 and 100,000 titles, beside home by popularity in the same run.

Titles, windows and what the model is trained on are made up; the profile has watched thirty titles. Each home is asked
of the viewing schema, as by a client's query, without HTTP. `ranked` ranks anew each time, `explained` says why too,
`kept` finds its ranking in Valkey, `changed` is a thumb and the home after it, until its answer is there, and
`published` the first home after a title was published, which reads the titles anew. The memory is what the process
grew by when it mapped the model and asked it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psutil
from sqlalchemy import text

from benchmarks.stack import installation
from models.columns import new_id
from models.viewing import Thumb
from recommendations.artifact import write
from recommendations.features import matrix_of
from recommendations.interactions import Interactions
from recommendations.model import Model, Recipe
from recommendations.store import publish
from recommendations.training import train
from resolvers.viewing.marks import rate_title
from resolvers.viewing.recommending.cache import forget_rankings
from runtime.request import Request, Viewer
from runtime.resources import Resources, open_resources
from schema.viewing import schema

SIZES = (1_000, 10_000, 100_000)
GENRES, WATCHED, ROUNDS = 20, 30, 30
PROFILES, INTERACTIONS = 5_000, 200_000
TITLE = "title_id kind genre_ids release_year added_at names original_language person_ids"
HOME = """query ($of: [_Any!]!) { _entities(representations: $of) { ... on Profile { home(first: 10) { modelVersion
  edges { node { kind heading titles(first: 20) { edges { node { id } } } } } } } } }"""
EXPLAINED = HOME.replace("node { id }", "node { id } explanation { text evidence { label weight } }")


async def measure() -> None:
    """Prints medians in milliseconds of both rankings, and mebibytes."""
    for size in SIZES:
        async with (
            installation() as settings,
            open_resources(settings, ("identity", "catalog", "viewing")) as resources,
        ):
            await measure_at(resources, size)


async def measure_at(resources: Resources, size: int) -> None:
    titles = await store_titles(resources, size)
    viewer = await store_viewer(resources, titles)
    popular = await median(lambda: anew(resources, viewer, HOME))
    before = psutil.Process().memory_info().rss
    bytes_ = await store_model(resources, titles)
    found = {"ranked": await median(lambda: anew(resources, viewer, HOME))}
    grown = psutil.Process().memory_info().rss - before
    found["explained"] = await median(lambda: anew(resources, viewer, EXPLAINED))
    found["kept"] = await median(lambda: home(resources, viewer, HOME))
    found["changed"] = await median(lambda: changed(resources, viewer, titles))
    found["published"] = await median(lambda: published(resources, viewer), 5)
    figures = ", ".join(f"{name} {value:.1f} ({value / popular:.1f}x)" for name, value in found.items())
    print(
        f"{size:>7} titles: by popularity {popular:.1f} ms; {figures}; artifact {bytes_ >> 20} MiB, grown {grown >> 20}"
    )


async def median(once: Callable[[], Awaitable[None]], rounds: int = ROUNDS) -> float:
    """Milliseconds."""
    await once()
    spent = []
    for _ in range(rounds):
        started = time.perf_counter()
        await once()
        spent.append((time.perf_counter() - started) * 1e3)
    return sorted(spent)[len(spent) // 2]


async def home(resources: Resources, viewer: Viewer, document: str) -> Any:
    request = Request(viewer, "US", ("en",), datetime.now(UTC), resources)
    of = [{"__typename": "Profile", "id": str(viewer.profile_id)}]
    result = await schema.execute(document, context_value=request, variable_values={"of": of})
    if result.errors or not result.data:
        raise RuntimeError(f"home failed: {result.errors}")
    return result.data["_entities"][0]["home"]


async def anew(resources: Resources, viewer: Viewer, document: str) -> None:
    assert viewer.profile_id is not None
    await forget_rankings(resources, [viewer.profile_id])
    await home(resources, viewer, document)


async def changed(resources: Resources, viewer: Viewer, titles: list[UUID]) -> None:
    """A thumb on a title, up or down in turn, and the home after it, which must have been ranked anew."""
    request = Request(viewer, "US", ("en",), datetime.now(UTC), resources)
    thumb = Thumb.UP if time.perf_counter_ns() % 2 else Thumb.DOWN
    await rate_title(request, title_id=str(titles[7]), thumb=thumb)  # type: ignore[arg-type]
    await home(resources, viewer, HOME)


async def published(resources: Resources, viewer: Viewer) -> None:
    async with resources.database.write("catalog") as db:
        await db.execute(text("update catalog.published_revision set revision = revision + 1"))
    await home(resources, viewer, HOME)


async def store_titles(resources: Resources, size: int) -> list[UUID]:
    """Ids of titles that everybody in the US may watch, of one to three genres, half of them watched by somebody."""
    rng = np.random.default_rng(size)
    ids, genres = sorted(new_id() for _ in range(size)), [new_id() for _ in range(GENRES)]
    opened = datetime.now(UTC) - timedelta(days=400)
    of = [[genres[n] for n in rng.choice(GENRES, rng.integers(1, 4), replace=False)] for _ in ids]
    films: list[Any] = [
        (i, "MOVIE", g, 1950, opened, '{"en": "A title"}', "en", []) for i, g in zip(ids, of, strict=True)
    ]
    tables: list[tuple[str, str, str, list[Any]]] = [
        ("catalog", "published_genre", "genre_id slug names", [(g, str(g), '{"en": "Genre"}') for g in genres]),
        ("catalog", "published_title", TITLE, films),
        ("catalog", "published_window", "title_id country opens_at minimum_age", [(i, "US", opened, 0) for i in ids]),
        ("viewing", "published_popularity", "title_id score", [(i, float(rng.random())) for i in ids[::2]]),
    ]
    for subgraph, name, columns, rows in tables:
        async with resources.database.write(subgraph) as session:
            driver: Any = (await (await session.connection()).get_raw_connection()).driver_connection
            await driver.copy_records_to_table(name, schema_name=subgraph, columns=columns.split(), records=rows)
    return ids


async def store_viewer(resources: Resources, titles: list[UUID]) -> Viewer:
    """A profile that has watched thirty titles to their end."""
    account, profile, now = new_id(), new_id(), datetime.now(UTC)
    async with resources.database.write("identity") as db:
        await db.execute(text(
            "insert into identity.published_profile values (:p, :a, 'Ada', 'ADULT', 99, 'en', '[]', '[]', 'OFF')"),
            {"p": profile, "a": account})  # fmt: skip
    watched = text(
        "insert into viewing.progress (profile_id, playable_id, title_id, position_ms, duration_ms, watched,"
        " play_count, updated_at) values (:p, :t, :t, 100, 100, true, 1, :at)"
    )
    async with resources.database.write("viewing") as db:
        for n, title in enumerate(titles[:: max(len(titles) // WATCHED, 1)][:WATCHED]):
            await db.execute(watched, {"p": profile, "t": title, "at": now - timedelta(days=n)})
    return Viewer(account, new_id(), profile, "ADULT", 99, frozenset(), now + timedelta(hours=1))


async def store_model(resources: Resources, titles: list[UUID]) -> int:
    """A model of these titles, trained on made-up interactions and active; the bytes of its artifact."""
    model = await asyncio.to_thread(trained_on, titles)
    folder = Path(resources.settings.data) / "made-up"
    manifest = write(model, folder, datetime.now(UTC), profiles=PROFILES, interactions=INTERACTIONS)
    await publish(resources, folder, manifest, datetime.now(UTC))
    return sum(file.stat().st_size for file in folder.iterdir())


def trained_on(titles: list[UUID]) -> Model:
    """Profiles watch what is popular, by a power law; each title is of one of ten eras."""
    rng = np.random.default_rng(len(titles))
    popular = 1 / np.arange(1, len(titles) + 1)
    pairs = np.unique(
        rng.integers(PROFILES, size=INTERACTIONS) * len(titles)
        + rng.choice(len(titles), INTERACTIONS, p=popular / popular.sum())
    )
    weights, times = np.ones(len(pairs), np.float32), rng.random(len(pairs)) * 1e7
    shape = (PROFILES, len(titles))
    given = Interactions(pairs // len(titles), pairs % len(titles), weights, times, shape)
    features = matrix_of([[f"era:{1900 + 10 * n}"] for n in rng.integers(10, size=len(titles))])
    ids = np.frombuffer(b"".join(title.bytes for title in titles), np.uint8).reshape(-1, 16)
    return train(given, features, ids, Recipe(), lambda *_: None)
