"""The house rules that no linter knows."""

import importlib.metadata
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlmodel import SQLModel

import models.published
import models.viewing  # noqa: F401
from runtime.database import engine_for
from runtime.settings import SUBGRAPHS
from subgraphs import SUBGRAPHS as SERVED

ROOT = Path(__file__).parent.parent
OURS = sorted(
    path.parent.name for path in ROOT.glob("*/__init__.py") if path.parent.name not in ("tests", "benchmarks")
)
LONGEST_FILE = 350


def test_none_of_our_names_is_owned_by_another_distribution() -> None:
    owners = importlib.metadata.packages_distributions()
    taken = {name: owners[name] for name in OURS if set(owners.get(name, [])) - {"marquee"}}
    assert OURS
    assert not taken, f"another distribution installs {taken}: its modules would shadow ours, or ours them"


@pytest.mark.parametrize("subgraph", SUBGRAPHS)
def test_a_subgraph_has_all_of_its_parts(subgraph: str) -> None:
    wanted = [
        f"resolvers/{subgraph}/__init__.py",
        f"schema/{subgraph}/__init__.py",
        f"subgraphs/{subgraph}.py",
        f"migrations/versions/{subgraph}/{subgraph}_0001.py",
        f"schema/contract/{subgraph}.graphql",
        f"schema/sdl/{subgraph}.graphql",
        f"tests/{subgraph}",
    ]
    assert not [part for part in wanted if not (ROOT / part).exists()]
    assert any((ROOT / "models" / form).exists() for form in (f"{subgraph}.py", f"{subgraph}/__init__.py"))
    assert subgraph in SERVED


def test_files_stay_small() -> None:
    folders = [*OURS, "tests", "benchmarks"]
    files = [file for folder in folders for file in (ROOT / folder).rglob("*.py") if "versions" not in file.parts]
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in files}
    assert len(lengths) > 100
    assert not {name: length for name, length in lengths.items() if length > LONGEST_FILE}


@pytest.mark.filterwarnings("ignore:Expression #1")  # an operator class can't be compared, and is not
async def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    engine = engine_for(database_url, None, 1)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []


def differences(connection: sa.Connection) -> list[object]:
    def ours(name: str | None, kind: str, parents: object) -> bool:
        return name in SUBGRAPHS if kind == "schema" else True

    options = {"include_schemas": True, "include_name": ours, "compare_type": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), SQLModel.metadata))
