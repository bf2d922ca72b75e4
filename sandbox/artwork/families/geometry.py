"""Pure shapes: Bauhaus tiles, a sunburst, crooked shards, a spiral, deco fans."""

from __future__ import annotations

import math

from sandbox.artwork.palettes import Colour, mix
from sandbox.artwork.scene import Point, Scene


def bauhaus(scene: Scene) -> None:
    """A grid of quarter circles, discs and bars."""
    palette, random = scene.palette, scene.random
    columns = 4 if scene.width < scene.height else 7
    side = scene.width / columns
    colours = (palette.far, palette.near, palette.accent, palette.glow, palette.sky)
    for row in range(math.ceil(scene.height / side)):
        for column in range(columns):
            back, front = random.sample(colours, 2)
            left, top = column * side, row * side
            scene.box(left, top, left + side, top + side, back)
            _tile(scene, left, top, side, front, random.randint(0, 5))
            if random.random() < 0.3:
                scene.disc((left + side / 2, top + side / 2), side * 0.14, back)


def _tile(scene: Scene, left: float, top: float, side: float, colour: Colour, shape: int) -> None:
    right, bottom = left + side, top + side
    if shape <= 1:
        corner = scene.random.randint(0, 3)
        x, y = (left, right, right, left)[corner], (top, top, bottom, bottom)[corner]
        start = corner * 90
        for size in (1.0, 0.5) if shape else (1.0,):
            reach = side * size
            fill = colour if size == 1.0 else scene.palette.ground
            scene.pen.pieslice((x - reach, y - reach, x + reach, y + reach), start, start + 90, fill=fill)
    elif shape == 2:
        scene.disc((left + side / 2, top + side / 2), side * 0.38, colour)
    elif shape == 3:
        for bar in range(4):
            scene.box(left, top + side * bar / 4, right, top + side * (bar + 0.5) / 4, colour)
    elif shape == 4:
        scene.polygon([(left, bottom), (right, bottom), (right, top)], colour)
    else:
        scene.pen.pieslice((left, top + side / 2, right, bottom + side / 2), 180, 360, fill=colour)
        scene.pen.pieslice((left, top - side / 2, right, top + side / 2), 0, 180, fill=colour)


def sunburst(scene: Scene) -> None:
    """Rays from one point, and rings around it."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, palette.sky)
    x, y = scene.focus
    count, reach = random.choice((24, 32, 40)), math.hypot(scene.width, scene.height)
    turn = random.random()
    for ray in range(0, count, 2):
        start, end = ((ray + turn) * math.tau / count, (ray + 1 + turn) * math.tau / count)
        far = [(x + reach * math.cos(angle), y + reach * math.sin(angle)) for angle in (start, end)]
        scene.polygon([(x, y), *far], mix(palette.far, palette.accent, 0.25 if ray % 4 else 0.0))
    radius = scene.unit * random.uniform(0.24, 0.3)
    random.choice((_medal, _rising, _rings))(scene, radius)


def _medal(scene: Scene, radius: float) -> None:
    palette = scene.palette
    rings = (1.28, palette.glow), (1.16, palette.near), (1.0, palette.accent), (0.72, palette.glow), (0.6, palette.near)
    for share, colour in rings:
        scene.disc(scene.focus, radius * share, colour)
    _star(scene, scene.focus, radius * 0.48, palette.accent)


def _rising(scene: Scene, radius: float) -> None:
    """A striped sun, as on the posters of the travel agencies."""
    palette, (x, y) = scene.palette, scene.focus
    scene.disc((x, y), radius * 1.3, palette.near)
    scene.disc((x, y), radius * 1.18, palette.glow)
    for bar in range(6):
        top = y + radius * (0.02 + bar * 0.2)
        bottom = top + radius * (0.03 + bar * 0.022)
        half = radius * max(0.0, 1.15**2 - ((bottom - y) / radius) ** 2) ** 0.5
        scene.box(x - half, top, x + half, bottom, palette.accent)


def _rings(scene: Scene, radius: float) -> None:
    palette = scene.palette
    for ring in range(7):
        colour = palette.near if ring % 2 == 0 else (palette.accent, palette.glow)[ring // 2 % 2]
        scene.disc(scene.focus, radius * (1.3 - ring * 0.18), colour)


def _star(scene: Scene, centre: Point, radius: float, colour: Colour) -> None:
    points = []
    for tip in range(16):
        reach = radius if tip % 4 == 0 else radius * (0.55 if tip % 2 == 0 else 0.3)
        angle = tip * math.tau / 16 - math.pi / 2
        points.append((centre[0] + reach * math.cos(angle), centre[1] + reach * math.sin(angle)))
    scene.polygon(points, colour)


def shards(scene: Scene) -> None:
    """Crooked walls close in on one lit window: the painted streets of 1920."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.sky, palette.glow, 0.2), palette.sky)
    x, y = scene.focus
    scene.glow((x, y), scene.unit * 0.8, palette.glow, 0.55)
    for layer in range(5):
        colour = mix(palette.far, palette.silhouette, layer / 4)
        for side in (0.0, 1.0):
            edge = side * scene.width
            reach = (x - edge) * (0.95 - layer * 0.17) * random.uniform(0.82, 1.0)
            tip = (edge + reach, y + scene.unit * random.uniform(-0.35, 0.25))
            low = (edge + reach * random.uniform(0.3, 0.9), scene.height)
            scene.polygon([(edge, random.uniform(-0.2, 0.2) * scene.unit), tip, low, (edge, scene.height)], colour)
            if layer == 2:
                _crooked_window(scene, (edge + reach * 0.5, tip[1] + scene.unit * 0.24), scene.unit * 0.07)
    scene.polygon(_path(scene, x, y), palette.accent, 235)
    _crooked_window(scene, (x, y - scene.unit * 0.06), scene.unit * 0.11)


def _path(scene: Scene, x: float, y: float) -> list[Point]:
    swing = scene.unit * scene.random.choice((-0.16, 0.16))
    middle, bottom = (y + scene.height) / 2, float(scene.height)
    return [
        (x, y + scene.unit * 0.1),
        (x + swing, middle),
        (x - scene.unit * 0.3, bottom),
        (x + scene.unit * 0.34, bottom),
        (x + swing + scene.unit * 0.12, middle),
    ]


def _crooked_window(scene: Scene, centre: Point, size: float) -> None:
    random = scene.random
    corners = [(-1, -1.25), (1, -1.25), (1, 1.25), (-1, 1.25)]
    bent = [
        (centre[0] + size * (a + random.uniform(-0.3, 0.3)), centre[1] + size * (b + random.uniform(-0.35, 0.35)))
        for a, b in corners
    ]
    scene.polygon(bent, scene.palette.glow)
    first, second, third, fourth = bent
    for one, other in (((first, second), (third, fourth)), ((second, third), (fourth, first))):
        halves = [((a[0] + b[0]) / 2, (a[1] + b[1]) / 2) for a, b in (one, other)]
        scene.line(halves, size * 0.16, scene.palette.near)


def spiral(scene: Scene) -> None:
    """A band that winds into the focus."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, palette.sky)
    x, y = scene.focus
    reach, arms, turn = math.hypot(scene.width, scene.height), random.choice((3, 4, 5)), random.choice((-1, 1))
    start = random.uniform(0, math.tau)
    for arm in range(arms):
        inner: list[Point] = []
        outer: list[Point] = []
        for step in range(90):
            radius = reach * (step / 89) ** 1.7
            angle = turn * (step / 89) * math.tau * 1.35 + arm * math.tau / arms + start
            inner.append((x + radius * math.cos(angle), y + radius * math.sin(angle)))
            wide = angle + math.pi / arms
            outer.append((x + radius * math.cos(wide), y + radius * math.sin(wide)))
        scene.polygon(
            [*inner, *reversed(outer)], (palette.near, palette.far, palette.near, palette.far, palette.near)[arm]
        )
    _centrepiece(scene, scene.unit * 0.17, watching=not {"horror", "thriller", "crime"}.isdisjoint(scene.genres))


def _centrepiece(scene: Scene, size: float, watching: bool) -> None:
    """An eye where the title is one to fear, else a moon in its phase."""
    palette, (x, y) = scene.palette, scene.focus
    if watching:
        for share, colour in ((1.0, palette.glow), (0.8, palette.accent), (0.45, palette.ground)):
            scene.disc((x, y), size * share, colour)
        scene.disc((x + size * 0.18, y - size * 0.2), size * 0.1, palette.glow)
        return
    scene.disc((x, y), size, palette.glow)
    scene.disc((x, y), size * 0.86, palette.accent)
    scene.disc((x + size * 0.3, y - size * 0.14), size * 0.56, palette.glow)


def fans(scene: Scene) -> None:
    """Deco fans in rows, rising behind one great arch."""
    palette, random = scene.palette, scene.random
    scene.gradient(mix(palette.near, palette.ground, 0.5), palette.near)
    size, rays = scene.unit * random.uniform(0.17, 0.27), random.choice((6, 8, 10, 12))
    for row in range(-1, math.ceil(scene.height / size) + 2):
        for column in range(-1, math.ceil(scene.width / size / 2) + 2):
            centre = (column * size * 2 + (row % 2) * size, row * size * 0.98 + size)
            for share, colour in (
                (1.0, palette.far),
                (0.92, palette.near),
                (0.64, palette.far),
                (0.58, palette.near),
                (0.3, palette.far),
            ):
                scene.disc(centre, size * share, mix(colour, palette.ground, 0.35))
    x, y = scene.focus
    arch = scene.unit * 0.36
    for share, colour in ((1.12, palette.near), (1.06, palette.accent), (1.0, palette.near), (0.94, palette.sky)):
        scene.disc((x, y), arch * share, colour)
        scene.box(x - arch * share, y, x + arch * share, scene.height, colour)
    for ray in range(rays + 1):
        angle = math.pi + ray * math.pi / rays
        tip = (x + arch * 0.86 * math.cos(angle), y + arch * 0.86 * math.sin(angle))
        scene.line([(x, y), tip], arch * 0.035, palette.accent)
    scene.disc((x, y), arch * 0.44, palette.glow)
    scene.disc((x, y), arch * 0.3, palette.accent)
