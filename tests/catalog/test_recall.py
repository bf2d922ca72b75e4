"""How many misspelt names lead to the film that was meant, among films that no one here made."""

import os
from collections.abc import AsyncIterator

import pytest

from benchmarks.films import MISSPELLINGS, films, folded, misspelt, publish_all, store
from runtime.resources import Resources, open_resources
from runtime.settings import Settings
from schema.catalog import schema
from tests.cluster import Databases
from tests.queries import ask
from tests.requests import make_request

SOAK = bool(os.environ.get("MARQUEE_SOAK"))
STEP, MANY, SEED = (1, 500, 1) if SOAK else (18, 60, 1)
SEARCH = "query ($q: String!) { search(query: $q, first: 10) { edges { node { ... on Title { id name } } } } }"


@pytest.fixture
async def shelves(databases: Databases, migrated: str, settings: Settings) -> AsyncIterator[Resources]:
    """Every eighteenth film, or all of them."""
    if not os.environ.get("MARQUEE_TEST_DATA"):
        pytest.skip("MARQUEE_TEST_DATA is unset: no films of others to search")

    async def fill(url: str) -> None:
        async with open_resources(settings.model_copy(update={"database_url": url})) as resources:
            await publish_all(resources, await store(resources, films(STEP)))

    name = f"films_{STEP}"
    await databases.make_template(name, fill, migrated)
    async with (
        databases.copy(name) as url,
        open_resources(settings.model_copy(update={"database_url": url})) as resources,
    ):
        yield resources


@pytest.mark.soak
@pytest.mark.parametrize("kind", MISSPELLINGS)
async def test_a_misspelt_name_finds_its_film_among_ten_hits(shelves: Resources, kind: str) -> None:
    misspell, least = MISSPELLINGS[kind]
    missed = []
    queries = misspelt([film["name"] for film in films(STEP)], misspell, MANY, SEED)
    for name, wrong in queries:
        found = await ask(schema, make_request(shelves), SEARCH, q=wrong)
        names = [folded(edge["node"]["name"]) for edge in found["search"]["edges"] if edge["node"]]
        if folded(name) not in names:
            missed.append(f"{wrong} ({name})")
    recall = 1 - len(missed) / len(queries)
    print(f"recall at 10, {kind}: {recall:.3f} of {len(queries)}")
    assert recall >= least, missed
