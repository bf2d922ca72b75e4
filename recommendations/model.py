"""What training leaves behind: arrays, of titles and features alone, that score every title for any history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Recipe:
    """How to train and to blend; every value was chosen on a validation part (docs/decisions/0016)."""

    seed: int = 7
    components: int = 64
    epochs: int = 7
    max_sampled: int = 30
    feature_weight: float = 0.3
    ease_regularisation: float = 500.0
    ease_share: float = 0.6
    """EASE's part of the blend for a long history, from 0 to 1."""
    ease_titles: int = 20
    """With fewer titles in the history EASE's part falls, to 0 for none."""


@dataclass(frozen=True)
class Model:
    """n titles, f features, k components; nothing in it is about anybody who watches.

    A title's vector and bias are LightFM's representation of it: those of its own id plus those of its features.
    """

    title_ids: NDArray[np.uint8]
    """(n, 16): the titles' UUIDs, in ascending order."""
    vectors: Floats
    """(n, k)"""
    biases: Floats
    """(n,)"""
    feature_names: Sequence[str]
    """f names in ascending order, such as `genre:…`, `era:1990`, `age:12`, `person:…`."""
    feature_vectors: Floats
    """(f, k)"""
    feature_biases: Floats
    """(f,)"""
    features: csr_array[Any]
    """(n, f): the weights of each title's features, its own id not among them."""
    neighbours: csr_array[Any]
    """(n, n), EASE: row h is what having h in the history says for each title."""
    history_sizes: NDArray[np.int64]
    """(s,) ascending: for histories of up to so many titles …"""
    history_maps: Floats
    """(s, 2k + 1, k): … the ridge map from what a history sums up to to a profile's vector."""
    cold_map: Floats
    """(f, k + 1): the ridge map from features to the vector and bias of a title that training did not see …"""
    cold_mean: Floats
    """(k + 1,): … and what it is added to."""
    popularity: Floats
    """(n,): the interactions' weights, summed up."""
    recipe: Recipe = field(default_factory=Recipe)
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What was measured on the part of the interactions that was held out, by the names of recommendations/metrics."""
