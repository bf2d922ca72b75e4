"""The model that ranks: fetched once from object storage, verified, mapped, and asked by every request.

Without one that can be read popularity ranks. What is wrong with an artifact stands in the log, once a version.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import numpy as np
import structlog
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sqlalchemy import text

from recommendations.features import TITLES, matrix_of, names_of
from recommendations.manifest import UnreadableArtifact
from recommendations.model import Floats, Model
from recommendations.scoring import Scorer, Terms, known
from recommendations.store import keep_only, models_folder, read_model
from resolvers.viewing.recommending.stock import Mask, Stock
from runtime.request import Request
from runtime.resources import Resources
from runtime.storage import StorageError

log = structlog.get_logger()

PATIENCE = 30.0
"""Seconds until an object store that failed is asked again."""

NEWER = text(TITLES.format(where="where t.title_id = any(cast(:ids as uuid[]))"))


@dataclass(frozen=True)
class Recommender:
    """A model over the titles of a stock; all arrays are in the stock's order. `rows` are the titles' rows in the
    scorer, `places` the way back, -1 for a title that is no longer published."""

    version: str
    stock: Stock
    scorer: Scorer
    rows: NDArray[np.int64]
    places: NDArray[np.int64]

    def scores(self, weights: Mapping[UUID, float], among: Mask, ease_share: float | None) -> Floats:
        """(N,): standard scores among the titles of the mask; those of others mean nothing."""
        found: Floats = self.scorer.scores(self.history(weights), self.mask(among), ease_share)[0, self.rows]
        return found

    def similar(self, place: int) -> Floats:
        """(N,): how alike each title is to this one, in standard deviations."""
        found: Floats = self.scorer.similar(self.rows[[place]])[0, self.rows]
        return found

    def terms(
        self, weights: Mapping[UUID, float], places: Sequence[int], among: Mask, ease_share: float | None
    ) -> list[Terms]:
        """Why each of the titles; those of the history are named by their places in the stock."""
        found = self.scorer.terms(self.history(weights), self.rows[list(places)], self.mask(among), ease_share)
        named = ([(int(self.places[row]), share) for row, share in terms.watched] for terms in found)
        return [replace(terms, watched=watched) for terms, watched in zip(found, named, strict=True)]

    def common(self, place: int, places: Sequence[int]) -> list[Sequence[tuple[str, float]]]:
        """For each of the places the features that speak for its likeness to the first one: parts of all that does."""
        return self.scorer.common(int(self.rows[place]), self.rows[list(places)])

    def features_of(self, places: Sequence[int]) -> set[str]:
        """The names of the features that any of the titles has."""
        names = self.scorer.model.feature_names
        return {names[feature] for place in places for feature in self.scorer.having(self.rows[place])}

    def history(self, weights: Mapping[UUID, float]) -> csr_array[Any]:
        """(1, n + t), of those titles that are still published."""
        known = {self.rows[place]: weights[id_] for id_, place in self.stock.places_of(list(weights)).items()}
        columns = np.array(sorted(known), dtype=np.int64)
        data = np.array([known[column] for column in columns], dtype=np.float32)
        return csr_array((data, columns, [0, len(columns)]), shape=(1, len(self.places)))

    def mask(self, among: Mask) -> Mask:
        """The stock's mask as the scorer's."""
        mask = np.zeros(len(self.places), dtype=np.bool_)
        mask[self.rows] = among
        return mask


class Loaded:
    """What the process has of models: one, which can't be read, and until when (time.monotonic) not to ask again for
    those that the object store did not give."""

    def __init__(self) -> None:
        self.version: str | None = None
        self.model: Model | None = None
        self.recommender: Recommender | None = None
        self.refused: set[str] = set()
        self.later: dict[str, float] = {}
        self.lock = asyncio.Lock()


async def recommender_of(request: Request, stock: Stock, versions: Sequence[str]) -> Recommender | None:
    """The first of the versions that can be read, over the stock; None without any."""
    loaded: Loaded = request.resources.shared.setdefault(Loaded, Loaded())
    async with loaded.lock:
        version = await load(request.resources, loaded, versions)
        if version is None or loaded.model is None:
            return None
        now = loaded.recommender
        if now is None or now.version != version or now.stock is not stock:
            loaded.recommender = await over(request, version, loaded.model, stock)
        return loaded.recommender


async def load(resources: Resources, loaded: Loaded, versions: Sequence[str]) -> str | None:
    """The first of the versions that can be read; it is the one in memory then."""
    for version in versions:
        if version == loaded.version:
            return version
        if version in loaded.refused or loaded.later.get(version, 0.0) > time.monotonic():
            continue
        try:
            model, _, _ = await read_model(resources, version)
        except UnreadableArtifact as error:
            loaded.refused.add(version)
            log.error("model_refused", version=version, error=str(error))
        except StorageError as error:
            loaded.later[version] = time.monotonic() + PATIENCE
            log.error("model_unreachable", version=version, error=str(error))
        else:
            loaded.version, loaded.model = version, model
            await asyncio.to_thread(keep_only, models_folder(resources), versions)
            return version
    return None


async def over(request: Request, version: str, model: Model, stock: Stock) -> Recommender:
    """The model over the stock, whose newer titles are known by their features."""
    of_model = {bytes(id_): row for row, id_ in enumerate(np.asarray(model.title_ids))}
    newer = [id_ for id_ in stock.ids if id_ not in of_model]
    named: list[list[str]] = []
    if newer:
        async with request.read("viewing") as db:
            found = await db.execute(NEWER, {"ids": [UUID(bytes=id_) for id_ in newer]})
            features_by_id = {row.title_id.bytes: names_of(row) for row in found}
        named = [features_by_id.get(id_, []) for id_ in newer]  # one that is gone by now has none
    features = known(matrix_of(named), model.feature_names)
    return await asyncio.to_thread(placed, version, model, stock, of_model, newer, features)


def placed(
    version: str,
    model: Model,
    stock: Stock,
    of_model: Mapping[bytes, int],
    newer: Sequence[bytes],
    features: csr_array[Any],
) -> Recommender:
    all_rows = {**of_model, **{id_: len(of_model) + n for n, id_ in enumerate(newer)}}
    rows = np.array([all_rows[id_] for id_ in stock.ids], dtype=np.int64)
    places = np.full(len(all_rows), -1, dtype=np.int64)
    places[rows] = np.arange(len(rows))
    return Recommender(version, stock, Scorer(model, features), rows, places)
