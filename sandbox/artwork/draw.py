"""From a subject to the bytes that are stored."""

from __future__ import annotations

from io import BytesIO
from typing import Literal

from PIL import Image

from sandbox.artwork.posters import BACKDROP_SIZE, POSTER_SIZE, backdrop, poster
from sandbox.artwork.subject import PosterSubject

ArtworkKind = Literal["POSTER", "BACKDROP"]

MEDIA_TYPE = "image/jpeg"
QUALITY = 84

_PAINTERS = {"POSTER": poster, "BACKDROP": backdrop}
_SIZES = {"POSTER": POSTER_SIZE, "BACKDROP": BACKDROP_SIZE}


def draw(kind: ArtworkKind, work: PosterSubject) -> bytes:
    """A JPEG of ``size_of(kind)``; equal arguments give equal bytes. Pure, for use in a pool of processes."""
    return encoded(_PAINTERS[kind](work))


def size_of(kind: ArtworkKind) -> tuple[int, int]:
    """Width and height in pixels."""
    return _SIZES[kind]


def alt_text(kind: ArtworkKind, work: PosterSubject) -> str:
    """What a screen reader says for the picture, in English."""
    if kind == "POSTER":
        return f"Poster of {work.name} ({work.year})"
    return f"Illustration for {work.name}, without words"


def encoded(image: Image.Image) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
