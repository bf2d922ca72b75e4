"""Our own edge: signed addresses of segments and manifests, served from object storage.

It needs no database: what a session may read stands in the address. A CDN in front of it, or in its place, does the
same by its own signatures (see media/signing.py).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from media.files import content_type, height_of, is_manifest
from media.manifests import NothingLeft, session_manifest
from media.signing import EdgeSigner, ForbiddenAddress, Grant
from runtime.storage import MissingObject, ObjectInfo, Storage

OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Length, Content-Range, ETag",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Range, If-Range, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
FOREVER = "public, max-age=31536000, immutable"
RANGE = re.compile(r"bytes=(?P<first>\d*)-(?P<last>\d*)", re.ASCII)


class UnsatisfiableRange(Exception):
    """The range begins after the file's end (RFC 9110, 14.1.2)."""


def delivery_routes(storage: Storage, signer: EdgeSigner) -> list[Route]:
    """The routes below `/s/`: GET and HEAD with ranges, for addresses that `signer` made."""

    async def deliver(request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=OPEN_TO_ALL | PREFLIGHT)
        try:
            grant, name = signer.verify(request.path_params["path"], datetime.now(UTC))
            within_height(grant, name)
            if is_manifest(name):
                return await manifest(storage, grant, name, request)
            return await file(storage, f"{grant.prefix}/{name}", request)
        except (ForbiddenAddress, NothingLeft) as error:
            return refusal(403, str(error))
        except MissingObject:
            return refusal(404, "There is no such file.")

    return [Route("/s/{path:path}", deliver, methods=["GET", "HEAD", "OPTIONS"], name="delivery")]


def within_height(grant: Grant, name: str) -> None:
    """Refuses what the manifest of this session doesn't name, though it lies below the same prefix."""
    height = height_of(name)
    if height is not None and height > grant.max_height:
        raise ForbiddenAddress(f"This address allows pictures of {grant.max_height} lines at most.")


async def manifest(storage: Storage, grant: Grant, name: str, request: Request) -> Response:
    """The session's form of a manifest; it is small, and nobody may keep it."""
    stored = (await storage.get(f"{grant.prefix}/{name}")).decode()
    text = session_manifest(name, stored, grant.max_height)
    etag = f'"{sha256(text.encode()).hexdigest()[:32]}"'
    headers = {**OPEN_TO_ALL, "Cache-Control": "no-store", "ETag": etag}
    return Response(text, media_type=content_type(name), headers=headers)


async def file(storage: Storage, key: str, request: Request) -> Response:
    """A segment or subtitle file, whole or the one range that was asked for (RFC 9110, 14)."""
    info = await storage.head(key)
    headers = {**OPEN_TO_ALL, "Cache-Control": FOREVER, "ETag": info.etag, "Accept-Ranges": "bytes"}
    if info.etag and info.etag in listed(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    try:
        found = wanted_range(request.headers, info)
    except UnsatisfiableRange:
        return refusal(416, "The range begins after the end.", {"Content-Range": f"bytes */{info.size}"})
    start, end = found or (0, info.size)
    headers["Content-Length"] = str(end - start)
    if found:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{info.size}"
    return await body(storage, key, request, 206 if found else 200, headers, start, end)


async def body(
    storage: Storage, key: str, request: Request, status: int, headers: Mapping[str, str], start: int, end: int
) -> Response:
    kind = content_type(key)
    if request.method == "HEAD" or start == end:
        return Response(status_code=status, media_type=kind, headers=headers)
    reading = await storage.read(key, start, end)
    return StreamingResponse(reading.chunks, status, headers, kind)


def wanted_range(headers: Mapping[str, str], info: ObjectInfo) -> tuple[int, int] | None:
    """The range asked for, its end excluded; None where the whole file is to be sent.

    That is also the answer to several ranges at once, and to a range of another version (If-Range).
    """
    match = RANGE.fullmatch(headers.get("range", "").strip())
    if match is None or headers.get("if-range", info.etag) != info.etag or match[0] == "bytes=-":
        return None
    first, last = match["first"], match["last"]
    if first and last and int(last) < int(first):
        return None
    start = int(first) if first else max(info.size - int(last), 0)
    end = min(int(last) + 1, info.size) if first and last else info.size
    if start >= end:
        raise UnsatisfiableRange
    return start, end


def listed(tags: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in tags.split(",")}


def refusal(status: int, reason: str, headers: Mapping[str, str] | None = None) -> Response:
    return PlainTextResponse(reason, status, {**OPEN_TO_ALL, "Cache-Control": "no-store", **(headers or {})})
