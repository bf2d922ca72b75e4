"""The process that trains: `python -m recommendations.trainer FOLDER [ACTIVE]`.

FOLDER has the corpus, and gets the artifact. What happened last is held out first: the recipe, popularity and the
ACTIVE artifact are measured on it, and then the model is trained on everything. Each line of output is a JSON object:
how far a step is, and at the end what was measured.
"""

import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from scipy.sparse import csr_array

from recommendations.artifact import read, write
from recommendations.corpus import Corpus
from recommendations.interactions import Interactions
from recommendations.manifest import BASELINE, Manifest
from recommendations.metrics import Trial, measured
from recommendations.model import Floats, Model, Recipe
from recommendations.scoring import Scorer
from recommendations.training import Progress, train

HELD_OUT = 0.1
"""The part of the interactions, the newest, that measures the rest."""
FEWEST_NEW = 200
"""With so many interactions after the active model's newest event, those are held out, which it has not seen either."""
MOST_MEASURED = 2000
"""Profiles."""
HEADLINE = "nDCG@10"


def main(folder: Path, active: Path | None) -> None:
    corpus = Corpus.load(folder / "corpus.npz")
    metrics = compared(corpus, *read(active)) if active else held_out(corpus, newest(corpus.interactions), None)
    model = train(corpus.interactions, corpus.features, corpus.title_ids, Recipe(), tell("Training"))
    told = replace(model, metrics=metrics.get("model", {}) | prefixed("popularity", metrics.get("popularity", {})))
    given = corpus.interactions
    manifest = write(
        told, folder / "artifact", corpus.watermark, profiles=given.shape[0], interactions=len(given.weights)
    )
    headlines = {name: row[HEADLINE] for name, row in metrics.items()}
    say(version=manifest.version, seconds=time.process_time(), **headlines)


def prefixed(name: str, metrics: Mapping[str, float]) -> dict[str, float]:
    return {f"{name}{BASELINE}{metric}": value for metric, value in metrics.items()}


def newest(given: Interactions) -> float:
    """From when on a tenth of the interactions is."""
    return float(np.quantile(given.times, 1 - HELD_OUT, method="lower"))


def compared(corpus: Corpus, active: Model, manifest: Manifest) -> dict[str, dict[str, float]]:
    """The metrics beside the active model's, on what neither has seen; where that is too little, beside what the active
    model's training measured."""
    watermark = manifest.watermark.timestamp()
    if np.count_nonzero(corpus.interactions.times > watermark) >= FEWEST_NEW:
        return held_out(corpus, watermark, active)
    its_own = {name: value for name, value in manifest.metrics.items() if BASELINE not in name}
    metrics = held_out(corpus, newest(corpus.interactions), None)
    return metrics | ({"active": its_own} if metrics and its_own else {})


def held_out(corpus: Corpus, instant: float, active: Model | None) -> dict[str, dict[str, float]]:
    """The metrics of the recipe trained on what is older, of popularity, and of the active model, if there is one; none
    of any where nothing is newer or nothing older."""
    given = corpus.interactions
    older, newer = given.only(given.times <= instant), given.only(given.times > instant)
    if not len(older.weights) or not len(newer.weights):
        return {}
    profiles = np.unique(newer.profiles)
    if len(profiles) > MOST_MEASURED:
        profiles = np.sort(np.random.default_rng(Recipe().seed).choice(profiles, MOST_MEASURED, replace=False))
    history, wanted = older.matrix[profiles], newer.matrix[profiles]
    model = train(older, corpus.features, corpus.title_ids, Recipe(), tell("Measuring"))
    watched = np.bincount(older.titles, minlength=older.shape[1]).astype(np.float32)
    scores = {"model": Scorer(model).scores(history), "popularity": np.tile(watched, (len(profiles), 1))}
    if active is not None:
        scores["active"] = scores_of(active, corpus, history)
    return {name: figures(values, Trial(history, wanted)) for name, values in scores.items()}


def figures(scores: Floats, trial: Trial) -> dict[str, float]:
    """The metrics that the manifest keeps."""
    found = measured(lambda profiles: scores[profiles], trial)
    return {HEADLINE: found.ndcg, "Recall@20": found.recall, "AUC": found.auc, "coverage@10": found.coverage}


def scores_of(active: Model, corpus: Corpus, history: csr_array[Any]) -> Floats:
    """The active model's scores in the order of the corpus; the lowest for titles that it does not have."""
    rows = {bytes(id_): row for row, id_ in enumerate(np.asarray(active.title_ids))}
    at = np.array([rows.get(bytes(id_), -1) for id_ in corpus.title_ids])
    has = at >= 0
    kept = history[:, has].tocoo()
    shape = (history.shape[0], len(active.title_ids))
    known: csr_array[Any] = csr_array((kept.data, (kept.coords[0], at[has][kept.coords[1]])), shape=shape)
    found = np.full(history.shape, -np.inf, np.float32)
    found[:, has] = Scorer(active).scores(known)[:, at[has]]
    return found


def tell(step: str) -> Progress:
    """Reports on what is done of a step."""
    return lambda part, done, total: say(step=f"{step}: {part}", done=done, total=total)


def say(**facts: object) -> None:
    sys.stdout.buffer.write(orjson.dumps(facts) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
