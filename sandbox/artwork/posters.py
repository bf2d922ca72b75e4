"""Where picture and lettering meet: three layouts of a poster, and the backdrop without words."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from sandbox.artwork import lettering
from sandbox.artwork.families import Family, family_for
from sandbox.artwork.lettering import Align, Face, Setting, draw_text, set_text
from sandbox.artwork.palettes import Colour, Palette, mix, palette_for
from sandbox.artwork.scene import OVERSAMPLING, Scene, printed
from sandbox.artwork.subject import PosterSubject

POSTER_SIZE = (600, 900)
BACKDROP_SIZE = (1280, 720)
MARGIN = 44
ROOM = POSTER_SIZE[0] - 2 * MARGIN

FACES: dict[str, tuple[Face, ...]] = {
    "horror": (lettering.SERIF, lettering.HAND, lettering.SERIF_LIGHT),
    "film-noir": (lettering.GROTESK, lettering.GROTESK_LIGHT, lettering.SERIF_ITALIC),
    "science-fiction": (lettering.GROTESK_LIGHT, lettering.GROTESK),
    "western": (lettering.SERIF, lettering.HAND),
    "animation": (lettering.ROUND, lettering.HAND),
    "family": (lettering.ROUND, lettering.SERIF_ITALIC),
    "documentary": (lettering.GROTESK,),
    "avant-garde": (lettering.GROTESK, lettering.GROTESK_LIGHT),
    "comedy": (lettering.SERIF_ITALIC, lettering.ROUND, lettering.HAND, lettering.SERIF),
    "thriller": (lettering.GROTESK, lettering.SERIF),
}
OTHER_FACES = (lettering.SERIF, lettering.SERIF_LIGHT, lettering.GROTESK, lettering.SERIF_ITALIC)


@dataclass(frozen=True, slots=True)
class Layout:
    """The picture's box, where its focus lies in it (shares of its sides), and the box of the lettering (pixels).

    A picture that fills the sheet fades into the ground behind its lettering; a smaller one stands on it with an edge.
    """

    picture: tuple[int, int, int, int]
    focus: tuple[float, float]
    title_top: int
    title_height: int
    align: Align
    credit_top: int = 832
    sinks: bool = True

    @property
    def fades(self) -> bool:
        return self.picture == (0, 0, *POSTER_SIZE)


BELOW = Layout((0, 0, 600, 900), (0.5, 0.36), 600, 196, "left")
CENTRED = Layout((0, 0, 600, 900), (0.5, 0.36), 610, 186, "centre")
ABOVE = Layout((0, 0, 600, 900), (0.5, 0.6), 56, 190, "centre", sinks=False)
FRAMED = Layout((28, 28, 572, 628), (0.5, 0.46), 680, 120, "left")
PANEL = Layout((0, 0, 600, 632), (0.5, 0.46), 684, 116, "left")
HEADED = Layout((0, 296, 600, 900), (0.5, 0.46), 52, 170, "centre", credit_top=256)

ON_DARK = (BELOW, BELOW, CENTRED, CENTRED, ABOVE, FRAMED)
ON_LIGHT = (PANEL, PANEL, FRAMED, HEADED)
"""A pale ground would wash out a picture that fades into it."""


def poster(subject: PosterSubject) -> Image.Image:
    """A poster of 600 by 900 pixels with the name, the year and the director."""
    random = subject.random("poster")
    palette = palette_for(subject.genres, subject.year, subject.random("palette"))
    family = family_for(subject.genres, random)
    layout = random.choice(ON_LIGHT if palette.light else ON_DARK)
    picture = _composed(layout, family, palette, random, subject.genres)
    _letter(picture, subject, layout, palette, _face(subject, random))
    return picture


def backdrop(subject: PosterSubject) -> Image.Image:
    """A picture of 1280 by 720 pixels without words, calm on the left, where interfaces set their text."""
    random = subject.random("backdrop")
    palette = palette_for(subject.genres, subject.year, subject.random("palette"))
    family = family_for(subject.genres, subject.random("poster"))
    focus = (random.uniform(0.64, 0.72), random.uniform(0.42, 0.5))
    picture = _painted(family, palette, random, BACKDROP_SIZE, focus, subject.genres)
    _shade(picture, palette.ground, np.linspace(0.62, 0.0, BACKDROP_SIZE[0])[None, :] ** 1.3)
    return printed(picture)


def _composed(layout: Layout, family: Family, palette: Palette, random: Random, genres: tuple[str, ...]) -> Image.Image:
    left, top, right, bottom = layout.picture
    art = _painted(family, palette, random, (right - left, bottom - top), layout.focus, genres)
    if not layout.fades:
        sheet = Image.new("RGB", POSTER_SIZE, palette.ground)
        sheet.paste(art, (left, top))
        return printed(sheet)
    _shade(art, palette.ground, _veil(layout)[:, None])
    return printed(art)


def _painted(
    family: Family,
    palette: Palette,
    random: Random,
    size: tuple[int, int],
    focus: tuple[float, float],
    genres: tuple[str, ...],
) -> Image.Image:
    width, height = size[0] * OVERSAMPLING, size[1] * OVERSAMPLING
    scene = Scene(width, height, palette, random, (width * focus[0], height * focus[1]), genres)
    family(scene)
    return scene.finished()


def _veil(layout: Layout) -> np.ndarray:
    """How much of the ground covers each line of the picture: all of it behind the lettering, from 0 to 1."""
    y = np.arange(POSTER_SIZE[1], dtype=np.float32)
    if not layout.sinks:
        upper = np.clip((layout.title_top + layout.title_height + 110 - y) / 150, 0, 1)
        lower = np.clip((y - 760) / 90, 0, 1)
        return np.maximum(upper, lower) * 0.96
    return np.clip((y - layout.title_top + 120) / 130, 0, 1) * 0.97


def _shade(picture: Image.Image, colour: Colour, cover: np.ndarray) -> None:
    """Lays a colour over the picture, ``cover`` from 0 to 1, of shape (height or 1, width or 1)."""
    mask = Image.fromarray((np.broadcast_to(cover, picture.size[::-1]) * 255).astype(np.uint8), "L")
    picture.paste(colour, (0, 0), mask)


def _face(subject: PosterSubject, random: Random) -> Face:
    return random.choice(next((faces for genre, faces in FACES.items() if genre in subject.genres), OTHER_FACES))


def title_setting(subject: PosterSubject, layout: Layout, face: Face) -> Setting:
    return set_text(subject.name, face, ROOM, layout.title_height, largest=118)


def credit_setting(subject: PosterSubject) -> Setting:
    credit = "  ·  ".join(part for part in (subject.director, str(subject.year)) if part)
    return set_text(credit, lettering.SMALL, ROOM, 40, largest=19)


def _letter(picture: Image.Image, subject: PosterSubject, layout: Layout, palette: Palette, face: Face) -> None:
    setting = title_setting(subject, layout, face)
    top = layout.title_top + (layout.title_height - setting.height if layout.sinks else 0)
    draw_text(picture, setting, MARGIN, top, ROOM, layout.align, palette.ink)
    if layout.align == "left":
        ImageDraw.Draw(picture).rectangle((MARGIN, top - 36, MARGIN + 56, top - 30), fill=palette.accent)
    credit = credit_setting(subject)
    draw_text(picture, credit, MARGIN, layout.credit_top, ROOM, layout.align, mix(palette.ink, palette.ground, 0.2))
