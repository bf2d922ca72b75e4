"""The files that players fetch: what they are, and how long they may be kept."""

import re
from pathlib import PurePath

PICTURES = re.compile(r"v(\d+)(?:_i)?[./]", re.ASCII)
CONTENT_TYPES = {
    ".mpd": "application/dash+xml",
    ".m3u8": "application/vnd.apple.mpegurl",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
}
MANIFESTS = frozenset({".mpd", ".m3u8"})


def content_type(name: str) -> str:
    return CONTENT_TYPES.get(PurePath(name).suffix, "application/octet-stream")


def is_manifest(name: str) -> bool:
    return PurePath(name).suffix in MANIFESTS


def height_of(name: str) -> int | None:
    """The lines of the picture whose segment or playlist this is (`v720/00001.m4s`, `v720_i.m3u8`); else None."""
    found = PICTURES.match(name)
    return int(found[1]) if found else None
