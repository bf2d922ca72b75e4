"""Twelve faces for profiles, put together from a head, hair or a hat, eyes and a mouth."""

from __future__ import annotations

from random import Random

from sandbox.artwork.draw import encoded
from sandbox.artwork.palettes import PALETTES, Colour, mix
from sandbox.artwork.scene import OVERSAMPLING, Scene, printed

AVATARS = 12
SIDE = 320

GROUNDS = (
    "candy",
    "lagoon",
    "mars",
    "sky",
    "neon",
    "prairie",
    "mint",
    "plum",
    "poster",
    "cyanotype",
    "rose",
    "absinthe",
)
SKINS: tuple[Colour, ...] = ((247, 214, 183), (224, 172, 128), (176, 118, 78), (124, 78, 52))
HATS = ("bowler", "bob", "crown", "curls", "cap", "bun", "topper", "ears", "beret", "wave", "antenna", "hood")


def draw_avatar(number: int) -> bytes:
    """A JPEG of 320 by 320 pixels; ``number`` from 1 to 12, else ValueError."""
    if not 1 <= number <= AVATARS:
        raise ValueError(f"there are avatars 1 to {AVATARS}, not {number}")
    side = SIDE * OVERSAMPLING
    palette = PALETTES[GROUNDS[number - 1]]
    scene = Scene(side, side, palette, Random(number), (side / 2, side * 0.54))  # noqa: S311 (drawing, not secrets)
    scene.gradient(mix(palette.far, palette.glow, 0.15), palette.far)
    _head(scene, SKINS[(number * 3) % len(SKINS)], HATS[number - 1], number)
    return encoded(printed(scene.finished()))


def _head(scene: Scene, skin: Colour, hat: str, number: int) -> None:
    palette, (x, y), r = scene.palette, scene.focus, scene.unit * 0.25
    if hat in ("bob", "hood", "curls"):
        _behind(scene, hat, r)
    scene.pen.ellipse((x - r * 1.7, y + r * 1.15, x + r * 1.7, y + r * 3.4), fill=palette.accent)
    scene.box(x - r * 0.34, y + r * 0.6, x + r * 0.34, y + r * 1.4, mix(skin, (0, 0, 0), 0.14))
    scene.disc((x, y), r, skin)
    for side in (-1, 1):
        scene.disc((x + side * r, y + r * 0.08), r * 0.17, skin)
        scene.disc((x + side * r * 0.36, y - r * 0.04), r * 0.09, (34, 28, 32))
        scene.disc((x + side * r * 0.56, y + r * 0.36), r * 0.15, palette.accent, 80)
    mouth = (x - r * 0.3, y + r * 0.2, x + r * 0.3, y + r * 0.62)
    if number % 3 == 0:
        scene.pen.chord(mouth, 0, 180, fill=(90, 24, 34))
    else:
        scene.pen.arc(mouth, 15, 165, fill=(90, 40, 40), width=round(r * 0.08))
    _top(scene, hat, r)


def _behind(scene: Scene, hat: str, r: float) -> None:
    (x, y), dark = scene.focus, _dark(scene)
    if hat == "curls":
        for dx, dy in ((-1, -0.5), (1, -0.5), (-1.15, 0.2), (1.15, 0.2), (-0.5, -1.0), (0.5, -1.0), (0, -1.15)):
            scene.disc((x + dx * r, y + dy * r), r * 0.52, dark)
        return
    scene.disc((x, y - r * 0.1), r * 1.25, dark)
    scene.box(x - r * 1.25, y - r * 0.1, x + r * 1.25, y + r * (0.9 if hat == "bob" else 1.7), dark)


def _dark(scene: Scene) -> Colour:
    palette = scene.palette
    return palette.near if palette.light else mix(palette.ground, palette.near, 0.3)


def _top(scene: Scene, hat: str, r: float) -> None:
    (x, y), dark, accent = scene.focus, _dark(scene), scene.palette.accent
    cap = (x - r * 1.03, y - r * 1.08, x + r * 1.03, y + r * 0.75)
    if hat in ("bowler", "topper"):
        tall = 1.0 if hat == "bowler" else 1.5
        if hat == "bowler":
            scene.pen.pieslice((x - r * 0.8, y - r * 1.45, x + r * 0.8, y + r * 0.3), 180, 360, fill=dark)
        else:
            scene.box(x - r * 0.72, y - r * 0.55 - r * tall, x + r * 0.72, y - r * 0.5, dark)
            scene.box(x - r * 0.72, y - r * 0.85, x + r * 0.72, y - r * 0.62, accent)
        scene.pen.rounded_rectangle((x - r * 1.3, y - r * 0.64, x + r * 1.3, y - r * 0.46), r * 0.09, fill=dark)
    elif hat == "crown":
        points = [(-0.8, -0.6), (-0.95, -1.5), (-0.42, -1.05), (0, -1.65), (0.42, -1.05), (0.95, -1.5), (0.8, -0.6)]
        scene.polygon([(x + dx * r, y + dy * r) for dx, dy in points], accent)
    elif hat == "cap":
        scene.pen.pieslice(cap, 180, 360, fill=accent)
        scene.pen.rounded_rectangle((x - r * 0.2, y - r * 0.3, x + r * 1.5, y - r * 0.12), r * 0.09, fill=accent)
    elif hat == "beret":
        scene.pen.ellipse((x - r * 1.25, y - r * 1.3, x + r * 0.95, y - r * 0.45), fill=accent)
        scene.disc((x - r * 0.15, y - r * 1.3), r * 0.1, accent)
    else:
        _hair(scene, hat, r, dark)


def _hair(scene: Scene, hat: str, r: float, dark: Colour) -> None:
    (x, y), accent = scene.focus, scene.palette.accent
    fringe = (x - r * 1.03, y - r * 1.08, x + r * 1.03, y + r * 0.6)
    if hat == "ears":
        for side in (-1, 1):
            scene.polygon(
                [
                    (x + side * r * 0.2, y - r * 0.85),
                    (x + side * r * 0.85, y - r * 1.65),
                    (x + side * r * 0.98, y - r * 0.3),
                ],
                dark,
            )
    if hat == "bun":
        scene.disc((x, y - r * 1.25), r * 0.42, dark)
    if hat == "antenna":
        for side in (-1, 1):
            scene.line([(x + side * r * 0.4, y - r * 0.8), (x + side * r * 0.6, y - r * 1.6)], r * 0.09, dark)
            scene.disc((x + side * r * 0.6, y - r * 1.6), r * 0.16, accent)
    start, end = (205, 380) if hat == "wave" else (190, 350)
    scene.pen.chord(fringe, start, end, fill=dark)
