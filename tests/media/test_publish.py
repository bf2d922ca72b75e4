import asyncio
from pathlib import Path
from uuid import uuid4

import pytest

from media.errors import MediaError
from media.package import files_in
from media.publish import new_prefix, publish, remove_others
from media.source import fetch_source, store_source
from runtime.storage import Storage


class Watched(Storage):
    """Notes the order in which files arrive, and loses the connection on request."""

    def __init__(self, storage: Storage, fails_at: str = "") -> None:
        super().__init__(storage.store)
        self.arrived: list[str] = []
        self.fails_at = fails_at

    async def put_file(self, key: str, path: Path, content_type: str | None = None) -> None:
        if self.fails_at and key.endswith(self.fails_at):
            raise ConnectionResetError(key)
        await asyncio.sleep(0)
        await super().put_file(key, path, content_type)
        self.arrived.append(key.rsplit("/", 1)[1])


@pytest.fixture
def packaged(tmp_path: Path) -> Path:
    folder = tmp_path / "packaged"
    for name in ["master.m3u8", "manifest.mpd", *(f"v240/{number:05}.m4s" for number in range(1, 20))]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


async def test_manifests_come_last(storage: Storage, packaged: Path) -> None:
    watched, shares = Watched(storage), []

    async def report(share: float) -> None:
        shares.append(share)

    await publish(watched, packaged, files_in(packaged), "media/a/1", report)
    assert set(watched.arrived[-2:]) == {"master.m3u8", "manifest.mpd"}
    assert len(watched.arrived) == 21
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert await storage.get("media/a/1/v240/00007.m4s") == b"v240/00007.m4s"


async def test_a_broken_upload_shows_no_manifest(storage: Storage, packaged: Path) -> None:
    async def report(share: float) -> None: ...

    with pytest.raises(ConnectionResetError):
        await publish(Watched(storage, "00012.m4s"), packaged, files_in(packaged), "media/a/1", report)
    assert not [key for key in await storage.keys("media/a") if not key.endswith(".m4s")]


async def test_leftovers_of_other_attempts_go(storage: Storage) -> None:
    asset = uuid4()
    mine, older, dead = (new_prefix(asset) for _ in range(3))
    for prefix in (mine, older, dead):
        await storage.put(f"{prefix}/v240/00001.m4s", b"x")
    await storage.put(f"{new_prefix(uuid4())}/other.m4s", b"x")
    await remove_others(storage, asset, mine, older)
    assert {key.rsplit("/", 2)[0] for key in await storage.keys(f"media/{asset}")} == {mine, older}
    assert len(await storage.keys("media")) == 3


async def test_a_source_travels_with_its_subtitles_alone(storage: Storage, tiny_film: Path, tmp_path: Path) -> None:
    tiny_film.with_name("another.en.vtt").write_text("WEBVTT\n")
    key = await store_source(storage, uuid4(), tiny_film)
    fetched = await fetch_source(storage, key, tmp_path)
    assert fetched == tmp_path / "tiny.mp4"
    assert {path.name for path in files_in(tmp_path)} == {"tiny.mp4", "tiny.en.vtt", "tiny.de.vtt"}


async def test_a_lost_source_is_named(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"film\.mp4: its source is not in storage"):
        await fetch_source(storage, "source/x/film.mp4", tmp_path)
