"""Fixtures of the server's tests."""

from tests.catalog.wall import front, wall  # noqa: F401
