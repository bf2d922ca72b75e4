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
    epochs: int = 20
    steps: int = 7_500_000
    """With so many interactions that the epochs would take more steps than this there are fewer, but one at least."""
    max_sampled: int = 30
    profile_regularisation: float = 0.001
    """LightFM's L2 penalty on profiles' vectors."""
    feature_weight: float = 0.3
    map_regularisation: float = 10.0
    history_sizes: tuple[int, ...] = (0, 1, 2, 3, 5, 10, 20, 50)
    """Ascending; each has a map of its own, and the last one's serves all longer histories."""
    ease_limit: int = 10_000
    """Only so many titles, those watched most, take part in EASE: its time grows with their cube."""
    ease_regularisation: float = 100.0
    ease_dropout: float = 1.0
    """How much of a title's own count is added to its regularisation."""
    ease_damping: float = 0.5
    """A profile with n titles weighs n to the power of minus this, so that those who watch all day don't decide."""
    ease_features: float = 1.0
    """What a feature weighs that two titles share; a profile that has watched both weighs about 1."""
    ease_kept: int = 400
    """Only so many values of each row are kept, the largest."""
    ease_share: float = 0.5
    """EASE's part of the blend for a long history, from 0 to 1."""
    ease_titles: int = 35
    """With so many titles in the history EASE's part is half of that; with none it is 0."""
    recent_share: float = 0.2
    """What is popular of late adds so much to the blend for an empty history."""
    recent_titles: int = 10
    """With so many titles in the history it adds half as much."""
    recent_days: float = 30.0
    """What was watched so many days before the newest interaction counts half as much in it."""


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
    """(n,): the interactions' weights, summed up; 0 for what nobody has watched."""
    recent: Floats
    """(n,): the same, but the older an interaction the less it counts (Recipe.recent_days)."""
    recipe: Recipe = field(default_factory=Recipe)
    metrics: Mapping[str, float] = field(default_factory=dict)
    """What was measured on the part of the interactions that was held out, by the names of recommendations/metrics."""
