"""Models come, rank, go back and are refused while a server runs."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, text, update
from sqlmodel import col
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from models.columns import new_id
from models.viewing import ListItem, TrainedModel
from recommendations import runs
from recommendations.artifact import read, write
from recommendations.corpus import Corpus
from recommendations.runs import is_worth_while, judged
from recommendations.store import KEPT, fetched, models, models_folder, prefix_of, publish
from runtime.resources import Resources, open_resources
from server.commands import Stop
from server.main import cli
from server.worker import train_again
from tests.recommending.members import Viewing, everybody

MATCHES = "home(first: 3) { modelVersion edges { node { kind titles(first: 1) { edges { node { matchScore } } } } } }"
FILE = "biases.npy"


@pytest.fixture
def viewing(resources: Resources) -> Viewing:
    [(household, member)] = everybody(1)
    return Viewing(resources, household, member)


async def version_of(viewing: Viewing) -> str | None:
    """Which model ranks; all of home is ranked by it, or by popularity."""
    home = (await viewing.of_profile(MATCHES))["home"]
    kinds = {edge["node"]["kind"] for edge in home["edges"]}
    scores = [title["node"]["matchScore"] for edge in home["edges"] for title in edge["node"]["titles"]["edges"]]
    version: str | None = home["modelVersion"]
    assert ("TOP_PICKS" in kinds) == (version is not None)
    assert all((score is None) == (version is None) for score in scores)
    return version


async def published(resources: Resources, folder: Path, bias: float) -> str:
    """A model that is a little unlike the active one, and ranks from now on; its version."""
    model, manifest = read(await fetched(resources, (await models(resources))[0].version))
    counts = {"profiles": manifest.profiles, "interactions": manifest.interactions}
    other = write(replace(model, biases=model.biases + bias), folder, manifest.watermark, **counts)
    await publish(resources, folder, other, datetime.now(UTC))
    return other.version


@asynccontextmanager
async def another_process(viewing: Viewing) -> AsyncIterator[Viewing]:
    """The same member at a server that has just started, on a machine of its own."""
    shutil.rmtree(models_folder(viewing.resources), ignore_errors=True)
    async with open_resources(viewing.resources.settings) as resources:
        yield replace(viewing, resources=resources)


async def test_the_same_events_give_the_same_model_whatever_surrounds_it(
    resources: Resources, viewing: Viewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job trains anew what was trained before, in a process that inherits a strange environment."""
    [before] = await models(resources)
    async with resources.database.write("viewing") as db:
        await db.execute(delete(TrainedModel))
    assert await version_of(viewing) is None
    files = contents(await fetched(resources, before.version))
    await resources.storage.delete_prefix(prefix_of(before.version))
    shutil.rmtree(models_folder(resources))
    for name, value in {
        "PYTHONHASHSEED": "7", "OPENBLAS_CORETYPE": "Prescott", "OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "2",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    await train_again(resources)
    [after] = await models(resources)
    assert after.version == before.version
    assert contents(await fetched(resources, after.version)) == files
    assert await version_of(viewing) == after.version


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def test_nothing_in_an_artifact_is_about_anybody(resources: Resources) -> None:
    files = contents(await fetched(resources, (await models(resources))[0].version))
    everything = b"".join(files.values())
    async with resources.database.read("catalog") as db:
        title = (await db.execute(text("select min(title_id::text)::uuid from catalog.published_title"))).scalar_one()
    assert title.bytes in everything, "it would be found"
    for household, member in everybody(60):
        for id_ in (household.id, member.id):
            assert not any(form in everything for form in (id_.bytes, str(id_).encode(), id_.hex.encode()))


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def truncate(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-4])


def remove(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize(
    ("name", "damage"),
    [(FILE, flip), (FILE, truncate), (FILE, remove), ("manifest.json", remove), ("manifest.json", truncate)],
)
async def test_a_damaged_model_never_ranks(
    resources: Resources, viewing: Viewing, tmp_path: Path, name: str, damage: Callable[[Path], None]
) -> None:
    [good] = await models(resources)
    bad = await published(resources, tmp_path / "model", 0.1)
    damage(stored(resources, bad) / name)
    with capture_logs() as logs:
        assert await version_of(viewing) == good.version
        assert await version_of(viewing) == good.version
    assert [entry["version"] for entry in logs if entry["event"] == "model_refused"] == [bad], "once"
    flip(stored(resources, good.version) / FILE)
    async with another_process(viewing) as elsewhere:
        with capture_logs() as logs:
            assert await version_of(elsewhere) is None
        assert [entry["version"] for entry in logs if entry["event"] == "model_refused"] == [bad, good.version]
    assert await version_of(viewing) == good.version, "it is in memory here"


def stored(resources: Resources, version: str) -> Path:
    """Where the object store has the model's files."""
    return resources.settings.data / "storage" / prefix_of(version)


async def test_a_copy_that_was_damaged_here_is_fetched_anew(
    resources: Resources, viewing: Viewing, tmp_path: Path
) -> None:
    [good] = await models(resources)
    newer = await published(resources, tmp_path / "model", 0.1)
    flip(await fetched(resources, newer) / FILE)
    assert await version_of(viewing) == good.version
    async with open_resources(resources.settings) as started_anew:
        assert await version_of(replace(viewing, resources=started_anew)) == newer


async def test_rolling_back_swaps_the_model_of_a_running_server(
    resources: Resources, viewing: Viewing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first] = await models(resources)
    assert isinstance((await commanded(resources, monkeypatch, "train", "--roll-back")).exception, Stop)
    assert await version_of(viewing) == first.version
    second = await published(resources, tmp_path / "model", 0.1)
    assert await version_of(viewing) == second
    result = await commanded(resources, monkeypatch, "train", "--roll-back")
    assert (result.exit_code, result.output) == (0, f"{first.version} ranks from now on.\n")
    assert await version_of(viewing) == first.version
    assert (await commanded(resources, monkeypatch, "train", "--roll-back")).exit_code == 0
    assert await version_of(viewing) == second


async def commanded(resources: Resources, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    """What the command line does in this installation."""
    for name in ("database_url", "redis_url", "storage_url"):
        monkeypatch.setenv(name.upper(), str(getattr(resources.settings, name)))
    monkeypatch.setenv("MARQUEE_DATA", str(resources.settings.data))
    return await asyncio.to_thread(CliRunner().invoke, cli, arguments)


@pytest.mark.parametrize(
    ("measured", "ranks"),
    [
        ({}, True),
        ({"model": 0.2, "popularity": 0.2}, True),
        ({"model": 0.19, "popularity": 0.2}, False),
        ({"model": 0.3, "popularity": 0.2, "active": 0.305}, True),
        ({"model": 0.29, "popularity": 0.2, "active": 0.3}, False),
        ({"model": 0.4, "popularity": 0.2, "active": 0.3}, True),
    ],
)
def test_a_model_ranks_unless_it_is_worse(measured: dict[str, float], ranks: bool) -> None:
    outcome = judged({"version": "new", "seconds": 1.0, **measured})
    assert (outcome.refusal is None) is ranks


async def test_a_worse_model_does_not_rank(
    resources: Resources, viewing: Viewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def worse(folder: Path, active: Path | None, progress: runs.Progress) -> dict[str, float | str]:
        assert active is not None
        assert read(active)[1].version == before.version
        return {"version": "20260601-worse", "seconds": 1.0, "model": 0.2, "popularity": 0.1, "active": 0.3}

    [before] = await models(resources)
    monkeypatch.setattr(runs, "trained", worse)
    result = await commanded(resources, monkeypatch, "train")
    assert result.exit_code == 1
    assert "20260601-worse does not rank" in result.output
    assert [model.version for model in await models(resources)] == [before.version]
    assert await version_of(viewing) == before.version


async def test_only_the_newest_models_are_kept(resources: Resources, tmp_path: Path) -> None:
    [first] = await models(resources)
    versions = [first.version, *[await published(resources, tmp_path / str(n), 0.1) for n in range(KEPT)]]
    assert len(set(versions)) == KEPT + 1 == 4
    assert [model.version for model in await models(resources)] == versions[:0:-1]
    assert await resources.storage.keys(prefix_of(first.version)) == []
    assert all([await resources.storage.keys(prefix_of(version)) for version in versions[1:]])
    assert not (models_folder(resources) / first.version).exists()


async def test_another_training_is_worth_while_at_five_per_cent_of_news(resources: Resources) -> None:
    [model] = await models(resources)
    enough = ceil(0.05 * model.interactions)
    later = model.watermark + timedelta(hours=1)
    rows = [{"profile_id": new_id(), "title_id": new_id(), "added_at": later} for _ in range(enough)]
    assert not await is_worth_while(resources)
    await store(resources, rows[1:])
    assert not await is_worth_while(resources)
    await store(resources, rows[:1])
    assert await is_worth_while(resources)
    async with resources.database.write("viewing") as db:
        await db.execute(update(TrainedModel).values(watermark=later))
    assert not await is_worth_while(resources)
    async with resources.database.write("viewing") as db:
        await db.execute(delete(TrainedModel).where(col(TrainedModel.version) == model.version))
    assert await is_worth_while(resources)


async def store(resources: Resources, rows: Sequence[dict[str, Any]]) -> None:
    async with resources.database.write("viewing") as db:
        await db.execute(insert(ListItem), list(rows))


async def test_a_training_that_crashes_says_why_and_changes_nothing(
    resources: Resources, viewing: Viewing, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nonsense(corpus: Corpus, path: Path) -> None:
        path.write_bytes(b"This is no corpus.")

    [before] = await models(resources)
    monkeypatch.setattr(Corpus, "save", nonsense)
    with capture_logs() as logs:
        await train_again(resources)
    [error] = [entry["error"] for entry in logs if entry["event"] == "training_failed"]
    assert "Error: " in error
    assert "\n" not in error
    assert [model.version for model in await models(resources)] == [before.version]
    assert await version_of(viewing) == before.version
    assert [folder.name for folder in models_folder(resources).iterdir()] == [before.version]
