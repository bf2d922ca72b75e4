"""How long training takes at a million interactions, and how large it grows.

They are made up: 6,000 profiles and 3,700 titles, of which few are famous, with tastes in twelve dimensions and the
features of a small catalogue, a year, a decade and two genres each. With one thread, which is how it is to be run.
"""

import resource
import time

import numpy as np
from scipy.sparse import csr_array

from recommendations.interactions import Features, Interactions
from recommendations.model import Recipe
from recommendations.training import train

PROFILES, TITLES, MANY, DIMENSIONS = 6_000, 3_700, 1_000_000, 12
DAYS = 3 * 365


async def measure() -> None:
    """Prints the CPU seconds of each step and the memory at its peak."""
    interactions, features = made_up()
    started, steps = time.process_time(), dict[str, float]()
    ids = np.zeros((TITLES, 16), np.uint8)

    def note(step: str, done: int, total: int) -> None:
        steps.setdefault(step, time.process_time())

    train(interactions, features, ids, Recipe(), note)
    ended = time.process_time()
    spent = zip(steps, [*list(steps.values())[1:], ended], steps.values(), strict=True)
    print(f"{len(interactions.weights)} interactions: {ended - started:.1f} CPU s, at most {memory():.0f} MB")
    print(", ".join(f"{step} {until - since:.1f} s" for step, until, since in spent))


def memory() -> float:
    """Of the process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def made_up() -> tuple[Interactions, Features]:
    rng = np.random.default_rng(1)
    tastes = 0.6 * rng.standard_normal((PROFILES, DIMENSIONS), dtype=np.float32)
    titles = 0.6 * rng.standard_normal((TITLES, DIMENSIONS), dtype=np.float32)
    fame = -0.8 * np.log(rng.permutation(np.arange(1.0, TITLES + 1)))
    lengths = np.clip(rng.lognormal(0, 1, PROFILES), 0.1, 10)
    lengths = np.minimum(lengths / lengths.mean() * MANY / PROFILES, TITLES // 2).astype(int)
    parts = [chosen(taste @ titles.T + fame, length, rng) for taste, length in zip(tastes, lengths, strict=True)]
    who, what = np.repeat(np.arange(PROFILES), lengths), np.concatenate(parts)
    times = 1.7e9 + 86_400 * rng.uniform(0, DAYS, len(who))
    return Interactions(who, what, np.ones(len(who), np.float32), times, (PROFILES, TITLES)), features(rng)


def chosen(liking: np.ndarray, length: int, rng: np.random.Generator) -> np.ndarray:
    """So many titles, drawn without putting back, the more liked the likelier; ascending."""
    drawn = liking + rng.gumbel(size=TITLES)
    return np.sort(np.argpartition(-drawn, length)[:length])


def features(rng: np.random.Generator) -> Features:
    year = rng.integers(0, 60, TITLES)
    names = [f"era:{at:02}" for at in range(6)] + [f"genre:{at:02}" for at in range(18)]
    names += [f"year:{at:02}" for at in range(60)]
    matrix = np.zeros((TITLES, len(names)), np.float32)
    for columns in (year // 10, 6 + rng.integers(0, 18, TITLES), 6 + rng.integers(0, 18, TITLES), 24 + year):
        matrix[np.arange(TITLES), columns] = 1
    return Features(names, csr_array(matrix))
