"""Uploading an asset: first what the manifests name, then the manifests."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path, PurePosixPath
from uuid import UUID

from media.files import content_type, is_manifest
from runtime.storage import Storage

AT_ONCE = 8

Report = Callable[[float], Awaitable[None]]


def folder_of(asset_id: UUID) -> str:
    return f"media/{asset_id}"


def new_prefix(asset_id: UUID) -> str:
    """Where one attempt's files go; no other attempt writes there, and nobody can guess it."""
    return f"{folder_of(asset_id)}/{secrets.token_hex(8)}"


async def publish(storage: Storage, folder: Path, files: Sequence[Path], prefix: str, report: Report) -> None:
    """Uploads the files of `folder` below `prefix`, the manifests last; `report` gets 0 to 1."""
    done = 0

    async def upload(path: Path) -> None:
        nonlocal done
        await storage.put_file(f"{prefix}/{path.as_posix()}", folder / path, content_type(path.name))
        done += 1

    segments = [path for path in files if not is_manifest(path.name)]
    manifests = [path for path in files if is_manifest(path.name)]
    for group in (segments, manifests):
        for start in range(0, len(group), AT_ONCE):
            await asyncio.gather(*(upload(path) for path in group[start : start + AT_ONCE]))
            await report(done / len(files))


async def remove_others(storage: Storage, asset_id: UUID, *kept: str | None) -> None:
    """Deletes what other attempts left of an asset."""
    keys = await storage.keys(folder_of(asset_id))
    prefixes = {str(PurePosixPath(*PurePosixPath(key).parts[:3])) for key in keys}
    for prefix in sorted(prefixes - set(kept)):
        await storage.delete_prefix(prefix)
