"""Models made up for the tests of artifacts and reports: random arrays that fit together."""

from collections.abc import Mapping

import numpy as np
from scipy.sparse import random_array

from recommendations.model import Model, Recipe

METRICS = {"ndcg@10": 0.4412, "recall@20": 0.4533, "auc": 0.9381, "coverage@10": 0.2533}


def made_up(
    titles: int = 40,
    features: int = 9,
    components: int = 5,
    sizes: int = 3,
    seed: int = 1,
    metrics: Mapping[str, float] = METRICS,
) -> Model:
    """A model of so many titles and features; equal for equal arguments."""
    random = np.random.default_rng(seed)

    def floats(*shape: int) -> np.ndarray:
        return random.standard_normal(shape).astype(np.float32)

    def weights(rows: int, columns: int) -> np.ndarray:
        density = min(1.0, 4 / max(columns, 1))
        return random_array((rows, columns), density=density, format="csr", dtype=np.float32, rng=random)

    ids = np.unique(random.integers(0, 256, (titles, 16), dtype=np.uint8), axis=0)
    assert len(ids) == titles
    return Model(
        title_ids=ids,
        vectors=floats(titles, components),
        biases=floats(titles),
        feature_names=sorted(f"genre:{number}" for number in range(features)),
        feature_vectors=floats(features, components),
        feature_biases=floats(features),
        features=weights(titles, features),
        neighbours=weights(titles, titles),
        history_sizes=np.array([2**number for number in range(sizes)], dtype=np.int64),
        history_maps=floats(sizes, 2 * components + 1, components),
        cold_map=floats(features, components + 1),
        cold_mean=floats(components + 1),
        popularity=np.abs(floats(titles)) * 100,
        recent=np.abs(floats(titles)),
        recipe=Recipe(components=components),
        metrics=dict(metrics),
    )
