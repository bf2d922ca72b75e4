"""The sheet a composition is drawn on: twice the final size, so that halving it smooths every edge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageDraw

from sandbox.artwork.palettes import Colour, Palette

OVERSAMPLING = 2

Point = tuple[float, float]


@dataclass(slots=True)
class Scene:
    """Coordinates are sheet pixels; the eye should land on ``focus``; ``unit`` is the shorter side."""

    width: int
    height: int
    palette: Palette
    random: Random
    focus: Point
    genres: tuple[str, ...] = ()
    image: Image.Image = field(init=False)
    pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.image = Image.new("RGB", (self.width, self.height), self.palette.ground)
        self.pen = ImageDraw.Draw(self.image, "RGBA")

    @property
    def unit(self) -> int:
        return min(self.width, self.height)

    def gradient(self, top: Colour, bottom: Colour) -> None:
        share = np.linspace(0, 1, self.height)[:, None, None]
        column = np.array(top) * (1 - share) + np.array(bottom) * share
        strip = Image.fromarray(column.astype(np.uint8), "RGB")
        self.image.paste(strip.resize((self.width, self.height), Image.Resampling.NEAREST))

    def disc(self, centre: Point, radius: float, colour: Colour, alpha: int = 255) -> None:
        x, y = centre
        self.pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*colour, alpha))

    def ring(self, centre: Point, radius: float, width: float, colour: Colour, alpha: int = 255) -> None:
        x, y = centre
        box = (x - radius, y - radius, x + radius, y + radius)
        self.pen.ellipse(box, outline=(*colour, alpha), width=max(1, round(width)))

    def polygon(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        self.pen.polygon(list(points), fill=(*colour, alpha))

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour, alpha: int = 255) -> None:
        self.pen.rectangle((left, top, max(left, right), max(top, bottom)), fill=(*colour, alpha))

    def line(self, points: Sequence[Point], width: float, colour: Colour, alpha: int = 255) -> None:
        self.pen.line(list(points), fill=(*colour, alpha), width=max(1, round(width)), joint="curve")

    def glow(self, centre: Point, radius: float, colour: Colour, strength: float = 1.0) -> None:
        """A soft light that fades to nothing at the radius."""
        size = round(radius * 2)
        mask = _falloff(strength).resize((size, size), Image.Resampling.BILINEAR)
        corner = (round(centre[0] - radius), round(centre[1] - radius))
        self.image.paste(colour, (*corner, corner[0] + size, corner[1] + size), mask)

    def finished(self) -> Image.Image:
        """The picture at final size."""
        return self.image.reduce(OVERSAMPLING)


@lru_cache(maxsize=16)
def _falloff(strength: float) -> Image.Image:
    y, x = np.mgrid[-1:1:128j, -1:1:128j]
    light = np.clip(1 - np.hypot(x, y), 0, 1) ** 1.6
    return Image.fromarray((light * 255 * strength).astype(np.uint8), "L")


def printed(picture: Image.Image) -> Image.Image:
    """The picture with the grain of paper and slightly darker corners."""
    return ImageChops.soft_light(ImageChops.multiply(picture, _corners(*picture.size)), _grain(*picture.size))


@lru_cache(maxsize=4)
def _grain(width: int, height: int) -> Image.Image:
    noise = np.random.default_rng(1895).normal(128, 15, (height, width, 1))
    return Image.fromarray(np.repeat(np.clip(noise, 0, 255), 3, axis=2).astype(np.uint8), "RGB")


@lru_cache(maxsize=4)
def _corners(width: int, height: int) -> Image.Image:
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    light = 255 - 38 * np.clip((x**2 + y**2) / 2, 0, 1) ** 1.5
    return Image.fromarray(np.repeat(light[:, :, None], 3, axis=2).astype(np.uint8), "RGB")
