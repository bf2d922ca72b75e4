"""Posters, backdrops and avatars drawn by code: deterministic, offline, one picture a call."""

from sandbox.artwork.avatars import AVATARS, draw_avatar
from sandbox.artwork.draw import ArtworkKind, alt_text, draw, size_of
from sandbox.artwork.subject import PosterSubject

__all__ = ["AVATARS", "ArtworkKind", "PosterSubject", "alt_text", "draw", "draw_avatar", "size_of"]
