"""Mezzanine files in object storage, each with the subtitle files that came with it."""

from pathlib import Path, PurePosixPath
from uuid import UUID

from media.errors import MediaError
from media.plan import is_sidecar
from runtime.storage import MissingObject, Storage


async def store_source(storage: Storage, asset_id: UUID, path: Path) -> str:
    """Stores a film and its sidecar subtitles (`film.en.vtt` beside `film.mp4`); the film's key."""
    key = f"source/{asset_id}/{path.name}"
    for subtitles in sidecars_beside(path):
        await storage.put_file(f"source/{asset_id}/{subtitles.name}", subtitles, "text/vtt")
    await storage.put_file(key, path)
    return key


async def fetch_source(storage: Storage, key: str, folder: Path) -> Path:
    """Brings a film and its sidecar subtitles into `folder`; the film's path there."""
    name = PurePosixPath(key).name
    try:
        await storage.download(key, folder / name)
        for found in await storage.keys(str(PurePosixPath(key).parent)):
            if belongs(subtitles := PurePosixPath(found).name, name):
                await storage.download(found, folder / subtitles)
    except MissingObject as error:
        raise MediaError(f"{name}: its source is not in storage at {key}. Upload it again.") from error
    return folder / name


def sidecars_beside(path: Path) -> list[Path]:
    """The subtitle files in a film's folder that belong to it."""
    return [found for found in sorted(path.parent.iterdir()) if belongs(found.name, path.name)]


def belongs(subtitles: str, film: str) -> bool:
    """Whether a file is subtitles of a film: those have its name before their language."""
    return is_sidecar(subtitles) and subtitles.startswith(f"{PurePosixPath(film).stem}.")
