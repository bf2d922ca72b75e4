"""Fixtures of the catalog's tests."""

import pytest

from runtime.resources import Resources
from tests.catalog.shelf import Shelf
from tests.catalog.wall import front, wall  # noqa: F401  fixtures
from tests.requests import resources  # noqa: F401  a fixture


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def library(resources: Resources, shelf: Shelf) -> Resources:  # noqa: F811  the fixture
    metropolis = shelf.movie("metropolis", year=1927, language="de", asset=shelf.asset())
    voyage = shelf.movie("moon", year=1902, texts={"en": "A Trip to the Moon", "fr": "Le Voyage dans la Lune"})
    nosferatu = shelf.movie("nosferatu", year=1922, ages={"US": 16})
    series = shelf.series("moonlight-patrol", year=1955)
    shelf.genre("science-fiction", metropolis, voyage, en="Science fiction", de="Science-Fiction")
    shelf.genre("adventure", series)
    shelf.person("Georges Méliès", voyage)
    shelf.person("Max Schreck", nosferatu)
    await shelf.store(resources)
    return resources
