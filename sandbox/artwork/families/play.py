"""Stage and screen: moons and planets, film strips, curtains, paper cut-outs, halftone."""

from __future__ import annotations

import math

from sandbox.artwork.palettes import Colour, mix
from sandbox.artwork.scene import Point, Scene


def moons(scene: Scene) -> None:
    """A large ringed planet, its moons, and stars."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.ground, palette.sky)
    for _ in range(140):
        at = (random.uniform(0, scene.width), random.uniform(0, scene.height))
        scene.disc(at, scene.unit * random.choice((0.0012, 0.0018, 0.003)), palette.glow, random.randint(110, 255))
    (x, y), radius = scene.focus, scene.unit * random.uniform(0.24, 0.3)
    scene.glow((x, y), radius * 2.3, palette.accent, 0.55)
    ring = (x - radius * 1.75, y - radius * 0.42, x + radius * 1.75, y + radius * 0.42)
    scene.pen.arc(ring, 180, 360, fill=palette.glow, width=round(radius * 0.06))
    scene.disc((x, y), radius, mix(palette.accent, palette.near, 0.35))
    scene.pen.chord((x - radius, y - radius, x + radius, y + radius), 120, 330, fill=palette.accent)
    scene.disc((x - radius * 0.09, y - radius * 0.12), radius * 0.86, palette.accent)
    for _ in range(9):
        angle, away = random.uniform(0, math.tau), random.uniform(0.1, 0.8)
        size = radius * random.uniform(0.05, 0.16) * (1.2 - away)
        at = (x + radius * away * math.cos(angle), y + radius * away * math.sin(angle))
        scene.disc(at, size, mix(palette.accent, palette.near, 0.3))
        scene.disc((at[0] + size * 0.16, at[1] + size * 0.16), size * 0.8, mix(palette.accent, palette.near, 0.16))
    scene.pen.arc(ring, 0, 180, fill=palette.glow, width=round(radius * 0.06))
    for share, colour in ((0.2, palette.far), (0.11, palette.glow)):
        angle = random.uniform(math.pi * 1.1, math.pi * 1.9)
        scene.disc((x + radius * 1.55 * math.cos(angle), y + radius * 1.35 * math.sin(angle)), radius * share, colour)


def filmstrip(scene: Scene) -> None:
    """Strips of film cross the sheet, a moon wandering from frame to frame."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, palette.far)
    angle = random.choice((-1, 1)) * random.uniform(0.3, 0.55)
    broad = scene.unit * 0.34
    for strip in (-2, -1, 0, 1, 2):
        _strip(scene, angle, strip * broad * 1.42, broad, lively=strip == 0)


def _strip(scene: Scene, angle: float, offset: float, broad: float, lively: bool) -> None:
    palette, (x, y) = scene.palette, scene.focus
    cos, sin = math.cos(angle), math.sin(angle)

    def place(along: float, across: float) -> Point:
        return x + along * cos - (across + offset) * sin, y + along * sin + (across + offset) * cos

    def block(a: float, b: float, c: float, d: float) -> list[Point]:
        return [place(a, c), place(b, c), place(b, d), place(a, d)]

    far, frame = math.hypot(scene.width, scene.height), broad * 0.82
    scene.polygon(block(-far, far, -broad / 2, broad / 2), mix(palette.near, (0, 0, 0), 0.35))
    for number in range(-9, 10):
        start = number * frame - frame / 2
        paper = palette.glow if lively else mix(palette.far, palette.glow, 0.35)
        scene.polygon(block(start + frame * 0.05, start + frame * 0.95, -broad * 0.33, broad * 0.33), paper)
        phase = max(-1.0, min(1.0, number / 4))
        scene.disc(place(start + frame / 2, broad * 0.12 * phase), broad * 0.2, palette.accent)
        scene.disc(
            place(start + frame * (0.5 + 0.36 * phase), broad * 0.12 * phase),
            broad * 0.2,
            paper if number else palette.accent,
        )
        for hole in range(4):
            at = start + frame * (hole + 0.3) / 4
            for edge in (-0.445, 0.385):
                scene.polygon(block(at, at + frame * 0.1, broad * edge, broad * (edge + 0.06)), palette.glow, 220)


def curtain(scene: Scene) -> None:
    """Folds of a curtain drawn apart around a pool of light."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.near, palette.near)
    (x, y), count = scene.focus, random.randint(14, 26)
    scene.glow((x, y), scene.unit * 1.1, palette.far, 0.9)
    spot = scene.unit * random.uniform(0.27, 0.32)
    scene.glow((x, y), spot * 2.0, palette.glow, 0.8)
    scene.disc((x, y), spot, palette.glow)
    _emblem(scene, x, y, spot)
    fold = scene.width / count
    for number in range(count + 1):
        for shade, share in (
            (palette.accent, 0.0),
            (mix(palette.accent, (0, 0, 0), 0.28), 0.5),
            (mix(palette.accent, palette.glow, 0.16), 0.18),
        ):
            left = (number + share) * fold
            _fold(scene, left, fold * (0.5 if share != 0.18 else 0.14), x, shade)
    scallop = scene.width / 6
    for number in range(7):
        at = (number * scallop, -scallop * 0.2)
        scene.disc(at, scallop * 0.62, mix(palette.accent, (0, 0, 0), 0.2))
        scene.ring(at, scallop * 0.58, scallop * 0.035, palette.glow, 210)


def _fold(scene: Scene, left: float, wide: float, x: float, shade: Colour) -> None:
    """One fold that hangs from the top and is drawn towards its own side."""
    side = -1 if left < x else 1
    gap = scene.unit * 0.36
    edge = 0.0 if side < 0 else float(scene.width)
    share = abs(left - edge) / max(abs(x - edge), 1.0)
    points = []
    for step in range(11):
        height = step / 10
        pull = math.sin(min(1.0, height * 1.5) * math.pi / 2)
        inner = x + side * gap * pull
        points.append((edge + (inner - edge) * share, height * scene.height))
    scene.polygon([*points, *[(px + wide, py) for px, py in reversed(points)]], shade)


def _emblem(scene: Scene, x: float, y: float, spot: float) -> None:
    palette = scene.palette
    if "music" in scene.genres:
        for dx, dy in ((-0.3, 0.32), (0.26, 0.22)):
            scene.disc((x + spot * dx, y + spot * dy), spot * 0.16, palette.near)
            scene.box(x + spot * (dx + 0.1), y + spot * (dy - 0.7), x + spot * (dx + 0.16), y + spot * dy, palette.near)
        scene.polygon(
            [
                (x - spot * 0.2, y - spot * 0.38),
                (x + spot * 0.42, y - spot * 0.5),
                (x + spot * 0.42, y - spot * 0.3),
                (x - spot * 0.2, y - spot * 0.18),
            ],
            palette.near,
        )
    elif "romance" in scene.genres:
        for side in (-1, 1):
            scene.disc((x + side * spot * 0.22, y - spot * 0.12), spot * 0.25, palette.accent)
        scene.polygon(
            [(x - spot * 0.45, y - spot * 0.02), (x + spot * 0.45, y - spot * 0.02), (x, y + spot * 0.5)],
            palette.accent,
        )
    else:
        scene.pen.chord((x - spot * 0.5, y - spot * 0.7, x + spot * 0.5, y + spot * 0.6), 0, 180, fill=palette.near)
        scene.box(x - spot * 0.5, y - spot * 0.35, x + spot * 0.5, y - spot * 0.02, palette.near)
        for side in (-1, 1):
            scene.disc((x + side * spot * 0.22, y - spot * 0.1), spot * 0.09, palette.glow)
        scene.pen.chord((x - spot * 0.25, y - spot * 0.02, x + spot * 0.25, y + spot * 0.4), 0, 180, fill=palette.glow)


def cutouts(scene: Scene) -> None:
    """Seaweed and pebbles, as if cut from paper, each on a sheet of its own colour."""
    palette, random = scene.palette, scene.random
    columns, rows = (3, 4) if scene.width < scene.height else (5, 3)
    wide, high = scene.width / columns, scene.height / rows
    sheets = (palette.far, palette.accent, palette.near, palette.glow, mix(palette.accent, palette.glow, 0.55))
    for row in range(rows):
        for column in range(columns):
            paper = sheets[(column * 2 + row * 3 + random.randint(0, 1)) % len(sheets)]
            cut = random.choice([colour for colour in sheets if colour != paper])
            scene.box(column * wide, row * high, (column + 1) * wide, (row + 1) * high, paper)
            at = ((column + 0.5) * wide, (row + 0.5) * high)
            if random.random() < 0.7:
                _seaweed(scene, at, min(wide, high) * 0.44, random.uniform(-0.6, 0.6), cut)
            else:
                _pebble(scene, at, min(wide, high) * 0.3, cut)
                _pebble(scene, at, min(wide, high) * 0.12, paper)


def _seaweed(scene: Scene, at: Point, reach: float, turn: float, colour: Colour) -> None:
    """A frond along a spine, five lobes on each side."""
    steps, cos, sin = 90, math.cos(turn), math.sin(turn)
    right: list[Point] = []
    left: list[Point] = []
    for step in range(steps + 1):
        along = step / steps
        lobe = 0.24 + 0.76 * abs(math.sin(along * math.pi * 5)) ** 0.8
        half = reach * 0.78 * lobe * math.sin(math.pi * min(1.0, 0.12 + along * 0.85)) ** 0.7
        lift = reach * (1 - 2 * along) - half * 0.45
        bend = reach * 0.18 * math.sin(along * math.pi * 1.5)
        for side, edge in ((half + bend, right), (bend - half, left)):
            edge.append((at[0] + side * cos - lift * sin, at[1] + side * sin + lift * cos))
    scene.polygon([*right, *reversed(left)], colour)


def _pebble(scene: Scene, at: Point, size: float, colour: Colour) -> None:
    random = scene.random
    phases = [(n, random.uniform(0, math.tau), 0.22 / n) for n in (2, 3)]
    points = []
    for step in range(40):
        angle = step * math.tau / 40
        reach = size * (1 + sum(depth * math.sin(n * angle + phase) for n, phase, depth in phases))
        points.append((at[0] + reach * math.cos(angle), at[1] + reach * math.sin(angle)))
    scene.polygon(points, colour)


def halftone(scene: Scene) -> None:
    """A sphere made of printed dots, lit from one side."""
    palette, random = scene.palette, scene.random
    scene.gradient(palette.sky, mix(palette.sky, palette.far, 0.4))
    x, y = scene.focus
    radius, pitch = scene.unit * 0.38, scene.unit * 0.031
    scene.disc((x + radius * 0.1, y + radius * 0.08), radius * 1.02, palette.accent)
    light = random.uniform(math.pi * 1.1, math.pi * 1.6)
    cos, sin, count = math.cos(0.35), math.sin(0.35), round(scene.width / pitch)
    for row in range(-count, count):
        for column in range(-count, count):
            dx, dy = (column * cos - row * sin) * pitch, (column * sin + row * cos) * pitch
            away = math.hypot(dx, dy) / radius
            if away > 1:
                continue
            shade = 0.5 - 0.55 * (dx * math.cos(light) + dy * math.sin(light)) / radius + 0.25 * away**2
            if shade > 0.06:
                scene.disc((x + dx, y + dy), pitch * 0.68 * min(1.0, shade) ** 0.6, palette.near)
