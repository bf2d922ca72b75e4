"""A served identity subgraph with a household, and a browser at its pages."""

from tests.identity.conftest import front

__all__ = ["front"]
