"""Fixtures of the tests of editing."""

from tests.catalog.conftest import shelf  # noqa: F401  a fixture
from tests.requests import resources  # noqa: F401  a fixture
