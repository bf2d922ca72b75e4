"""The edge, asked as players ask it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from starlette.applications import Starlette

from media.signing import EdgeSigner, Grant, manifest_urls
from runtime.storage import Storage, open_storage
from server.delivery import delivery_routes

PREFIX = "media/asset/attempt"
SEGMENT = bytes(range(256)) * 4
MASTER = """#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=3000000,RESOLUTION=1280x720
v720.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=400000,RESOLUTION=426x240
v240.m3u8
"""
SIGNER = EdgeSigner(b"a secret of 24 bytes ...", "http://edge.test")
GRANT = Grant(PREFIX, uuid4(), 480, int((datetime.now(UTC) + timedelta(hours=1)).timestamp()))


@pytest.fixture
async def storage(tmp_path: Path) -> Storage:
    storage = open_storage((tmp_path / "objects").as_uri())
    for name in ("v720/00001.m4s", "v240/00001.m4s", "v240/init.mp4", "s_en.vtt"):
        await storage.put(f"{PREFIX}/{name}", SEGMENT)
    await storage.put(f"{PREFIX}/empty.m4s", b"")
    await storage.put(f"{PREFIX}/master.m3u8", MASTER.encode())
    await storage.put("media/secret", b"not for you")
    return storage


@pytest.fixture
async def edge(storage: Storage) -> AsyncIterator[httpx2.AsyncClient]:
    app = Starlette(routes=delivery_routes(storage, SIGNER))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app)) as client:
        yield client


def address(name: str) -> str:
    return SIGNER.url(GRANT, name)


async def test_a_whole_segment(edge: httpx2.AsyncClient) -> None:
    answer = await edge.get(address("v240/00001.m4s"))
    assert (answer.status_code, answer.content) == (200, SEGMENT)
    assert answer.headers["content-length"] == "1024"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("v240/00001.m4s", "video/iso.segment"),
        ("v240/init.mp4", "video/mp4"),
        ("s_en.vtt", "text/vtt; charset=utf-8"),
        ("master.m3u8", "application/vnd.apple.mpegurl"),
    ],
)
async def test_content_types(edge: httpx2.AsyncClient, name: str, kind: str) -> None:
    assert (await edge.get(address(name))).headers["content-type"] == kind


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-99", 0, 100), ("1000-", 1000, 1024), ("-24", 1000, 1024), ("1000-9999", 1000, 1024), ("-9999", 0, 1024)],
)
async def test_one_range(edge: httpx2.AsyncClient, asked: str, start: int, end: int) -> None:
    answer = await edge.get(address("v240/00001.m4s"), headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.content) == (206, SEGMENT[start:end])
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/1024"
    assert answer.headers["content-length"] == str(end - start)


@pytest.mark.parametrize("asked", ["1024-", "5000-6000", "-0"])
async def test_a_range_beyond_the_end(edge: httpx2.AsyncClient, asked: str) -> None:
    answer = await edge.get(address("v240/00001.m4s"), headers={"Range": f"bytes={asked}"})
    assert (answer.status_code, answer.headers["content-range"]) == (416, "bytes */1024")


@pytest.mark.parametrize("asked", ["bytes=0-1,5-6", "bytes=-", "bytes=9-3", "lines=1-2", "bytes=x-y"])
async def test_what_is_no_single_range_gets_all(edge: httpx2.AsyncClient, asked: str) -> None:
    answer = await edge.get(address("v240/00001.m4s"), headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, SEGMENT)


async def test_a_range_of_another_version_gets_all(edge: httpx2.AsyncClient) -> None:
    etag = (await edge.get(address("v240/00001.m4s"))).headers["etag"]
    part = {"Range": "bytes=0-9"}
    same = await edge.get(address("v240/00001.m4s"), headers={**part, "If-Range": etag})
    other = await edge.get(address("v240/00001.m4s"), headers={**part, "If-Range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


async def test_an_unchanged_segment_is_not_sent_again(edge: httpx2.AsyncClient) -> None:
    etag = (await edge.get(address("v240/00001.m4s"))).headers["etag"]
    answer = await edge.get(address("v240/00001.m4s"), headers={"If-None-Match": f'"x", W/{etag}'})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize("name", ["v240/00001.m4s", "master.m3u8"])
async def test_head_tells_the_same_without_the_body(edge: httpx2.AsyncClient, name: str) -> None:
    head, whole = await edge.head(address(name)), await edge.get(address(name))
    assert head.content == b""
    assert dict(head.headers) == dict(whole.headers)


async def test_an_empty_file(edge: httpx2.AsyncClient) -> None:
    answer = await edge.get(address("empty.m4s"))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_manifest_has_what_the_session_may_watch(edge: httpx2.AsyncClient) -> None:
    answer = await edge.get(address("master.m3u8"))
    assert "v240.m3u8" in answer.text
    assert "v720" not in answer.text
    assert answer.headers["cache-control"] == "no-store"


async def test_a_segment_above_the_height_is_refused_though_it_is_there(edge: httpx2.AsyncClient) -> None:
    for name in ("v720/00001.m4s", "v720.m3u8", "v720_i.m3u8"):
        answer = await edge.get(address(name))
        assert (answer.status_code, "480 lines at most" in answer.text) == (403, True)
    higher = SIGNER.url(replace(GRANT, max_height=720), "v720/00001.m4s")
    assert (await edge.get(higher)).status_code == 200


async def test_forged_expired_and_foreign_addresses(edge: httpx2.AsyncClient) -> None:
    forged = address("v240/00001.m4s").replace("/480/", "/2160/")
    expired = SIGNER.url(replace(GRANT, expires_at=1_000_000_000), "v240/00001.m4s")
    foreign = address("v240/00001.m4s").replace(str(GRANT.session_id), str(uuid4()))
    answers = [await edge.get(url) for url in (forged, expired, foreign)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert "expired" in answers[1].text
    assert all("not signed by us" in answers[n].text for n in (0, 2))
    assert all(answer.headers["access-control-allow-origin"] == "*" for answer in answers)


@pytest.mark.parametrize(
    "name",
    ["v240/00099.m4s", "", "v240", "..%2f..%2fsecret", "v240/..%2fv720/00001.m4s", "%2576720/00001.m4s", "x%00.m4s"],
)
async def test_what_is_not_below_the_prefix_does_not_exist(edge: httpx2.AsyncClient, name: str) -> None:
    assert (await edge.get(address(name))).status_code == 404


async def test_preflight(edge: httpx2.AsyncClient) -> None:
    answer = await edge.options(address("v240/00001.m4s"), headers={"Access-Control-Request-Method": "GET"})
    assert answer.status_code == 204
    assert "Range" in answer.headers["access-control-allow-headers"]


async def test_the_addresses_that_a_session_gets_work(edge: httpx2.AsyncClient) -> None:
    urls = manifest_urls(SIGNER, PREFIX, uuid4(), 240, datetime.now(UTC) + timedelta(minutes=5))
    assert (await edge.get(urls["HLS"])).status_code == 200
    assert (await edge.get(urls["HLS"].replace("master.m3u8", "v240/00001.m4s"))).content == SEGMENT
