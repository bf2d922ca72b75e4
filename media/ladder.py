"""The sizes and rates at which a film is offered, so that any connection finds one that it can carry."""

from dataclasses import dataclass
from fractions import Fraction

STANDARD_HEIGHTS = (2160, 1440, 1080, 720, 480, 240)
SPARE_HEIGHTS = (360, 144)
FEWEST_RUNGS = 3
FULL_HD_PIXELS = 1920 * 1080
FULL_HD_BITRATE = 5_000_000
LEAST_BITRATE = 64_000
FAST = 30
FAST_FACTOR = 1.5
SPACING = 1.1


@dataclass(frozen=True)
class Rung:
    """One size of the picture, in pixels, and the bits a second that it may take at most."""

    width: int
    height: int
    bitrate: int


def ladder(width: int, height: int, frame_rate: Fraction) -> tuple[Rung, ...]:
    """The rungs for a source of this size, the largest first; none is larger than the source.

    At least three from 360 lines on. Bits grow with the number of pixels to the power of 3/4, by which 1080p has
    5 Mbit/s, 720p 2.7 and 480p 1.5. The rates are caps: x264's quality setting decides what is used below them.
    """
    return tuple(rung(width, height, lines, frame_rate) for lines in rung_heights(height))


def rung_heights(height: int) -> list[int]:
    """The heights, downwards; a source a little above a standard height is brought down to it."""
    top = even(height)
    heights = [lines for lines in STANDARD_HEIGHTS if lines <= top]
    if not heights or heights[0] * SPACING <= top:
        heights.insert(0, top)
    for spare in SPARE_HEIGHTS:
        if len(heights) < FEWEST_RUNGS and spare * SPACING <= heights[0]:
            heights.append(spare)
    return sorted(heights, reverse=True)


def rung(width: int, height: int, lines: int, frame_rate: Fraction) -> Rung:
    columns = even(round(Fraction(width * lines, height)))
    share = (columns * lines / FULL_HD_PIXELS) ** 0.75
    factor = FAST_FACTOR if frame_rate > FAST else 1
    return Rung(columns, lines, max(LEAST_BITRATE, round(FULL_HD_BITRATE * share * factor / 1000) * 1000))


def even(pixels: int) -> int:
    """The next even number downwards, for H.264's chroma has half the lines and columns; at least 2."""
    return max(2, pixels // 2 * 2)
