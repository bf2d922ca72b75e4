"""Sizes made of originals, each once, and kept in object storage for every process."""

import asyncio
import os
from uuid import UUID

from media.artwork.addresses import Addresses, Claim, Picture
from media.artwork.rendering import rendered
from runtime.storage import MissingObject, Storage

AT_ONCE = max(1, min(4, (os.cpu_count() or 1) - 1))
"""Renderings of a process that go on at a time: each takes a core, and 300 MB for the largest original."""
MEDIA_TYPE = "image/webp"
FOLDER = "derived/artwork"


def prefix_of(picture_id: UUID) -> str:
    """Below which all that was made of a picture lies in object storage."""
    return f"{FOLDER}/{picture_id}"


class Derived:
    """The sizes of one store's pictures. Whoever asks while one is being made waits for that.

    They lie there at the path of their public address, so that whatever changes it makes a new one.
    """

    def __init__(self, storage: Storage, addresses: Addresses) -> None:
        self.storage = storage
        self.addresses = addresses
        self.slots = asyncio.Semaphore(AT_ONCE)
        self.under_way: dict[str, asyncio.Task[bytes]] = {}

    async def get(self, picture: Picture, width: int) -> bytes:
        """The picture in WebP, `width` pixels wide.

        Raises MissingObject if there is no original, NotAPicture if it is broken, StorageError.
        """
        key = f"{FOLDER}/{self.addresses.path(picture, Claim(picture.id, width))}"
        task = self.under_way.get(key)
        if task is None:
            task = self.under_way[key] = asyncio.create_task(self.fetch(key, picture, width))
            task.add_done_callback(lambda _: self.under_way.pop(key))
        return await asyncio.shield(task)  # the first to ask may hang up, and others wait still

    async def fetch(self, key: str, picture: Picture, width: int) -> bytes:
        try:
            return await self.storage.get(key)
        except MissingObject:
            return await self.make(key, picture, width)

    async def make(self, key: str, picture: Picture, width: int) -> bytes:
        async with self.slots:
            original = await self.storage.get(picture.object_key)
            made = await asyncio.to_thread(rendered, original, *picture.size_at(width))
        await self.storage.put(key, made, MEDIA_TYPE)
        return made
