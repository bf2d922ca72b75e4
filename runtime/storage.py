"""Where files are kept: a local folder, S3, Google Cloud Storage or Azure, all by one address."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from runtime.settings import SettingsError

CHUNK = 256 * 1024


class StorageError(Exception):
    """The object store refused or does not answer; the message names the object and says why."""


class MissingObject(StorageError):
    """There is no such object."""


@dataclass(frozen=True)
class ObjectInfo:
    """What the store knows of an object: `size` in bytes and its entity tag, quotes included (RFC 9110, 8.8.3)."""

    size: int
    etag: str


@dataclass(frozen=True)
class Reading:
    """An object being read: what it is, and the bytes asked for, a piece at a time."""

    info: ObjectInfo
    chunks: AsyncIterator[bytes]


@contextmanager
def naming(key: str) -> Iterator[None]:
    """Turns obstore's errors into ours, which name `key`."""
    try:
        yield
    except (FileNotFoundError, ValueError) as error:
        # obstore raises ValueError for keys that can't exist, such as those with `..` in them.
        raise MissingObject(f"There is no object {key!r}.") from error
    except (BaseError, OSError) as error:
        raise StorageError(f"Object {key!r}: {str(error).splitlines()[0]}") from error


class Storage:
    """An object store; keys are paths such as `media/7/master.m3u8`. Writes are atomic, and replace what was there."""

    def __init__(self, store: ObjectStore) -> None:
        self.store = store

    async def put(self, key: str, data: bytes, content_type: str | None = None) -> None:
        await self._put(key, data, content_type)

    async def put_file(self, key: str, path: Path, content_type: str | None = None) -> None:
        """Uploads a file, in parts where it is large. Raises FileNotFoundError if it isn't there."""
        if not await asyncio.to_thread(path.is_file):
            raise FileNotFoundError(f"There is no file {path} to upload.")
        await self._put(key, path, content_type)

    async def get(self, key: str) -> bytes:
        with naming(key):
            found = await obstore.get_async(self.store, key)
            return bytes(await found.bytes_async())

    async def read(self, key: str, start: int = 0, end: int | None = None) -> Reading:
        """The bytes from `start` up to, not including, `end`; to the object's end without one."""
        with naming(key):
            if end is not None:
                found = await obstore.get_async(self.store, key, options={"range": (start, end)})
            elif start:
                found = await obstore.get_async(self.store, key, options={"range": {"offset": start}})
            else:
                found = await obstore.get_async(self.store, key)
        info = ObjectInfo(found.meta["size"], found.meta["e_tag"] or "")
        return Reading(info, _chunks(key, found))

    async def download(self, key: str, path: Path) -> None:
        """Copies an object into a file, which appears only when it is whole."""
        unfinished = path.with_name(f"{path.name}.part")
        reading = await self.read(key)
        with await asyncio.to_thread(unfinished.open, "wb") as file:
            async for chunk in reading.chunks:
                await asyncio.to_thread(file.write, chunk)
        unfinished.replace(path)

    async def head(self, key: str) -> ObjectInfo:
        with naming(key):
            meta = await obstore.head_async(self.store, key)
        return ObjectInfo(meta["size"], meta["e_tag"] or "")

    async def keys(self, prefix: str) -> list[str]:
        """The keys below a prefix, which counts in whole path segments, in order."""
        with naming(prefix):
            found = await obstore.list(self.store, prefix).collect_async()
        return sorted(item["path"] for item in found)

    async def delete_prefix(self, prefix: str) -> int:
        """Deletes all objects below a prefix; how many there were."""
        keys = await self.keys(prefix)
        await self.delete(keys)
        return len(keys)

    async def delete(self, keys: Sequence[str]) -> None:
        """Deletes objects; one that is not there is no error."""
        with suppress(MissingObject), naming(", ".join(keys)):
            await obstore.delete_async(self.store, list(keys))

    async def _put(self, key: str, data: bytes | Path, content_type: str | None) -> None:
        # A local folder keeps no attributes, and obstore refuses them there.
        keeps = not isinstance(self.store, LocalStore)
        attributes: obstore.Attributes | None = {"Content-Type": content_type} if content_type and keeps else None
        with naming(key):
            await obstore.put_async(self.store, key, data, attributes=attributes)


async def _chunks(key: str, found: "obstore.GetResult") -> AsyncIterator[bytes]:
    with naming(key):
        async for chunk in found.stream(min_chunk_size=CHUNK):
            yield bytes(chunk)


def open_storage(url: str) -> Storage:
    """The store at an address: `file:///folder` (made where it is missing), `s3://`, `gs://` or `az://bucket/prefix`.

    Credentials come from the environment, as obstore reads them. Raises SettingsError for an address it can't use.
    """
    try:
        return Storage(from_url(url, mkdir=True) if url.startswith("file:") else from_url(url))
    except (BaseError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise SettingsError(
            f"STORAGE_URL: {url!r} can't be used ({reason}). Give file://, s3://, gs:// or az://."
        ) from error
