"""`marquee train`: a model of what profiles like, here and now."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from recommendations.manifest import UnreadableArtifact
from recommendations.runs import Outcome, TrainingFailed, train
from recommendations.store import models, read_model, roll_back
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from runtime.storage import StorageError
from server.commands import Stop
from server.run.screen import Screen
from server.training_report import report_of


async def train_now(settings: Settings, report: Path | None) -> bool:
    """Trains, shows how far it is, and says what came of it; whether the new model ranks."""
    screen = Screen()
    async with open_resources(settings, ("viewing",)) as resources:
        try:
            with screen.steps() as progress:
                outcome = await train(resources, datetime.now(UTC), progress)
        except (TrainingFailed, StorageError) as error:
            raise Stop(f"The training failed: {error}") from error
        if outcome is None:
            raise Stop("There is nothing to train on: nobody has watched, listed or rated anything.")
        for line in lines_of(outcome):
            screen.say(line)
        if report:
            await write_report(resources, report, {"training": outcome.seconds})
            screen.say(f"Report: {report}")
    return outcome.refusal is None


def lines_of(outcome: Outcome) -> list[str]:
    """The outcome as it is printed."""
    lines = [f"nDCG@10 on what was held out, {name}: {value:.4f}" for name, value in outcome.measured.items()]
    lines.append(f"Trained in {outcome.seconds:.1f} CPU seconds")
    if outcome.refusal:
        return [*lines, f"{outcome.version} does not rank: {outcome.refusal}. The active model stays."]
    return [*lines, f"{outcome.version} ranks from now on."]


async def go_back(settings: Settings) -> str:
    """Makes the model before the active one rank again; its version."""
    async with open_resources(settings, ("viewing",)) as resources:
        before = await roll_back(resources, datetime.now(UTC))
    if before is None:
        raise Stop("There is no earlier model to go back to.")
    return before.version


async def report_active(settings: Settings, file: Path) -> None:
    """Writes the report of the active model, without training."""
    async with open_resources(settings, ("viewing",)) as resources:
        await write_report(resources, file, {})


async def write_report(resources: Resources, file: Path, log: Mapping[str, float]) -> None:
    """`log` has the CPU seconds of what was done just now."""
    known = await models(resources)
    if not known:
        raise Stop("There is no model yet: `marquee train` makes one.")
    try:
        model, manifest, _ = await read_model(resources, known[0].version)
    except (UnreadableArtifact, StorageError) as error:
        raise Stop(f"The model {known[0].version} can't be read: {error}") from error
    page = await report_of(resources, model, manifest, log)
    await asyncio.to_thread(file.write_text, page, "utf-8")
