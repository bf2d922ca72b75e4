"""Families of compositions, and which of them suit a title."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from sandbox.artwork.families.city import skyline, spotlight, stairs
from sandbox.artwork.families.geometry import bauhaus, fans, shards, spiral, sunburst
from sandbox.artwork.families.land import forest, hills, road, waves
from sandbox.artwork.families.play import curtain, cutouts, filmstrip, halftone, moons
from sandbox.artwork.scene import Scene

Family = Callable[[Scene], None]

FAMILIES: dict[str, tuple[Family, ...]] = {
    "horror": (shards, forest, spiral, spotlight, hills),
    "film-noir": (skyline, spotlight, spiral, road, halftone),
    "science-fiction": (moons, skyline, spiral, sunburst),
    "western": (hills, road, sunburst),
    "war": (sunburst, stairs, hills),
    "animation": (cutouts, moons, hills, bauhaus, sunburst, forest),
    "documentary": (filmstrip, bauhaus, halftone, waves),
    "avant-garde": (bauhaus, spiral, halftone, filmstrip),
    "music": (curtain, fans, sunburst),
    "fantasy": (moons, forest, fans, hills),
    "history": (stairs, sunburst, fans),
    "family": (cutouts, waves, sunburst, hills),
    "thriller": (spotlight, spiral, skyline, shards),
    "crime": (skyline, spotlight, halftone, stairs),
    "comedy": (bauhaus, curtain, filmstrip, cutouts, sunburst, halftone),
    "adventure": (waves, hills, sunburst, road),
    "romance": (waves, fans, hills, halftone),
    "drama": (hills, stairs, road, fans, skyline),
}


def family_for(genres: tuple[str, ...], random: Random) -> Family:
    """A composition that suits one of the genres, the most telling one being likelier."""
    suitable = [family for genre, families in FAMILIES.items() if genre in genres for family in families]
    telling = next((families for genre, families in FAMILIES.items() if genre in genres), FAMILIES["drama"])
    return random.choice([*telling, *telling, *suitable])
