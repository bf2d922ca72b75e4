"""Colours that belong together, and which of them suit a title."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Palette:
    """``ground`` carries the lettering in ``ink``; ``sky`` is its neighbour; the rest are for shapes, calm to loud."""

    name: str
    ground: Colour
    sky: Colour
    far: Colour
    near: Colour
    accent: Colour
    glow: Colour
    ink: Colour

    @property
    def light(self) -> bool:
        return _luminance(self.ground) > 0.4

    @property
    def silhouette(self) -> Colour:
        """The darkest shape colour: what stands nearest."""
        return self.near if self.light else self.ground


def _palette(name: str, colours: str) -> Palette:
    parsed = [(int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)) for code in colours.split()]
    ground, sky, far, near, accent, glow, ink = parsed
    return Palette(name, ground, sky, far, near, accent, glow, ink)


PALETTES = {
    palette.name: palette
    for palette in (
        #                       ground sky    far    near   accent glow   ink
        _palette("nocturne", "0b1026 1f2a5a 33407d 141a3a e8b04b f6e7c1 f4efe2"),
        _palette("blood", "16090c 4a0f17 7a1620 26090e d7263d f2c4a0 f7ece1"),
        _palette("absinthe", "0c1a17 1d4a3c 2f6b54 10241f b7d66b eef3c3 f1f3e0"),
        _palette("ash", "17181a 4a4b4e 777879 26272a e8e4da f7f4ec f7f4ec"),
        _palette("selenium", "1d1512 5b4034 8d6a50 2b1f19 e0a458 f7e3c0 f8efe0"),
        _palette("cyanotype", "0a2540 1d5b8f 3f86b8 0f3358 f4a259 fbeed3 f5f1e4"),
        _palette("neon", "140d2b 3d1d6b 6a2fa0 1f1342 ff4f8b 7be0e6 f8f2ff"),
        _palette("mars", "230f0d 8c2f1b c4532c 3a1712 f2a541 ffe3b0 fff1de"),
        _palette("prairie", "2b1a12 d9773c b5502b 48291a f2c14e fff0c9 fff3df"),
        _palette("lagoon", "06262c 14707a 2fa39b 0a3b44 f2c14e fff4d1 f1f7ee"),
        _palette("poster", "f3e7cf f7efdc e7b94a 1f3b57 d1462f fff8e8 1b2330"),
        _palette("mint", "e3efe2 f3f6e6 8fc3a5 235a58 ee6c4d fffbe8 12312f"),
        _palette("rose", "f6dfd6 fbeee6 e79a8c 6d2e46 c8384a fff6ec 3a1526"),
        _palette("candy", "fff1d0 ffe0c2 6ec5c9 f2617a f7b32b fffdf2 33204a"),
        _palette("sky", "d9ecf2 f2f7ee 7fb7d6 2b4c7e f26b4e fffdf0 13294b"),
        _palette("constructivist", "efe3cf f5ecdc 9c9488 1c1a19 c8201f fbf5e8 1c1a19"),
        _palette("plum", "22102a 57285f 8d4182 32183c f08a5d fbe3c8 faefe6"),
        _palette("tin", "10161a 2f454f 5f7f88 1a252b ef6f3c d8f0ee f0f5f2"),
    )
}

SUITABLE = {
    "horror": ("blood", "absinthe", "ash", "nocturne", "plum"),
    "film-noir": ("ash", "nocturne", "tin", "selenium", "blood"),
    "science-fiction": ("neon", "mars", "tin", "lagoon", "cyanotype"),
    "animation": ("candy", "sky", "mint", "lagoon", "poster", "neon"),
    "western": ("prairie", "mars", "selenium"),
    "war": ("tin", "constructivist", "selenium", "mars"),
    "fantasy": ("plum", "lagoon", "nocturne", "absinthe"),
    "family": ("candy", "sky", "mint", "rose"),
    "music": ("plum", "neon", "rose", "poster"),
    "documentary": ("cyanotype", "constructivist", "tin", "poster"),
    "avant-garde": ("constructivist", "ash", "cyanotype", "poster"),
    "comedy": ("poster", "candy", "mint", "rose", "sky"),
    "thriller": ("tin", "nocturne", "blood", "cyanotype"),
    "crime": ("nocturne", "ash", "tin", "selenium"),
    "history": ("constructivist", "selenium", "mars", "cyanotype"),
    "adventure": ("lagoon", "prairie", "cyanotype", "mars"),
    "romance": ("rose", "plum", "selenium", "lagoon"),
    "drama": ("selenium", "cyanotype", "nocturne", "plum"),
}


def palette_for(genres: tuple[str, ...], year: int, random: Random) -> Palette:
    """One of the palettes that suit the most telling genre; silent films lean to black, white and sepia."""
    telling = next((genre for genre in SUITABLE if genre in genres), "drama")
    names = SUITABLE[telling]
    if year < 1930 and telling not in ("animation", "comedy", "family") and random.random() < 0.25:
        names = ("ash", "selenium", "constructivist")
    return PALETTES[random.choice(names)]


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The colour on the way from one to the other, ``share`` from 0 to 1."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Colour, other: Colour) -> float:
    """The contrast ratio from 1 to 21 (WCAG 2.2, relative luminance)."""
    brighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
