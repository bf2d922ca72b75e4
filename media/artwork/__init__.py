"""Artwork: pictures as they were given, the sizes made of them, and the addresses at which those are served."""

from media.artwork.addresses import Addresses, Claim, Picture, addresses_of, claim_of
from media.artwork.derived import Derived, prefix_of
from media.artwork.rendering import Measured, NotAPicture, measured, rendered

__all__ = [
    "Addresses",
    "Claim",
    "Derived",
    "Measured",
    "NotAPicture",
    "Picture",
    "addresses_of",
    "claim_of",
    "measured",
    "prefix_of",
    "rendered",
]
