"""What withdrawn titles leave behind in the index: nobody can find it, and once a day it goes."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from resolvers.catalog.publish import one_at_a_time

GONE = (
    text("""delete from catalog.search_name n where n.of_person and not exists (
        select from catalog.credit c join catalog.published_title p on p.title_id = c.title_id
        where c.person_id = n.owner_id)"""),
    text("""delete from catalog.search_word w where not exists (
        select from catalog.search_name n where n.words @@ cast(quote_literal(w.word) as tsquery))"""),
)


async def tidy_search(db: AsyncSession) -> None:
    """Removes people without a live title, and words that no name has any more."""
    await one_at_a_time(db)  # whoever publishes meanwhile would leave to this what it is about to remove
    for statement in GONE:
        await db.execute(statement)
