"""Where trained models are: artifacts in object storage, a copy of one in a local folder, and which one ranks in
Postgres.

Activating a model is one row; rolling back makes the one before it the latest again. Of older ones nothing is kept.
"""

import asyncio
import re
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from models.viewing import TrainedModel
from recommendations.artifact import read
from recommendations.manifest import MANIFEST, Manifest, UnreadableArtifact
from recommendations.model import Model
from runtime.resources import Resources

VERSION = re.compile(r"\d{8}-[0-9a-f]{12}")
KEPT = 3
"""The newest models that stay, so that there is one to go back to."""


def models_folder(resources: Resources) -> Path:
    """The local copies of artifacts, a folder a version."""
    return resources.settings.data / "models"


def prefix_of(version: str) -> str:
    """Where a version's artifact lies in object storage."""
    return f"models/{version}"


async def fetched(resources: Resources, version: str) -> Path:
    """The local folder of a version's artifact, copied there where it is missing; it appears when it is whole."""
    folder = models_folder(resources) / version
    if not folder.is_dir():
        unfinished = folder.with_name(f"{version}.{id(resources)}.part")
        unfinished.mkdir(parents=True, exist_ok=True)
        for key in await resources.storage.keys(prefix_of(version)):
            await resources.storage.download(key, unfinished / key.rpartition("/")[2])
        await asyncio.to_thread(put_in_place, unfinished, folder)
    return folder


async def read_model(resources: Resources, version: str) -> tuple[Model, Manifest, Path]:
    """The model, verified and mapped, its manifest, and its local folder.

    StorageError where the object store does not give it, UnreadableArtifact where it can't be read: then the local copy
    is thrown away, for perhaps it was damaged here, and who asks next fetches another.
    """
    folder = await fetched(resources, version)
    try:
        return *await asyncio.to_thread(read, folder), folder
    except UnreadableArtifact:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise


def put_in_place(unfinished: Path, folder: Path) -> None:
    try:
        unfinished.rename(folder)
    except OSError:
        shutil.rmtree(unfinished)
        if not folder.is_dir():  # otherwise another process was quicker
            raise


def keep_only(folder: Path, versions: Sequence[str]) -> None:
    """Deletes the local copies of all other models; who has mapped one keeps it."""
    for old in folder.iterdir():
        if VERSION.fullmatch(old.name) and old.name not in versions:
            shutil.rmtree(old, ignore_errors=True)


async def publish(resources: Resources, folder: Path, manifest: Manifest, now: datetime) -> None:
    """Copies the artifact into object storage, its manifest last, and makes the model the one that ranks."""
    for file in sorted(folder.iterdir(), key=lambda file: (file.name == MANIFEST, file.name)):
        await resources.storage.put_file(f"{prefix_of(manifest.version)}/{file.name}", file)
    row = {
        "version": manifest.version,
        "watermark": manifest.watermark,
        "interactions": manifest.interactions,
        "metrics": dict(manifest.metrics),
        "trained_at": now,
        "activated_at": now,
    }
    async with resources.database.write("viewing") as db:
        added = insert(TrainedModel).values(**row)
        again = {"activated_at": added.excluded.activated_at}
        await db.execute(added.on_conflict_do_update(index_elements=["version"], set_=again))
    await prune(resources)


async def models(resources: Resources) -> Sequence[TrainedModel]:
    """The models there are; the first one ranks, the second is what a rollback goes back to."""
    query = select(TrainedModel).order_by(col(TrainedModel.activated_at).desc(), col(TrainedModel.version))
    async with resources.database.write("viewing") as db:
        return (await db.scalars(query)).all()


async def roll_back(resources: Resources, now: datetime) -> TrainedModel | None:
    """Makes the model before the active one rank again, and returns it; None where there is none."""
    known = await models(resources)
    if len(known) < 2:
        return None
    before = known[1]
    async with resources.database.write("viewing") as db:
        this = col(TrainedModel.version) == before.version
        await db.execute(update(TrainedModel).where(this).values(activated_at=now))
    return before


async def prune(resources: Resources) -> None:
    """Forgets all models but the latest, their artifacts first."""
    for model in (await models(resources))[KEPT:]:
        await resources.storage.delete_prefix(prefix_of(model.version))
        await asyncio.to_thread(shutil.rmtree, models_folder(resources) / model.version, ignore_errors=True)
        async with resources.database.write("viewing") as db:
            await db.execute(delete(TrainedModel).where(col(TrainedModel.version) == model.version))
