from pathlib import Path

import pytest

from runtime.settings import SettingsError
from runtime.storage import CHUNK, MissingObject, Storage, open_storage


async def test_puts_and_gets(storage: Storage, tmp_path: Path) -> None:
    await storage.put("a/b.txt", b"hello", "text/plain")
    assert await storage.get("a/b.txt") == b"hello"
    info = await storage.head("a/b.txt")
    assert info.size == 5
    assert info.etag.startswith('"')
    await storage.download("a/b.txt", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"hello"


async def test_reads_ranges_in_pieces(storage: Storage, tmp_path: Path) -> None:
    content = bytes(range(256)) * 4096
    (tmp_path / "large").write_bytes(content)
    await storage.put_file("large", tmp_path / "large")
    for start, end in ((0, None), (1000, None), (1000, 900_000), (0, 1)):
        reading = await storage.read("large", start, end)
        pieces = [piece async for piece in reading.chunks]
        assert b"".join(pieces) == content[start:end]
        assert reading.info.size == len(content)
    assert len([piece async for piece in (await storage.read("large")).chunks]) >= len(content) // (2 * CHUNK)


async def test_lists_and_deletes_below_whole_segments(storage: Storage) -> None:
    for key in ("film/1/b", "film/1/a", "film/10/a"):
        await storage.put(key, b"x")
    assert await storage.keys("film/1") == ["film/1/a", "film/1/b"]
    assert await storage.delete_prefix("film/1") == 2
    assert await storage.delete_prefix("film/1") == 0
    assert await storage.keys("film") == ["film/10/a"]


@pytest.mark.parametrize("key", ["nothing", "../secret", "a//b"])
async def test_what_is_missing_is_named(storage: Storage, key: str) -> None:
    with pytest.raises(MissingObject, match="There is no object"):
        await storage.get(key)
    with pytest.raises(MissingObject):
        await storage.read(key, 0, 5)
    with pytest.raises(MissingObject):
        await storage.head(key)


async def test_a_lost_local_file_to_upload(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="gone"):
        await storage.put_file("x", tmp_path / "gone")


@pytest.mark.parametrize("url", ["ftp://example.test/x", "nonsense", ""])
def test_an_address_of_no_store(url: str) -> None:
    with pytest.raises(SettingsError, match="STORAGE_URL"):
        open_storage(url)


def test_stores_in_clouds_open_without_asking_them() -> None:
    assert type(open_storage("s3://bucket/prefix").store).__name__ == "S3Store"
