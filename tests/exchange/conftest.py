"""Fixtures of the tests of import and export."""

from pathlib import Path

import pytest

from runtime.settings import Settings
from tests.exchange.desk import Desk


@pytest.fixture
def desk(settings: Settings, tmp_path: Path) -> Desk:
    """An operator's desk, at an installation with nothing in its catalogue."""
    return Desk(settings, tmp_path)
