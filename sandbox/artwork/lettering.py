"""Setting a title: the breaks that give the largest type in a box, and type that never leaves it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import combinations, pairwise
from typing import Literal

from PIL import Image, ImageDraw, ImageFont

from sandbox.artwork.palettes import Colour

Align = Literal["left", "centre"]

MEASURE = 100
"""The size in pixels at which lines are measured before the real one is known."""


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface from an openly licensed package (SIL OFL 1.1) and how a title is set in it."""

    package: str
    file: str
    capitals: bool = False
    tracking: float = 0.0
    leading: float = 1.0

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        return _font(self.package, self.file, size)

    def width(self, text: str, size: int) -> float:
        """Advance width in pixels, tracking (in ems) included."""
        return _advance(self, text, size) + self.tracking * size * max(0, len(text) - 1)


@lru_cache(maxsize=4096)
def _advance(face: Face, text: str, size: int) -> float:
    return float(face.at(size).getlength(text))


@lru_cache(maxsize=256)
def _font(package: str, file: str, size: int) -> ImageFont.FreeTypeFont:
    with as_file(files(package) / "files" / file) as path:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


SERIF = Face("font_source_serif_pro", "SourceSerifPro-Black.ttf", leading=1.02)
SERIF_ITALIC = Face("font_source_serif_pro", "SourceSerifPro-BlackIt.ttf", leading=1.02)
SERIF_LIGHT = Face("font_source_serif_pro", "SourceSerifPro-Regular.ttf", tracking=0.01, leading=1.08)
GROTESK = Face("font_manrope", "Manrope-ExtraBold.ttf", capitals=True, tracking=0.02, leading=1.06)
GROTESK_LIGHT = Face("font_manrope", "Manrope-Light.ttf", capitals=True, tracking=0.14, leading=1.24)
ROUND = Face("font_fredoka_one", "FredokaOne-Regular.ttf", leading=1.02)
HAND = Face("font_amatic_sc", "AmaticSC-Bold.ttf", capitals=True, tracking=0.01, leading=0.98)
SMALL = Face("font_manrope", "Manrope-SemiBold.ttf", capitals=True, tracking=0.16, leading=1.4)


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of text in one face and size, measured; ``height`` from the first capital's top to the last baseline."""

    face: Face
    size: int
    lines: tuple[str, ...]
    width: float
    height: float

    @property
    def step(self) -> float:
        """Pixels from baseline to baseline."""
        return self.size * self.face.leading


def set_text(text: str, face: Face, width: float, height: float, largest: int) -> Setting:
    """The text broken at spaces so that its type is as large as the box and ``largest`` (pixels) allow."""
    words = (text.upper() if face.capitals else text).split()
    best = max(
        (_measured(lines, face, width, height, largest) for lines in _breaks(words)),
        key=_merit,
    )
    best = _sized(best.lines, face, best.size)
    while best.size > 8 and (best.width > width or best.height > height):
        best = _sized(best.lines, face, best.size - 1)
    return best


def _merit(setting: Setting) -> float:
    """Large type in few lines; a colon belongs at the end of one, and no article stands alone."""
    flaws = sum(": " in line for line in setting.lines)
    if len(setting.lines) > 1:
        flaws += sum(len(line) <= 3 for line in setting.lines)
    return setting.size * 0.9 ** len(setting.lines) * 0.8**flaws


def _breaks(words: list[str], most: int = 5) -> list[tuple[str, ...]]:
    """Every way to break the words into up to ``most`` lines; words of very long titles move in pairs."""
    while len(words) > 14:
        words = [" ".join(words[at : at + 2]) for at in range(0, len(words), 2)]
    ways: list[tuple[str, ...]] = []
    for count in range(1, min(most, len(words)) + 1):
        for cuts in combinations(range(1, len(words)), count - 1):
            edges = (0, *cuts, len(words))
            ways.append(tuple(" ".join(words[a:b]) for a, b in pairwise(edges)))
    return ways


def _measured(lines: tuple[str, ...], face: Face, width: float, height: float, largest: int) -> Setting:
    widest = max(face.width(line, MEASURE) for line in lines) / MEASURE
    tall = (len(lines) - 1) * face.leading + _cap_height(face)
    size = max(8, min(largest, int(width / widest), int(height / tall)))
    return Setting(face, size, lines, widest * size, tall * size)


def _sized(lines: tuple[str, ...], face: Face, size: int) -> Setting:
    width = max(face.width(line, size) for line in lines)
    return Setting(face, size, lines, width, ((len(lines) - 1) * face.leading + _cap_height(face)) * size)


@lru_cache(maxsize=16)
def _cap_height(face: Face) -> float:
    """Height of a capital in ems."""
    return -float(face.at(MEASURE).getbbox("H", anchor="ls")[1]) / MEASURE


def draw_text(
    image: Image.Image, setting: Setting, left: float, top: float, room: float, align: Align, ink: Colour
) -> None:
    """Draws the lines, the first capitals' tops at ``top``, flush left or centred in ``room`` pixels from ``left``."""
    pen = ImageDraw.Draw(image)
    baseline = top + _cap_height(setting.face) * setting.size
    for line in setting.lines:
        slack = room - setting.face.width(line, setting.size)
        _draw_line(pen, line, setting, left + (slack / 2 if align == "centre" else 0), baseline, ink)
        baseline += setting.step


def _draw_line(pen: ImageDraw.ImageDraw, line: str, setting: Setting, x: float, baseline: float, ink: Colour) -> None:
    font = setting.face.at(setting.size)
    if not setting.face.tracking:
        pen.text((x, baseline), line, font=font, fill=ink, anchor="ls")
        return
    for position, letter in enumerate(line):
        advance = font.getlength(line[: position + 1]) - font.getlength(letter)
        pen.text(
            (x + advance + position * setting.face.tracking * setting.size, baseline),
            letter,
            font=font,
            fill=ink,
            anchor="ls",
        )
