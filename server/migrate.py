"""Brings databases to the code's schema."""

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config

from runtime.settings import SUBGRAPHS, Settings, Subgraph

ROOT = Path(__file__).parent.parent


def migrate(settings: Settings, subgraph: Subgraph | None = None) -> None:
    """Runs the migrations of one subgraph, or of all, each in its own database; does nothing where they have run."""
    for name in (subgraph,) if subgraph else SUBGRAPHS:
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["url"] = settings.database_of(name)
        command.upgrade(config, "platform@head")
        command.upgrade(config, f"{name}@head")


async def migrate_aside(settings: Settings) -> None:
    """`migrate` from within an event loop: Alembic's environment runs a loop of its own."""
    await asyncio.to_thread(migrate, settings)
