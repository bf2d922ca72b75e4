"""An operator's desk: files written, imported and exported."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, select, text

from models.catalog import MediaAsset, MediaAssetStatus
from models.columns import new_id
from resolvers.catalog.tables import GENRE, MEDIA_ASSET, PERSON, TITLE, TITLE_DRAFT
from runtime.database import Database
from runtime.settings import Settings
from server.commands.catalog import export_file, import_file
from server.exchange.options import Options, checked_options
from server.exchange.outcome import Outcome
from tests.requests import NOW
from tests.server.programs import ROOT

Values = dict[str, Any]
SHOWN = checked_options("en", "US", "2020-01-01T00:00:00Z", "", ["US=PG-13", "US=TV-14"], publish=True)
"""Options by which a film with media is published at once."""


@dataclass
class Imported:
    """What came of an import, and what it said on standard error."""

    outcome: Outcome
    said: list[str]

    def counts(self, *names: str) -> list[int]:
        return [self.outcome.counts[name] for name in names]

    def of_line(self, number: int) -> list[str]:
        """What it said of this line."""
        start = f"line {number}: "
        return [line.removeprefix(start) for line in self.said if line.startswith(start)]


@dataclass
class Desk:
    settings: Settings
    folder: Path

    async def bring(
        self, content: list[Values] | str | bytes, options: Options | None = None, name: str = "films.jsonl"
    ) -> Imported:
        """Imports a file with this content; values are a line of JSON each."""
        return await self.bring_file(self.write(content, name), options)

    def write(self, content: list[Values] | str | bytes, name: str = "films.jsonl") -> Path:
        if isinstance(content, list):
            content = b"".join(orjson.dumps(values) + b"\n" for values in content)
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    async def bring_file(self, path: Path, options: Options | None = None, report: Path | None = None) -> Imported:
        said = io.StringIO()
        with redirect_stderr(said):
            outcome = await import_file(self.settings, path, options or Options(), report_to=report)
        return Imported(outcome, said.getvalue().splitlines())

    async def exported(self, name: str = "out.jsonl") -> bytes:
        """What an export writes into a file of this name."""
        path = self.folder / name
        with redirect_stderr(io.StringIO()):
            await export_file(self.settings, path)
        return path.read_bytes()

    async def titles(self) -> list[Values]:
        """All titles as they are exported, in the order of their slugs."""
        return [json.loads(line) for line in (await self.exported()).splitlines()]

    async def documents(self) -> list[Any]:
        """The drafts, in the order of their slugs, with names for ids and instants in UTC."""
        names = {str(id_): name for id_, name in await self.rows(select(PERSON.c.id, PERSON.c.name))}
        names |= {str(id_): slug for id_, slug in await self.rows(select(GENRE.c.id, GENRE.c.slug))}
        drafts = await self.rows(select(TITLE_DRAFT.c.document).order_by(TITLE_DRAFT.c.slug))
        return [plain(document, names) for (document,) in drafts]

    async def standing(self) -> dict[str, tuple[int, int | None]]:
        """Revision and published revision of each title."""
        rows = await self.rows(select(TITLE.c.slug, TITLE.c.revision, TITLE.c.published_revision))
        return {slug: (revision, published) for slug, revision, published in rows}

    async def rows(self, statement: Any) -> Any:
        database = Database.connect(self.settings, ("catalog",))
        async with database.read("catalog") as db:
            rows = (await db.execute(statement)).all()
        await database.close()
        return rows

    async def write_rows(self, *statements: Any) -> None:
        database = Database.connect(self.settings, ("catalog",))
        async with database.write("catalog") as db:
            for statement in statements:
                await db.execute(statement)
        await database.close()

    async def give_media(self, *slugs: str) -> None:
        """A video that is ready for each of these films."""
        for (id_,) in await self.rows(select(TITLE.c.id).where(TITLE.c.slug.in_(slugs))):
            await self.write_rows(insert(MEDIA_ASSET).values(asset_for(id_)))

    async def fingerprint(self) -> dict[str, str]:
        """Of each table of the catalog, and of the jobs."""
        tables = await self.rows(
            text("select format('%I.%I', schemaname, tablename) from pg_tables where schemaname in ('catalog', 'jobs')")
        )
        digest = "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {} t"
        return {name: (await self.rows(text(digest.format(name))))[0][0] for (name,) in tables}

    def command(self, *arguments: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """`marquee catalog` with these arguments, in a process of its own."""
        return subprocess.run(
            self.program(*arguments), input=stdin, capture_output=True, cwd=ROOT, env=self.environment()
        )

    def program(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "server.main", "catalog", *arguments]

    def environment(self) -> dict[str, str]:
        own = {"DATABASE_URL": self.settings.database_url, "REDIS_URL": self.settings.redis_url}
        return os.environ | own | {"MARQUEE_DATA": str(self.folder)}


def plain(value: Any, names: dict[str, str]) -> Any:
    """Part of a document without the ids of its own, by the names of others'."""
    if isinstance(value, dict):
        moments = {key: datetime.fromisoformat(value[key]) for key in ("from_", "until") if value.get(key)}
        return {key: plain(part, names) for key, part in (value | moments).items() if key != "id"}
    if isinstance(value, list):
        return [plain(part, names) for part in value]
    return names.get(value, value) if isinstance(value, str) else value


def asset_for(playable_id: UUID) -> Values:
    asset = MediaAsset(target_id=playable_id, filename="a.mp4", source_key="a", created_at=NOW)
    asset.status, asset.prefix, asset.duration_ms = MediaAssetStatus.READY, f"media/{new_id()}", 600_000
    return asset.model_dump()


def film(name: str = "Metropolis", year: int | None = 1927, **more: Any) -> Values:
    """A film in the flat form."""
    return {"name": name, "year": year} | more
