"""Horizons: hills in layers, waves, a road, a forest in mist."""

from __future__ import annotations

import math

from sandbox.artwork.palettes import Colour, mix
from sandbox.artwork.scene import Point, Scene


def hills(scene: Scene) -> None:
    """Ranges of mountains, paler with distance, before a low sun or moon."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.sky, palette.ground, 0.25), mix(palette.accent, palette.sky, 0.35))
    x, y = scene.focus
    radius = scene.unit * random.uniform(0.16, 0.24)
    scene.glow((x, y), radius * 3.2, palette.glow, 0.75)
    scene.disc((x, y), radius, palette.glow)
    layers = random.randint(4, 6)
    for layer in range(layers):
        depth = layer / (layers - 1)
        base = y + radius * 0.2 + (scene.height - y) * 0.62 * depth
        shape = _ridge(scene, base, scene.unit * (0.12 - 0.05 * depth), jagged=layer % 2 == 0)
        scene.polygon(
            shape, mix(mix(palette.far, palette.accent, 0.2), mix(palette.near, palette.silhouette, 0.5), depth**0.8)
        )


def _ridge(scene: Scene, base: float, swing: float, jagged: bool) -> list[Point]:
    random, steps = scene.random, 60
    waves = [(random.uniform(0.6, 1.8) * 2**n, random.uniform(0, math.tau), 0.55**n) for n in range(4)]
    points: list[Point] = [(0, scene.height)]
    for step in range(steps + 1):
        x = step / steps
        lift = sum(weight * _wave(pitch * x * math.tau + phase, jagged) for pitch, phase, weight in waves)
        points.append((x * scene.width, base - swing * lift))
    return [*points, (scene.width, scene.height)]


def _wave(angle: float, jagged: bool) -> float:
    """A sine, or a triangle of the same period."""
    return math.asin(math.sin(angle)) * 2 / math.pi if jagged else math.sin(angle)


def waves(scene: Scene) -> None:
    """Rows of scalloped waves under a disc, with a small boat."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, mix(palette.sky, palette.glow, 0.55))
    x, y = scene.focus
    x += scene.unit * random.uniform(-0.14, 0.14)
    radius = scene.unit * random.uniform(0.17, 0.3)
    scene.disc((x, y), radius, palette.accent)
    for ring in range(1, 4):
        scene.ring((x, y), radius * (1 + ring * 0.22), scene.unit * 0.006, palette.accent, 150 - ring * 35)
    sea = y + radius * 0.55
    _boat(scene, x + scene.unit * random.choice((-0.2, 0.18)), sea + scene.unit * 0.02)
    size, row = scene.unit * random.uniform(0.085, 0.12), 0
    while sea + row * size * 0.55 < scene.height + size:
        colour = mix(palette.far, palette.near, min(1, row / 7))
        for column in range(-1, int(scene.width / size / 2) + 2):
            centre = (column * size * 2 + (row % 2) * size, sea + size + row * size * 0.55)
            scene.disc(centre, size, colour)
            for inner in (0.74, 0.48, 0.22):
                scene.ring(centre, size * inner, size * 0.05, palette.glow, 90)
            scene.ring(centre, size, size * 0.06, palette.glow, 170)
        row += 1


def _boat(scene: Scene, x: float, y: float) -> None:
    s = scene.unit * 0.055
    scene.polygon([(x - s * 1.5, y), (x + s * 1.5, y), (x + s, y + s * 0.8), (x - s, y + s * 0.8)], scene.palette.near)
    scene.polygon(
        [(x - s * 0.1, y - s * 0.2), (x - s * 0.1, y - s * 3), (x + s * 1.4, y - s * 0.2)], scene.palette.glow
    )
    scene.polygon(
        [(x - s * 0.3, y - s * 0.2), (x - s * 0.3, y - s * 2.4), (x - s * 1.3, y - s * 0.2)], scene.palette.near
    )


def forest(scene: Scene) -> None:
    """Bare trunks in rows of mist before a great moon."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.ground, palette.sky, 0.6), palette.sky)
    radius = scene.unit * random.uniform(0.24, 0.32)
    scene.glow(scene.focus, radius * 2.6, palette.glow, 0.6)
    scene.disc(scene.focus, radius, palette.glow)
    for layer in range(4):
        depth = layer / 3
        colour = mix(palette.far, palette.silhouette, 0.25 + 0.75 * depth)
        for _ in range(9 - layer * 2):
            _trunk(scene, random.uniform(0, scene.width), scene.unit * (0.012 + 0.026 * depth), colour)
        scene.glow(
            (scene.width * random.random(), scene.height * (0.62 + 0.1 * depth)), scene.unit * 0.7, palette.sky, 0.4
        )


def _trunk(scene: Scene, x: float, half: float, colour: Colour) -> None:
    random, lean = scene.random, scene.random.uniform(-1, 1) * half
    scene.polygon(
        [(x - half, scene.height), (x + half, scene.height), (x + half * 0.5 + lean, 0), (x - half * 0.5 + lean, 0)],
        colour,
    )
    for _ in range(random.randint(3, 5)):
        side, y = random.choice((-1, 1)), scene.height * random.uniform(0.05, 0.55)
        reach, rise = half * random.uniform(4, 9), half * random.uniform(3, 8)
        elbow = (x + side * reach * 0.6, y - rise * 0.4)
        scene.line([(x, y), elbow, (x + side * reach, y - rise)], half * 0.45, colour)
        scene.line([elbow, (elbow[0] + side * reach * 0.35, elbow[1] + rise * 0.1)], half * 0.25, colour)


def road(scene: Scene) -> None:
    """A road, or a railway, runs straight to a sun on the horizon."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.sky, palette.ground, 0.3), mix(palette.accent, palette.glow, 0.35))
    x, y = scene.focus
    radius = scene.unit * random.uniform(0.22, 0.28)
    for ring, alpha in ((1.9, 40), (1.55, 55), (1.25, 75)):
        scene.disc((x, y), radius * ring, palette.glow, alpha)
    scene.disc((x, y), radius, palette.glow)
    scene.polygon(_ridge(scene, y + radius * 0.35, scene.unit * 0.06, jagged=True), palette.far)
    level = y + radius * 0.55
    scene.box(0, level, scene.width, scene.height, palette.near)
    half = scene.unit * 0.62
    scene.polygon(
        [(x, level), (x + half, scene.height), (x - half, scene.height)], mix(palette.near, palette.silhouette, 0.65)
    )
    if random.random() < 0.5:
        _rails(scene, x, level, half)
    else:
        _dashes(scene, x, level, half)
    for pole in range(6):
        _pole(scene, x, level, 0.05 + 0.95 * (pole / 5) ** 2.2)


def _rails(scene: Scene, x: float, level: float, half: float) -> None:
    deep = scene.height - level
    for sleeper in range(16):
        near = ((sleeper + 1) / 16) ** 2
        y, reach, thick = level + deep * near, half * near * 0.62, deep * near * 0.03
        scene.box(x - reach, y - thick, x + reach, y + thick, mix(scene.palette.far, scene.palette.near, 0.4))
    for side in (-1, 1):
        rail = [(x, level), (x + side * half * 0.46, scene.height), (x + side * half * 0.4, scene.height)]
        scene.polygon(rail, scene.palette.glow)


def _dashes(scene: Scene, x: float, level: float, half: float) -> None:
    deep = scene.height - level
    for dash in range(9):
        start, end = (dash / 9) ** 2, ((dash + 0.5) / 9) ** 2
        corners = [
            (x + side * half * 0.045 * near, level + deep * near)
            for side, near in ((-1, start), (1, start), (1, end), (-1, end))
        ]
        scene.polygon(corners, scene.palette.glow)


def _pole(scene: Scene, x: float, level: float, near: float) -> None:
    foot = (x + scene.unit * 0.72 * near, level + (scene.height - level) * near * 0.55)
    tall, thick = scene.unit * 0.62 * near, scene.unit * 0.014 * near
    colour = mix(scene.palette.near, scene.palette.silhouette, 0.8)
    scene.box(foot[0] - thick, foot[1] - tall, foot[0] + thick, foot[1], colour)
    for arm in (0.92, 0.8):
        scene.box(
            foot[0] - thick * 8, foot[1] - tall * arm - thick, foot[0] + thick * 8, foot[1] - tall * arm + thick, colour
        )
