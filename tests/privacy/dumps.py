"""Everything that a database holds, as text, and how a secret might stand in it."""

import asyncio
import base64
import subprocess
from collections.abc import Iterable

from sqlalchemy import text

from runtime.database import engine_for
from server.embedded.postgres import binary
from tests.served import Front

TABLES = """select format('%I.%I', table_schema, table_name) from information_schema.tables
where table_type = 'BASE TABLE' and table_schema not in ('information_schema', 'pg_catalog')"""


async def dumped(front: Front) -> str:
    """The whole database as pg_dump writes it, all schemas; bytes are hexadecimal in it."""
    command = [str(binary("pg_dump")), "--inserts", front.resources.settings.database_url]
    done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=True)
    return done.stdout.decode()


async def tables_with(front: Front, needles: Iterable[str]) -> set[str]:
    """The tables of all schemas in which a row, as text, holds one of the needles in any form."""
    wanted = [form for needle in needles for form in forms(needle)]
    found = set()
    engine = engine_for(front.resources.settings.database_url, None, 1)  # in nobody's role, so that it sees everything
    async with engine.connect() as db:
        for table in (await db.scalars(text(TABLES))).all():
            rows = f"select from {table} t, unnest(cast(:n as text[])) n where position(n in t::text) > 0"
            if await db.scalar(text(f"select exists ({rows})"), {"n": wanted}):
                found.add(table)
    await engine.dispose()
    return found


def forms(secret: str | bytes) -> set[str]:
    """How a secret might stand in a text: as it is, in hexadecimal, in either base64, wherever it begins there."""
    octets = secret.encode() if isinstance(secret, str) else secret
    found = {octets.hex()} | ({secret} if isinstance(secret, str) else set())
    for shift in range(3):
        encoded = base64.b64encode(bytes(shift) + octets)
        inner = encoded[4 if shift else 0 : -4 if encoded.endswith(b"=") else None].decode()
        found |= {inner, inner.replace("+", "-").replace("/", "_")}
    return found


def leaks(where: str, secrets: Iterable[str | bytes]) -> list[str | bytes]:
    """Which of the secrets can be read in the text."""
    return [secret for secret in secrets if any(form in where for form in forms(secret))]
