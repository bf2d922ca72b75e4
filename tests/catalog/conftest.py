"""Fixtures of the catalog's tests."""

import pytest

from tests.catalog.shelf import Shelf
from tests.requests import resources  # noqa: F401  a fixture


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()
