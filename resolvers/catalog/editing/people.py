"""People by their names."""

import unicodedata
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import func, insert, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.columns import new_id
from resolvers.catalog.tables import PERSON
from runtime.database import among

ONE_AT_A_TIME = select(func.pg_advisory_xact_lock(func.hashtext(literal("catalog.people"))))
"""Or two editors who name the same new person would make two of them."""


def spelt(name: str) -> str:
    """The name as it is stored: composed (NFC), with single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


async def people_named(db: AsyncSession, names: Iterable[str]) -> dict[str, UUID]:
    """The person of exactly each name, by the name as given: the one who was there first, or else somebody new."""
    wanted = {name: spelt(name) for name in names}
    if not wanted:
        return {}
    await db.execute(ONE_AT_A_TIME)
    known = await known_people(db, set(wanted.values()))
    new = {name: new_id() for name in sorted(set(wanted.values()) - known.keys())}
    if new:
        await db.execute(insert(PERSON), [{"id": id_, "name": name} for name, id_ in new.items()])
    return {name: (known | new)[stored] for name, stored in wanted.items()}


async def known_people(db: AsyncSession, names: Iterable[str]) -> dict[str, UUID]:
    statement = select(PERSON.c.name, PERSON.c.id).where(among(PERSON.c.name, list(names)))
    rows = (await db.execute(statement.order_by(PERSON.c.id.desc()))).all()
    return dict(rows)
