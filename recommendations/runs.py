"""A training run: what the databases hold goes to a process of its own, whose model replaces the active one if it is no
worse.

The process computes on one thread, with the same instructions on every machine of a kind, so that the same events,
titles and seed give the same artifact, byte for byte.
"""

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import orjson
import structlog

from recommendations.artifact import read
from recommendations.corpus import corpus_of, newer_events
from recommendations.manifest import UnreadableArtifact
from recommendations.store import models, models_folder, publish, read_model
from runtime.resources import Resources
from runtime.storage import StorageError

log = structlog.get_logger()

RETRAIN_AT = 0.05
"""The part of new events that makes another training worth while before the night."""
TOLERANCE = 0.02
"""What a model may lose against the active one on events that neither has seen: less than that is noise."""
UNFINISHED, LONGEST = "training-", timedelta(days=1)
ONE_WAY = {
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # OpenBLAS and NumPy choose instructions by the processor, and sums round differently by them
    "OPENBLAS_CORETYPE": "Haswell",
    "NPY_DISABLE_CPU_FEATURES": "AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL AVX512_ICL AVX512_SPR",
    "PYTHONHASHSEED": "0",
}
Progress = Callable[[str, float, float], None]


class TrainingFailed(Exception):
    """The process that trains ended badly; the message is the last line that it wrote."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run. `version` is the new model's; `refusal` says why it does not rank, None where it does.

    `measured` has nDCG@10 on what was held out: of the new model, popularity, and the active one, if there is one.
    """

    version: str
    measured: dict[str, float]
    seconds: float
    refusal: str | None = None


async def train(resources: Resources, now: datetime, progress: Progress) -> Outcome | None:
    """Trains a model on all that there is, and makes it the active one unless it is worse; None without any events.

    TrainingFailed where the process ends badly; StorageError where the object store is away.
    """
    corpus = await corpus_of(resources.database)
    if corpus is None:
        return None
    kept = models_folder(resources)
    await asyncio.to_thread(tidy, kept, now)
    with tempfile.TemporaryDirectory(dir=kept, prefix=UNFINISHED) as name:
        folder = Path(name)
        await asyncio.to_thread(corpus.save, folder / "corpus.npz")
        outcome = judged(await trained(folder, await active_folder(resources), progress))
        if outcome.refusal is None:
            _, manifest = await asyncio.to_thread(read, folder / "artifact")
            await publish(resources, folder / "artifact", manifest, now)
    return outcome


def tidy(folder: Path, now: datetime) -> None:
    """Makes the folder, and deletes what runs that were killed a day ago or earlier left in it: people's histories."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"{UNFINISHED}*"):
        if now.timestamp() - left.stat().st_mtime > LONGEST.total_seconds():
            shutil.rmtree(left, ignore_errors=True)


async def active_folder(resources: Resources) -> Path | None:
    """The folder of the active model; None where there is none that can be read."""
    for model in (await models(resources))[:1]:
        try:
            _, _, folder = await read_model(resources, model.version)
        except (UnreadableArtifact, StorageError) as error:
            log.warning("active_model_unreadable", version=model.version, error=str(error))
        else:
            return folder
    return None


async def trained(folder: Path, active: Path | None, progress: Progress) -> dict[str, float | str]:
    """Runs the process that trains, to its end or to our own; what it said last."""
    arguments = [str(folder), *([str(active)] if active else [])]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "recommendations.trainer", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | ONE_WAY,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    errors = asyncio.create_task(process.stderr.read())
    said: dict[str, float | str] = {}
    try:
        async for line in process.stdout:
            said = orjson.loads(line)
            if "step" in said:
                progress(str(said["step"]), float(said["done"]), float(said["total"]))
        if await process.wait():
            raise TrainingFailed((await errors).decode().strip().rpartition("\n")[2])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
        await errors
    return said


def judged(said: dict[str, float | str]) -> Outcome:
    """Whether the new model may rank: not below popularity, nor below the active one."""
    measured = {name: float(value) for name, value in said.items() if name not in ("version", "seconds")}
    new, refusal = measured.get("model"), None
    if new is None:  # nothing could be held out
        refusal = None
    elif new < measured["popularity"]:
        refusal = f"its nDCG@10 is {new:.4f}, and popularity's {measured['popularity']:.4f}"
    elif new < measured.get("active", 0.0) * (1 - TOLERANCE):
        refusal = f"its nDCG@10 is {new:.4f}, and the active model's {measured['active']:.4f}"
    return Outcome(str(said["version"]), measured, float(said["seconds"]), refusal)


async def is_worth_while(resources: Resources) -> bool:
    """Whether so much happened since the active model's newest event that another should be trained."""
    known = await models(resources)
    if not known:
        return True
    return await newer_events(resources.database, known[0].watermark) >= RETRAIN_AT * max(known[0].interactions, 1)
