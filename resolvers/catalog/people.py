"""Who made a title, and what else they made."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select, true, tuple_

from models.catalog import CreditRole
from resolvers.catalog.keys import each, exactly, grouped, in_order, integer, known, uuids
from resolvers.catalog.pages import Order, page, title_pages
from resolvers.catalog.rows import CreditRow, PersonRow
from resolvers.catalog.tables import CREDIT, PERSON, TITLE
from resolvers.catalog.titles import AnyTitle, visible_titles
from resolvers.paging import Page, identity, keys_of, limit_of
from resolvers.visible import visible
from runtime.database import among
from runtime.request import Request
from runtime.scalars import Id

BILLING = Order("credits", integer)
NEWEST = Order("filmography", integer, descending=True)


def known_for_something(person_id: Any, request: Request) -> ColumnElement[bool]:
    """Whether the person is credited in a title that exists for the viewer; others don't exist either."""
    return exists().where(CREDIT.c.person_id == person_id, visible(CREDIT.c.title_id, request))


async def people_by_id(request: Request, ids: Sequence[UUID | str]) -> list[PersonRow | None]:
    """People; None where there is none, or none of whose titles exists for this viewer."""
    keys = uuids(ids)
    statement = select(PERSON.c.id, PERSON.c.name).where(
        among(PERSON.c.id, known(keys)), known_for_something(PERSON.c.id, request)
    )
    async with request.read("catalog") as db:
        return in_order(keys, {row.id: PersonRow(*row) for row in await db.execute(statement)})


async def person(request: Request, *, id: Id) -> PersonRow | None:
    return await request.load(people_by_id, id)


def billed(title_id: Any, roles: list[CreditRole] | None, after: str | None) -> Select[Any]:
    """A title's credits in billing order, after the cursor."""
    c = CREDIT.c
    columns = (c.position.label("sort_key"), c.id, PERSON.c.id.label("person_id"), PERSON.c.name, c.role, c.character)
    statement = select(*columns).join(PERSON, PERSON.c.id == c.person_id).where(c.title_id == title_id)
    if roles:
        statement = statement.where(c.role.in_(set(roles)))
    given = keys_of(after, exactly(BILLING.name), BILLING.kind, identity)
    if given is not None:
        statement = statement.where(tuple_(c.position, c.id) > tuple_(*given[1:]))
    return statement.order_by(c.position, c.id)


def credit_node(position: int, id_: UUID, person_id: UUID, name: str, *credit: Any) -> tuple[int, UUID, CreditRow]:
    return position, id_, CreditRow(PersonRow(person_id, name), *credit)


async def credits_of(
    request: Request,
    ids: Sequence[UUID],
    *,
    roles: list[CreditRole] | None = None,
    first: int | None = 20,
    after: str | None = None,
) -> list[Page[CreditRow]]:
    """Each title's credits in billing order, of some roles where any are given."""
    limit = limit_of(first)
    titles = each(ids)
    credit = billed(titles.c.id, roles, after).limit(limit + 1).lateral("billed")
    statement = select(titles.c.id, credit).select_from(titles).join(credit, true())
    async with request.read("catalog") as db:
        rows = (await db.execute(statement.order_by(credit.c.sort_key, credit.c.id))).all()
    found = grouped((title_id, credit_node(*row)) for title_id, *row in rows)
    return [page(found[id_], BILLING, limit, after) for id_ in ids]


async def filmographies_of(
    request: Request, ids: Sequence[UUID], *, first: int | None = 20, after: str | None = None
) -> list[Page[AnyTitle]]:
    """The titles each person is credited in, newest first."""

    def films(person_id: Any) -> Select[Any]:
        credited = exists().where(CREDIT.c.person_id == person_id, CREDIT.c.title_id == TITLE.c.id)
        credited = credited.correlate_except(CREDIT)
        year = func.coalesce(TITLE.c.release_year, 0).label("sort_key")
        return visible_titles(request, credited).add_columns(year)

    return await title_pages(request, ids, films, NEWEST, first, after)
