"""A model made by hand: titles of one circle are alike, and whoever likes one of them likes the others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

import numpy as np
from scipy.sparse import csr_array

from recommendations.artifact import write
from recommendations.features import matrix_of
from recommendations.model import Model, Recipe
from recommendations.store import publish
from runtime.resources import Resources

Circles = Sequence[Sequence[UUID]]


def model_of(circles: Circles, features: Mapping[UUID, Sequence[str]]) -> Model:
    """Each circle has a direction of its own; in EASE its titles speak for one another, and so they do by the features
    that they share."""
    circle_of = {id_: n for n, circle in enumerate(circles) for id_ in circle}
    ids, size = sorted(circle_of), len(circles)
    of = np.array([circle_of[id_] for id_ in ids])
    vectors = np.eye(size, dtype=np.float32)[of]
    named = matrix_of([features.get(id_, ()) for id_ in ids])
    having = named.matrix.toarray()
    directions = np.asarray(having.T @ vectors / np.maximum(having.sum(axis=0), 1)[:, None] / 2, dtype=np.float32)
    return Model(
        title_ids=np.frombuffer(b"".join(id_.bytes for id_ in ids), np.uint8).reshape(-1, 16),
        vectors=vectors,
        biases=np.zeros(len(ids), np.float32),
        feature_names=named.names,
        feature_vectors=directions,
        feature_biases=np.zeros(len(named.names), np.float32),
        features=csr_array(having / np.maximum(having.sum(axis=1, keepdims=True), 1)),
        neighbours=csr_array((of[:, None] == of) & ~np.eye(len(ids), dtype=bool), dtype=np.float32),
        history_sizes=np.array([0]),
        history_maps=np.vstack([np.eye(size), np.zeros((size + 1, size))])[None].astype(np.float32),
        cold_map=np.hstack([directions, np.zeros((len(directions), 1))]).astype(np.float32),
        cold_mean=np.zeros(size + 1, np.float32),
        popularity=np.ones(len(ids), np.float32),
        recent=np.ones(len(ids), np.float32),
        recipe=Recipe(components=size, ease_titles=1),
    )


async def rank_by_hand(
    resources: Resources,
    folder: Path,
    now: datetime,
    circles: Circles,
    features: Mapping[UUID, Sequence[str]] | None = None,
) -> str:
    """Makes a model of the circles the one that ranks from `now` on, written to the folder first; its version."""
    manifest = write(model_of(circles, features or {}), folder, now, profiles=1, interactions=1)
    await publish(resources, folder, manifest, now)
    return manifest.version
