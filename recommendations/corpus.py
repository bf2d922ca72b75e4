"""What training reads of the databases: who liked what, and what titles are like; nobody's id is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import text

from recommendations.events import DAY, EVENTS, preferences
from recommendations.features import TITLES, features_of
from recommendations.interactions import Features, Interactions
from runtime.database import Database

ALL_EVENTS = text(EVENTS.format(those="true"))
ALL_TITLES = text(TITLES.format(where=""))
COUNT_NEWER = text(f"select count(*) from ({EVENTS.format(those='true')}) as event where at > :since")  # noqa: S608


@dataclass(frozen=True)
class Corpus:
    """m profiles in the order of their ids, n published titles in the order of theirs, (n, 16); `watermark` is the
    newest event there is."""

    interactions: Interactions
    features: Features
    title_ids: NDArray[np.uint8]
    watermark: datetime

    def save(self, path: Path) -> None:
        """Writes an .npz file for the process that trains."""
        given, features = self.interactions, self.features
        np.savez(
            path,
            **{name: getattr(given, name) for name in ("profiles", "titles", "weights", "times", "shape")},
            names=np.array(features.names, dtype=np.str_),
            **{f"features_{name}": getattr(features.matrix, name) for name in ("data", "indices", "indptr")},
            title_ids=self.title_ids,
            watermark=np.float64(self.watermark.timestamp()),
        )

    @classmethod
    def load(cls, path: Path) -> "Corpus":
        with np.load(path, allow_pickle=False) as stored:
            shape = (int(stored["shape"][0]), int(stored["shape"][1]))
            events = Interactions(stored["profiles"], stored["titles"], stored["weights"], stored["times"], shape=shape)
            names = [str(name) for name in stored["names"]]
            parts = tuple(stored[f"features_{name}"] for name in ("data", "indices", "indptr"))
            matrix = csr_array(parts, shape=(shape[1], len(names)))
            moment = datetime.fromtimestamp(float(stored["watermark"]), UTC)
            return cls(events, Features(names, matrix), stored["title_ids"], moment)


async def corpus_of(database: Database) -> Corpus | None:
    """All that speaks for a published title; None where nothing does."""
    async with database.read("viewing") as db:
        titles = (await db.execute(ALL_TITLES)).all()
        events = (await db.execute(ALL_EVENTS)).all()
    known = {row.title_id: n for n, row in enumerate(titles)}
    events = [event for event in events if event.title_id in known]
    if not events:
        return None
    watermark = max(event.at for event in events)
    interactions = interactions_of(events, known, watermark)
    if not len(interactions.weights):
        return None
    ids = np.frombuffer(b"".join(row.title_id.bytes for row in titles), dtype=np.uint8).reshape(-1, 16)
    return Corpus(interactions, features_of(titles), ids, watermark)


def interactions_of(events: Sequence[Any], titles: dict[Any, int], watermark: datetime) -> Interactions:
    """The sums of each profile's preferences for each title, as far as they speak for it; each as old as its newest
    event."""
    people = {id_: n for n, id_ in enumerate(sorted({event.profile_id for event in events}))}
    shape = (len(people), len(titles))
    pairs = np.array([people[e.profile_id] * shape[1] + titles[e.title_id] for e in events], dtype=np.int64)
    times = np.array([event.at.timestamp() for event in events])
    kinds = np.array([event.kind for event in events], dtype=np.int64)
    values = np.array([event.value for event in events], dtype=np.float64)
    said = preferences(kinds, values, (watermark.timestamp() - times) / DAY)
    order = np.lexsort((values, kinds, pairs))  # sums of fractions depend on their order
    unique, begins = np.unique(pairs[order], return_index=True)
    weights = np.add.reduceat(said[order], begins).astype(np.float32)
    newest = np.maximum.reduceat(times[order], begins)
    liked = weights > 0
    return Interactions(unique[liked] // shape[1], unique[liked] % shape[1], weights[liked], newest[liked], shape)


async def newer_events(database: Database, since: datetime) -> int:
    """How many events there are after that instant."""
    async with database.read("viewing") as db:
        return int((await db.execute(COUNT_NEWER, {"since": since})).scalar_one())
