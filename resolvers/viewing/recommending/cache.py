"""A profile's ranked rows in Valkey, for the same titles, model and day; gone as soon as the profile does something.

What a profile did raises its generation, after the commit. A ranking is stored with the generation from before it was
made, so that one which did not see the latest event is never taken. Without Valkey every request ranks anew.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson
import structlog
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession

from resolvers.viewing.recommending.rows import HomeRowKind, RankedRow
from runtime.request import Request
from runtime.resources import Resources

log = structlog.get_logger()

SECONDS = 300
GENERATION_SECONDS = 10 * SECONDS
"""Longer than any ranking that it could make void."""
Stamp = Sequence[Any]
"""What a ranking depends on beside the profile's events; JSON."""


def keys_of(profile_id: UUID) -> tuple[str, str]:
    """The keys of what Valkey has of the profile: its ranking, and its generation."""
    return f"ranking:{profile_id}", f"ranking-generation:{profile_id}"


@dataclass(frozen=True, slots=True)
class Ranking:
    """A profile's rows, and whether a model ranked them for its taste."""

    rows: Sequence[RankedRow]
    by_model: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """What Valkey has of a profile for a stamp. `generation` is that of a ranking made now; None with Valkey away."""

    ranking: Ranking | None
    generation: str | None


async def remembered(resources: Resources, stamps: Mapping[UUID, Stamp]) -> dict[UUID, Kept]:
    """What there is of each profile's ranking for its stamp."""
    keys = [key for profile_id in stamps for key in keys_of(profile_id)]
    try:
        values = await resources.valkey.mget(keys) if keys else []
    except (RedisError, OSError) as error:
        log.warning("rankings_not_cached", error=str(error))
        return dict.fromkeys(stamps, Kept(None, None))
    pairs = zip(values[::2], values[1::2], strict=True)
    return {id_: kept(stored, generation, stamps[id_]) for id_, (stored, generation) in zip(stamps, pairs, strict=True)}


def kept(stored: Any, generation: Any, stamp: Stamp) -> Kept:
    now = (generation or b"0").decode()
    found = orjson.loads(stored) if stored else None
    if found is None or found["stamp"] != [now, *stamp]:
        return Kept(None, now)
    rows = [RankedRow(HomeRowKind[kind], UUID(about) if about else None, at) for kind, about, at in found["rows"]]
    return Kept(Ranking(rows, found["by_model"]), now)


async def remember(
    resources: Resources, profile_id: UUID, generation: str | None, stamp: Stamp, ranking: Ranking
) -> None:
    """Keeps the ranking for five minutes; nothing where Valkey was away before it was made."""
    if generation is None:
        return
    rows = [(row.kind.name, str(row.about) if row.about else None, row.places) for row in ranking.rows]
    value = orjson.dumps({"stamp": [generation, *stamp], "by_model": ranking.by_model, "rows": rows})
    with suppress(RedisError, OSError):  # then the next request ranks anew
        await resources.valkey.set(keys_of(profile_id)[0], value, ex=SECONDS)


async def forget_rankings(resources: Resources, profile_ids: Sequence[UUID]) -> None:
    """Makes the profiles' rankings void; call it after the commit of what they did. Where Valkey is away then, they are
    void after five minutes at the latest."""
    if not profile_ids:
        return
    try:
        async with resources.valkey.pipeline(transaction=False) as pipeline:
            for profile_id in profile_ids:
                _, generation = keys_of(profile_id)
                pipeline.incr(generation)
                pipeline.expire(generation, GENERATION_SECONDS)
            await pipeline.execute()
    except (RedisError, OSError) as error:
        log.warning("rankings_not_forgotten", error=str(error))


@asynccontextmanager
async def saying(request: Request, profile_id: UUID) -> AsyncIterator[AsyncSession]:
    """The transaction of something that the profile says of titles: once it is committed, its ranking is void."""
    async with request.write("viewing") as db:
        yield db
    await forget_rankings(request.resources, [profile_id])
