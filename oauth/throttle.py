"""Leaky buckets against guessing, in Postgres: they hold whether or not Valkey does, and in every process alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from runtime.errors import Refusal
from runtime.resources import Resources

TAKE = text("""
insert into identity.throttle as bucket (key, level, updated_at) values (:key, 1, :now)
on conflict (key) do update
set level = greatest(0, bucket.level - extract(epoch from cast(:now as timestamptz) - bucket.updated_at) * :drain) + 1,
    updated_at = :now
where greatest(0, bucket.level - extract(epoch from cast(:now as timestamptz) - bucket.updated_at) * :drain) + 1
    <= :burst
returning level""")
GIVE_BACK = text("update identity.throttle set level = greatest(0, level - 1) where key = :key")


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` attempts at once; one more becomes free after each `every`."""

    name: str
    burst: int
    every: timedelta


async def take(resources: Resources, limit: Limit, now: datetime, *subject: str) -> None:
    """Counts an attempt of whom the `subject` names; Refusal TOO_MANY_ATTEMPTS, uncounted, where none is left.

    Committed at once, so that an attempt counts however it ends.
    """
    values = {"key": key_of(resources, limit, subject), "now": now}
    values |= {"drain": 1 / limit.every.total_seconds(), "burst": limit.burst}
    async with resources.database.write("identity") as db:
        taken = await db.scalar(TAKE, values)
    if taken is None:
        seconds = int(limit.every.total_seconds())
        raise Refusal("TOO_MANY_ATTEMPTS", f"Too many attempts: try again in {seconds} seconds.")


async def give_back(resources: Resources, limit: Limit, *subject: str) -> None:
    """Takes an attempt back that turned out to be nobody's guess."""
    async with resources.database.write("identity") as db:
        await db.execute(GIVE_BACK, {"key": key_of(resources, limit, subject)})


def key_of(resources: Resources, limit: Limit, subject: tuple[str, ...]) -> bytes:
    return resources.encryption.blind_index("\n".join((limit.name, *subject)))
