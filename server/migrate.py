"""Brings databases to the code's schema."""

import asyncio
import time
from pathlib import Path

import asyncpg
import structlog
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from runtime.database import Database
from runtime.settings import SUBGRAPHS, Settings, SettingsError, Subgraph

ROOT = Path(__file__).parent.parent
WITHIN_SECONDS = 30.0
LOOK_EVERY = 0.05
log = structlog.get_logger()


def migrate(settings: Settings, subgraph: Subgraph | None = None) -> None:
    """Runs the migrations of one subgraph, or of all, each in its own database; does nothing where they have run."""
    for name in (subgraph,) if subgraph else SUBGRAPHS:
        config = Config(str(ROOT / "alembic.ini"))
        config.attributes["url"] = settings.database_of(name)
        command.upgrade(config, "platform@head")
        command.upgrade(config, f"{name}@head")


async def until_migrated(database: Database, within: float = WITHIN_SECONDS) -> None:
    """Returns when the databases have all of the code's migrations, so that a server may be started while they run.

    SettingsError if they still lack some `within` so many seconds.
    """
    wanted = await asyncio.to_thread(heads)
    deadline = time.monotonic() + within
    for subgraph in database.engines:
        while missing := {"platform", subgraph} - await migrated(database, subgraph, wanted):
            if time.monotonic() > deadline:
                names = ", ".join(sorted(missing))
                raise SettingsError(f"The database lacks migrations of {names}: run `marquee migrate`.")
            await asyncio.sleep(LOOK_EVERY)


def heads() -> dict[str, str]:
    """The newest revision of each branch, by the branch's name."""
    scripts = ScriptDirectory.from_config(Config(str(ROOT / "alembic.ini")))
    return {head: next(iter(scripts.get_revision(head).branch_labels)) for head in scripts.get_heads()}


async def migrated(database: Database, subgraph: str, wanted: dict[str, str]) -> set[str]:
    """The branches whose newest revision the subgraph's database has; none while it does not let us in yet."""
    try:
        async with database.read(subgraph) as db:
            found = (await db.scalars(text("select version_num from public.alembic_version"))).all()
    except (DBAPIError, asyncpg.PostgresError, OSError) as error:
        log.info("database_not_ready", subgraph=subgraph, error=str(error).splitlines()[0])
        return set()
    return {wanted[revision] for revision in found if revision in wanted}
