"""Jobs that name somebody: in every database's queue, waiting, held, or in the log of what failed."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, LargeBinary, Text, bindparam, text

from runtime.resources import Resources

JOBS = text("""delete from jobs.pgqueuer where exists (
    select from unnest(:octets) as octets where position(octets in payload) > 0
) or exists (select from unnest(:ids) as id where position(id in dedupe_key) > 0)""").bindparams(
    bindparam("octets", type_=ARRAY(LargeBinary)), bindparam("ids", type_=ARRAY(Text))
)
TRACEBACKS = text("""update jobs.pgqueuer_log set traceback = null
where exists (select from unnest(:ids) as id where position(id in traceback::text) > 0)""").bindparams(
    bindparam("ids", type_=ARRAY(Text))
)


async def forget_jobs(resources: Resources, ids: Sequence[UUID]) -> int:
    """Deletes the jobs that name one of the ids, and what the log says of their failures; how many jobs it were."""
    names = [str(id_) for id_ in ids]
    count = 0
    for subgraph in resources.database.engines:  # several may share a database, and then the first finds them all
        async with resources.database.write(subgraph) as db:
            deleted = await db.execute(JOBS, {"octets": [name.encode() for name in names], "ids": names})
            await db.execute(TRACEBACKS, {"ids": names})
        count += deleted.rowcount  # type: ignore[attr-defined]
    return count
