"""Towers by night, a figure in a cone of light, great stairs."""

from __future__ import annotations

from sandbox.artwork.palettes import Colour, mix
from sandbox.artwork.scene import Scene


def skyline(scene: Scene) -> None:
    """Stepped towers in three depths, some windows lit."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.sky, palette.ground, 0.55), mix(palette.sky, palette.accent, 0.45))
    x, y = scene.focus
    scene.glow((x, y), scene.unit * 0.62, palette.accent, 0.6)
    scene.disc((x, y * 0.82), scene.unit * random.uniform(0.13, 0.19), palette.glow)
    for layer in range(3):
        colour = (
            mix(palette.far, palette.sky, 0.35),
            mix(palette.near, palette.far, 0.35),
            palette.silhouette,
        )[layer]
        left = -scene.unit * 0.05
        while left < scene.width:
            width = scene.unit * random.uniform(0.09, 0.17) * (1 + layer * 0.25)
            top = y + scene.unit * (random.uniform(-0.28, 0.2) + layer * 0.17)
            _tower(scene, left, top, width, colour, lit=layer > 0)
            left += width * random.uniform(0.92, 1.12)


def _tower(scene: Scene, left: float, top: float, width: float, colour: Colour, lit: bool) -> None:
    random = scene.random
    scene.box(left, top, left + width, scene.height, colour)
    style = random.randint(0, 3)
    for step in range(1, style + 1):
        inset = width * 0.16 * step
        scene.box(left + inset, top - width * 0.22 * step, left + width - inset, top, colour)
    if style == 2:
        middle = left + width / 2
        scene.line([(middle, top - width * 1.2), (middle, top)], width * 0.04, colour)
    if lit:
        _windows(scene, left, top, width)


def _windows(scene: Scene, left: float, top: float, width: float) -> None:
    columns, pane = 5, width / 11
    for row in range(26):
        y = top + pane * (1.5 + row * 2.4)
        for column in range(columns):
            if scene.random.random() < 0.2 and y < scene.height:
                x = left + pane * (1 + column * 2)
                scene.box(x, y, x + pane, y + pane * 1.3, scene.palette.glow, scene.random.choice((90, 170, 235)))


def spotlight(scene: Scene) -> None:
    """A small figure under a lamp, its shadow far longer than itself."""
    palette, random = scene.palette, scene.random
    night, light = mix(palette.ground, palette.sky, 0.15), palette.glow
    scene.gradient(mix(palette.ground, palette.sky, 0.55), night)
    x, y = scene.focus[0], scene.height * 0.57
    source = (x + scene.unit * random.choice((-0.3, 0.3)), -scene.unit * 0.12)
    spread = scene.unit * 0.33
    for share in (1.0, 0.86, 0.72):
        scene.polygon([source, (x - spread * share, y), (x + spread * share, y)], palette.accent, 60)
    flat = spread * 0.3
    scene.pen.ellipse((x - spread, y - flat, x + spread, y + flat), fill=(*light, 255))
    tall = scene.unit * 0.25
    away = 1 if source[0] < x else -1
    _shadow(scene, x, y, tall, away)
    _figure(scene, x, y, tall, night, hat=random.random() < 0.65)


def _shadow(scene: Scene, x: float, y: float, tall: float, away: int) -> None:
    reach, drop, half = tall * 1.5 * away, tall * 1.05, tall * 0.12
    end = (x + reach, y + drop)
    scene.polygon(
        [(x - half * 0.8, y), (x + half * 0.8, y), (end[0] + half * 2, end[1]), (end[0] - half * 2, end[1])],
        (0, 0, 0),
        120,
    )
    scene.pen.ellipse(
        (end[0] - half * 1.8, end[1] - half, end[0] + half * 1.8, end[1] + half * 1.5), fill=(0, 0, 0, 120)
    )


def _figure(scene: Scene, x: float, y: float, tall: float, colour: Colour, hat: bool) -> None:
    head = tall * 0.085
    neck = y - tall + head * 2
    coat = [(x - tall * 0.07, neck), (x + tall * 0.07, neck), (x + tall * 0.16, neck + tall * 0.09)]
    coat += [(x + tall * 0.2, y - tall * 0.2), (x - tall * 0.2, y - tall * 0.2), (x - tall * 0.16, neck + tall * 0.09)]
    scene.polygon(coat, colour)
    scene.box(x - tall * 0.11, y - tall * 0.22, x - tall * 0.02, y + tall * 0.015, colour)
    scene.box(x + tall * 0.02, y - tall * 0.22, x + tall * 0.11, y + tall * 0.015, colour)
    scene.disc((x, neck - head * 0.7), head, colour)
    if hat:
        scene.pen.ellipse((x - head * 2, neck - head * 1.6, x + head * 2, neck - head * 0.9), fill=(*colour, 255))
        crown = [(x - head * 1.15, neck - head * 1.2), (x - head * 0.9, neck - head * 2.5)]
        scene.polygon([*crown, (x + head * 0.9, neck - head * 2.5), (x + head * 1.15, neck - head * 1.2)], colour)


def stairs(scene: Scene) -> None:
    """Broad steps rise to a lit gate; a few figures stand on them."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, mix(palette.sky, palette.far, 0.5))
    x, y = scene.focus[0], scene.focus[1] * 0.62
    scene.glow((x, y), scene.unit * 0.9, palette.accent, 0.7)
    gate = scene.unit * 0.13
    scene.box(x - gate, y - gate * 0.4, x + gate, y + gate * 1.6, palette.glow)
    scene.disc((x, y - gate * 0.4), gate, palette.glow)
    top, count = y + gate * 1.6, 13
    places = random.sample((-0.62, -0.25, 0.2, 0.58), 4)
    standing = dict(zip(random.sample(range(3, count - 4), 4), places, strict=True))
    for step in range(count):
        share = step / count
        upper = top + (scene.height - top) * share**1.35
        lower = top + (scene.height - top) * ((step + 1) / count) ** 1.35
        half = gate * 1.25 + (scene.width * 0.75 - gate) * share**1.1
        scene.box(x - half, upper, x + half, lower, mix(palette.accent, palette.near, 0.35 + 0.65 * share))
        scene.box(
            x - half,
            upper,
            x + half,
            upper + (lower - upper) * 0.35,
            mix(palette.glow, palette.far, 0.15 + 0.6 * share),
        )
        if step in standing:
            _figure(scene, x + half * standing[step], upper, (lower - upper) * 2.6, palette.near, hat=False)
