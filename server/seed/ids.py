"""Ids that are the same in every installation, so that a seed can tell what it has done."""

from uuid import UUID, uuid5

NAMESPACE = UUID("0d1f6c5e-3f0c-5b0e-8a39-6f4b8f0f2a11")


def seed_id(*parts: object) -> UUID:
    """The id of what the parts name, such as `seed_id("plan", "premium")`."""
    return uuid5(NAMESPACE, "/".join(map(str, parts)))
