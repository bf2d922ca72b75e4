"""Pictures are rendered once and kept, and a broken one costs nobody anything."""

import asyncio
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from structlog.testing import capture_logs

from media.artwork import Derived, addresses_of, derived, prefix_of, rendered
from runtime.settings import Settings
from runtime.storage import Storage, StorageError
from tests.catalog.wall import Wall, decoded, is_nothing, photograph, picture
from tests.served import served


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The size of each picture that is rendered from now on."""
    sizes: list[tuple[int, int]] = []

    def counted(data: bytes, width: int, height: int) -> bytes:
        sizes.append((width, height))
        return rendered(data, width, height)

    monkeypatch.setattr(derived, "rendered", counted)
    return sizes


async def test_fifty_at_once_are_one_rendering(wall: Wall, made: list[tuple[int, int]]) -> None:
    await wall.film()
    url = await wall.url(640)
    answers = await asyncio.gather(*(wall.get(url) for _ in range(50)))
    assert {decoded(answer).size for answer in answers} == {(640, 960)}
    assert made == [(640, 960)]


async def test_who_hangs_up_takes_nothing_from_the_others(wall: Wall, made: list[tuple[int, int]]) -> None:
    _, row = await wall.film()
    sizes = Derived(wall.front.resources.storage, addresses_of(wall.front.resources))
    first, second = (asyncio.create_task(sizes.get(picture(row), 640)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert Image.open(BytesIO(await second)).width == 640
    assert first.cancelled()
    assert made == [(640, 960)]
    assert sizes.under_way == {}


async def test_another_process_finds_what_the_first_has_made(
    settings: Settings, wall: Wall, made: list[tuple[int, int]]
) -> None:
    await wall.film()
    url = await wall.url(320)
    first = await wall.get(url)
    public = settings.model_copy(update={"public_url": wall.front.url})
    async with served(public) as other, served(public, "catalog") as catalog:
        for front in (other, catalog):
            again = (await front.data('{ title(slug: "m") { artwork(kind: POSTER, width: 320) { url } } }'))["title"]
            assert again["artwork"]["url"] == url
            assert (await front.client.get(url.removeprefix(wall.front.url))).content == first.content
    assert made == [(320, 480)]


async def test_a_process_without_the_catalog_has_avatars_alone(settings: Settings, wall: Wall) -> None:
    await wall.film()
    path = (await wall.url(320)).removeprefix(wall.front.url)
    await wall.front.resources.storage.put("artwork/avatars/1.jpg", photograph(32, 32))
    async with served(settings, "identity") as identity:
        assert (await identity.client.get("/artwork/avatars/1.jpg")).status_code == 200
        assert (await identity.client.get(path)).status_code == 404


async def test_all_that_was_made_of_a_picture_can_be_removed(wall: Wall, made: list[tuple[int, int]]) -> None:
    _, row = await wall.film()
    other = await wall.hang((wall.shelf.movie("n")).id)
    await wall.store()
    for width in (80, 160):
        await wall.get(await wall.url(width))
    await wall.get(wall.address(other, 80))
    storage = wall.front.resources.storage
    assert await storage.delete_prefix(prefix_of(row.id)) == 2
    assert len(await storage.keys("derived")) == 1
    assert decoded(await wall.get(await wall.url(80))).width == 80
    assert len(made) == 4


async def test_an_original_that_is_missing_is_no_picture(wall: Wall) -> None:
    _, row = await wall.film()
    url = await wall.url(320)
    await wall.front.resources.storage.delete([row.object_key])
    with capture_logs() as logged:
        assert await is_nothing(wall, await wall.get(url))
    assert [(line["picture"], line["log_level"]) for line in logged if line["event"] == "artwork_missing"] == [
        (str(row.id), "error")
    ]


BROKEN: dict[str, Callable[[], bytes]] = {
    "truncated": lambda: photograph()[:5000],
    "no picture": lambda: b"<html>",
    "a bomb": lambda: photograph(8_000, 6_000),
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
async def test_a_broken_original_is_told_and_logged(wall: Wall, data: Callable[[], bytes]) -> None:
    _, row = await wall.film()
    url = await wall.url(320)
    storage = wall.front.resources.storage
    await storage.put(row.object_key, data())
    with capture_logs() as logged:
        answers = [await wall.get(url) for _ in range(2)]
    assert [(answer.status_code, answer.headers["cache-control"]) for answer in answers] == [(500, "no-store")] * 2
    assert {answer.text for answer in answers} == {"This picture is broken."}
    assert [line["key"] for line in logged if line["event"] == "artwork_broken"] == [row.object_key] * 2
    assert await storage.keys("derived") == []
    await storage.put(row.object_key, photograph())
    assert decoded(await wall.get(url)).width == 320


async def test_a_store_that_is_away_is_told(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    await wall.film()
    url = await wall.url(320)

    async def away(self: Storage, key: str) -> Any:
        raise StorageError(f"Object {key!r}: it does not answer")

    monkeypatch.setattr(Storage, "get", away)
    answer = await wall.get(url)
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
    monkeypatch.undo()
    assert decoded(await wall.get(url)).width == 320


async def test_others_are_answered_while_a_picture_is_rendered(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    await wall.film()
    url = await wall.url(320)
    loop, begun, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def held(data: bytes, width: int, height: int) -> bytes:
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(5), "nobody else was answered meanwhile"
        return rendered(data, width, height)

    monkeypatch.setattr(derived, "rendered", held)
    rendering = asyncio.create_task(wall.get(url))
    await begun.wait()
    assert (await wall.get("/health/live")).status_code == 200
    go_on.set()
    assert decoded(await rendering).width == 320


async def test_a_few_pictures_are_rendered_at_a_time(wall: Wall, monkeypatch: pytest.MonkeyPatch) -> None:
    _, row = await wall.film()
    pairs, lock, under_way, most = threading.Barrier(2), threading.Lock(), 0, 0

    def counted(data: bytes, width: int, height: int) -> bytes:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
        pairs.wait(5)
        made = rendered(data, width, height)
        with lock:
            under_way -= 1
        return made

    monkeypatch.setattr(derived, "rendered", counted)
    monkeypatch.setattr(derived, "AT_ONCE", 2)
    widths = (80, 160, 240, 320, 480, 640)
    answers = await asyncio.gather(*(wall.get(wall.address(row, width)) for width in widths))
    assert [decoded(answer).width for answer in answers] == list(widths)
    assert most == 2


async def test_addresses_of_drafts_are_not_logged(wall: Wall) -> None:
    _, row = await wall.film()
    addresses = addresses_of(wall.front.resources)
    with capture_logs() as logged:
        await wall.get(addresses.editorial(picture(row), 80, datetime.now(UTC)))
        await wall.get(addresses.public(picture(row), 80))
    paths = [line["path"] for line in logged if line["event"] == "request"]
    assert paths[0] == "/artwork/editorial/…"
    assert paths[1].startswith(f"/artwork/{row.id}/")
